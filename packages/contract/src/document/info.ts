/** What the document says of the API as a whole. */
export const info = {
  title: "Medical appointments",
  version: "1.0.0",
  summary: "Books medical appointments in Peru and Chile.",
  description: `An insured person asks for a slot of a country; the country decides. A request is answered at once with 202 and an
appointment that is \`pending\`; a second or so later it is \`completed\`, or \`rejected\` with a reason.

**Who may call.** Every operation but those of the service takes an access token: \`Authorization: Bearer …\`. Its scope says what it
allows: \`appointments:read\`, \`appointments:write\`, or \`appointments:admin\`, which allows both. A patient's token reaches that person
only, a partner's the countries that it names. What a token does not reach is answered with 404, as if it were not there.

**Errors** are \`application/problem+json\` (RFC 9457). \`code\` is for programs and never changes; \`title\` and \`detail\` are for people.
What API Gateway answers by itself is \`application/json\` with a \`message\`.

**What may be added** to this version without notice: operations, optional members of requests, members of answers, statuses of
errors, codes of problems. Ignore members that you do not know.`,
  contact: { name: "Whoever runs the stage that serves this document" },
  license: { name: "ISC", identifier: "ISC" },
} as const;
