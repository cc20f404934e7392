import { insuredId } from "@appointments/core/appointment/appointment";
import { countryCodes, isCountryCode } from "@appointments/core/country/country";
import { liveChoices } from "@appointments/core/country/erase";
import { id as appointmentId } from "@appointments/core/id";
import * as v from "valibot";
import { showAppointment } from "./appointment.ts";
import { drop } from "./dlq/drop.ts";
import { listDead, showDead, showQueues } from "./dlq/list.ts";
import { redrive, resend } from "./dlq/send.ts";
import { commands } from "./help.ts";
import { moment, type Options, ratePerSecond, UsageError, wholeNumber } from "./options.ts";
import { erasePerson } from "./person/erase.ts";
import { exportPerson } from "./person/export.ts";
import { reconcile } from "./reconcile/reconcile.ts";
import { replay } from "./replay.ts";
import { queueOf, type Site } from "./site.ts";
import type { Terminal } from "./terminal.ts";

type Work = (site: Site, terminal: Terminal) => Promise<number>;
/** Reads the words after a command, and its options. Throws `UsageError`. */
type Reader = (options: Options, words: string[]) => Work;

const listMost = 100;
const moveMost = 1_000;

/** The command that the words and options ask for, checked as far as it can be without a site. Throws `UsageError`. */
export function commandOf(words: string[], options: Options): Work {
  const [command, verb] = words;
  if (command === undefined) throw new UsageError("Say what to do");
  const name = command === "dlq" || command === "person" ? `${command} ${verb}` : command;
  const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (reader !== undefined) {
    onlyThese(name, options);
    return reader(options, words.slice(name.split(" ").length));
  }
  if (command === "person") throw new UsageError("person takes export or erase and an insured: exactly five digits");
  if (command !== "dlq") throw new UsageError(`There is no command ${command}`);
  throw new UsageError("dlq takes list, show, redrive or drop and a queue, or resend and a file");
}

const readers: Record<string, Reader> = {
  queues: ({ json = false }, words) => {
    noMore(words);
    return (site, terminal) => showQueues(site, terminal, json);
  },
  "dlq list": ({ json = false, max }, [queue, ...more]) => {
    noMore(more);
    const wanted = { most: wholeNumber("max", max, listMost), json };
    return (site, terminal) => listDead(site, queueOf(site, queue), wanted, terminal);
  },
  "dlq show": ({ max, "show-personal": personal = false }, [queue, id, ...more]) => {
    noMore(more);
    if (!id) throw new UsageError("dlq show takes a queue and the id of a message, as dlq list shows it");
    const wanted = { id, most: wholeNumber("max", max, listMost), personal };
    return (site, terminal) => showDead(site, queueOf(site, queue), wanted, terminal);
  },
  "dlq redrive": ({ id, max, rate }, [queue, ...more]) => {
    noMore(more);
    const wanted = { perSecond: ratePerSecond(rate), most: wholeNumber("max", max, moveMost), id };
    return (site, terminal) => redrive(site, queueOf(site, queue), wanted, terminal);
  },
  "dlq drop": ({ file, id, max, yes = false }, [queue, ...more]) => {
    noMore(more);
    if (!file) throw new UsageError("dlq drop takes --file FILE: what is dropped is written there first");
    const wanted = { file, yes, most: wholeNumber("max", max, moveMost), id };
    return (site, terminal) => drop(site, queueOf(site, queue), wanted, terminal);
  },
  "dlq resend": ({ file, id, max, rate }, words) => {
    noMore(words);
    if (!file) throw new UsageError("dlq resend takes --file FILE, which dlq drop wrote; the queues are in it");
    const wanted = { file, perSecond: ratePerSecond(rate), most: wholeNumber("max", max, moveMost), id };
    return (site, terminal) => resend(site, wanted, terminal);
  },
  appointment: ({ insured, json = false, queues = false, "show-personal": personal = false }, [id, ...more]) => {
    noMore(more);
    if (!v.is(appointmentId, id)) throw new UsageError("appointment takes an id: a UUIDv7 in lower case");
    if (insured !== undefined && !v.is(insuredId, insured)) throw new UsageError("--insured takes exactly five digits");
    return (site, terminal) => showAppointment(site, id, { insuredId: insured, queues, personal, json }, terminal);
  },
  "person export": ({ file }, words) => {
    const wanted = { insuredId: insuredIn(words), file };
    return (site, terminal) => exportPerson(site, wanted, terminal);
  },
  "person erase": ({ json = false, live, yes = false }, words) => {
    const choice = liveChoices.find((each) => each === live);
    if (live !== undefined && choice === undefined) throw new UsageError(`--live takes ${liveChoices.join(" or ")}`);
    const wanted = { insuredId: insuredIn(words), live: choice, yes, json };
    return (site, terminal) => erasePerson(site, wanted, terminal);
  },
  reconcile: ({ country, grace, json = false, repair = false, wait }, words) => {
    noMore(words);
    if (country !== undefined && !isCountryCode(country)) {
      throw new UsageError(`--country takes ${countryCodes.join(" or ")}`);
    }
    const wanted = {
      countries: country === undefined ? countryCodes : [country],
      repair,
      graceMs: wholeNumber("grace", grace, 60, 0) * 1000,
      waitMs: wholeNumber("wait", wait, 30, 0) * 1000,
      json,
    };
    return (site, terminal) => reconcile(site, wanted, terminal);
  },
  replay: ({ json = false, since, until, wait }, words) => {
    noMore(words);
    if (since === undefined) throw new UsageError("replay takes --since TIME: the start of the events to replay");
    const wanted = {
      since: moment("since", since),
      until: until === undefined ? Date.now() : moment("until", until),
      waitMs: wholeNumber("wait", wait, 900, 0) * 1000,
      json,
    };
    if (wanted.since >= wanted.until) throw new UsageError("--since must be before --until, and before now without it");
    return (site, terminal) => replay(site, wanted, terminal);
  },
};

function insuredIn([who, ...more]: string[]): string {
  noMore(more);
  if (!v.is(insuredId, who)) throw new UsageError("person takes an insured: exactly five digits");
  return who;
}

function noMore(words: string[]): void {
  if (words.length > 0) throw new UsageError(`Too many words: ${words.join(" ")}`);
}

/** An option that another command takes would be without effect: better said than passed over. */
function onlyThese(command: string, options: Options): void {
  const inHelp = `--data --help ${commands[command]}`.matchAll(/--([a-z-]+)/g);
  const allowed = new Set(Array.from(inHelp, ([, name]) => name));
  for (const name of Object.keys(options)) {
    if (!allowed.has(name)) throw new UsageError(`${command} takes no --${name}`);
  }
}
