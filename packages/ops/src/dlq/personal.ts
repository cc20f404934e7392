/** Members of our messages that tell of no person, and what they look like. Whatever else there is stays hidden. */
const word = /^[\w.:/+-]{1,200}$/;
const shown: Record<string, RegExp> = {
  specversion: /^1\.0$/,
  id: word,
  source: /^[a-z]+(\.[a-z]+)*$/,
  type: /^[a-z_.]+\.v\d+$/,
  subject: /^[0-9a-f-]{36}$/,
  time: /^\d{4}-[\d:.TZ-]+$/,
  datacontenttype: /^application\/json$/,
  traceparent: /^[0-9a-f-]{55}$/,
  appointmentId: /^[0-9a-f-]{36}$/,
  countryISO: /^[A-Z]{2}$/,
  status: /^[a-z]+$/,
  reason: /^[a-z_]+$/,
  kind: /^[a-z]+$/,
  createdAt: /^\d{4}-[\d:.TZ-]+$/,
  updatedAt: /^\d{4}-[\d:.TZ-]+$/,
  "detail-type": /^[a-z_.]+\.v\d+$/,
  region: /^[a-z0-9-]+$/,
};
const shownNumbers = new Set(["scheduleId", "version", "number"]);
const opened = new Set(["data", "detail", "change"]);

const hidden = "•••";
export const hint = "--show-personal shows what is hidden";

/** A body without what could tell of a person: only members that we know, with values as we write them. */
export function withoutPersonal(body: string): string {
  try {
    return JSON.stringify(reduce(JSON.parse(body)), null, 2);
  } catch {
    return `${hidden} (${Buffer.byteLength(body)} bytes, not JSON; ${hint})`;
  }
}

function reduce(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return hidden;
  const members = Object.entries(value).map(([name, member]): [string, unknown] => {
    if (opened.has(name)) return [name, reduce(member)];
    const pattern = Object.hasOwn(shown, name) ? shown[name] : undefined;
    if (typeof member === "string" && pattern?.test(member) && !/^\d{5}$/.test(member)) return [name, member];
    if (typeof member === "number" && shownNumbers.has(name)) return [name, member];
    // Also the name of a member that we do not know is whatever the sender typed.
    return [pattern || shownNumbers.has(name) || name === "insuredId" ? name : hidden, hidden];
  });
  return Object.fromEntries(members);
}
