import { insuredId } from "@appointments/core/appointment/appointment";
import { countryCodes, isCountryCode } from "@appointments/core/country/country";
import { id as appointmentId } from "@appointments/core/id";
import * as v from "valibot";
import { showAppointment } from "./appointment.ts";
import { drop } from "./dlq/drop.ts";
import { listDead, showDead, showQueues } from "./dlq/list.ts";
import { redrive, resend } from "./dlq/send.ts";
import { moment, type Options, onlyThese, ratePerSecond, UsageError, wholeNumber } from "./options.ts";
import { reconcile } from "./reconcile/reconcile.ts";
import { replay } from "./replay.ts";
import { queueOf, type Site } from "./site.ts";
import type { Terminal } from "./terminal.ts";

type Work = (site: Site, terminal: Terminal) => Promise<number>;

const listMost = 100;
const moveMost = 1_000;

/** The command that the words and options ask for, checked as far as it can be without a site. Throws `UsageError`. */
export function commandOf([command, ...rest]: string[], options: Options): Work {
  switch (command) {
    case "queues":
      onlyThese(command, options, ["json"]);
      noMore(rest);
      return (site, terminal) => showQueues(site, terminal, options.json ?? false);
    case "dlq":
      return deadLetters(rest, options);
    case "appointment":
      return oneAppointment(rest, options);
    case "reconcile":
      return bothStores(rest, options);
    case "replay":
      return fromArchive(rest, options);
    case undefined:
      throw new UsageError("Say what to do");
    default:
      throw new UsageError(`There is no command ${command}`);
  }
}

function deadLetters([verb, queue, ...rest]: string[], options: Options): Work {
  const { id } = options;
  switch (verb) {
    case "list": {
      onlyThese("dlq list", options, ["json", "max"]);
      noMore(rest);
      const wanted = { most: wholeNumber("max", options.max, listMost), json: options.json ?? false };
      return (site, terminal) => listDead(site, queueOf(site, queue), wanted, terminal);
    }
    case "show": {
      onlyThese("dlq show", options, ["max", "show-personal"]);
      const [message, ...more] = rest;
      noMore(more);
      if (!message) throw new UsageError("dlq show takes a queue and the id of a message, as dlq list shows it");
      const most = wholeNumber("max", options.max, listMost);
      const wanted = { id: message, most, personal: options["show-personal"] ?? false };
      return (site, terminal) => showDead(site, queueOf(site, queue), wanted, terminal);
    }
    case "redrive": {
      onlyThese("dlq redrive", options, ["id", "max", "rate"]);
      noMore(rest);
      const most = wholeNumber("max", options.max, moveMost);
      const wanted = { perSecond: ratePerSecond(options.rate), most, id };
      return (site, terminal) => redrive(site, queueOf(site, queue), wanted, terminal);
    }
    case "drop": {
      onlyThese("dlq drop", options, ["file", "id", "max", "yes"]);
      noMore(rest);
      const { file, yes = false } = options;
      if (!file) throw new UsageError("dlq drop takes --file FILE: what is dropped is written there first");
      const wanted = { file, yes, most: wholeNumber("max", options.max, moveMost), id };
      return (site, terminal) => drop(site, queueOf(site, queue), wanted, terminal);
    }
    case "resend": {
      onlyThese("dlq resend", options, ["file", "id", "max", "rate"]);
      noMore(queue === undefined ? rest : [queue, ...rest]);
      const { file } = options;
      if (!file) throw new UsageError("dlq resend takes --file FILE, which dlq drop wrote; the queues are in it");
      const most = wholeNumber("max", options.max, moveMost);
      const wanted = { file, perSecond: ratePerSecond(options.rate), most, id };
      return (site, terminal) => resend(site, wanted, terminal);
    }
    default:
      throw new UsageError("dlq takes list, show, redrive or drop and a queue, or resend and a file");
  }
}

function oneAppointment([id, ...rest]: string[], options: Options): Work {
  onlyThese("appointment", options, ["insured", "json", "queues", "show-personal"]);
  noMore(rest);
  if (!v.is(appointmentId, id)) throw new UsageError("appointment takes an id: a UUIDv7 in lower case");
  const { insured, json = false, queues = false } = options;
  if (insured !== undefined && !v.is(insuredId, insured)) throw new UsageError("--insured takes exactly five digits");
  const wanted = { insuredId: insured, queues, personal: options["show-personal"] ?? false, json };
  return (site, terminal) => showAppointment(site, id, wanted, terminal);
}

function bothStores(rest: string[], options: Options): Work {
  onlyThese("reconcile", options, ["country", "grace", "json", "repair", "wait"]);
  noMore(rest);
  const { country, json = false, repair = false } = options;
  if (country !== undefined && !isCountryCode(country)) {
    throw new UsageError(`--country takes ${countryCodes.join(" or ")}`);
  }
  const wanted = {
    countries: country === undefined ? countryCodes : [country],
    repair,
    graceMs: wholeNumber("grace", options.grace, 60, 0) * 1000,
    waitMs: wholeNumber("wait", options.wait, 30, 0) * 1000,
    json,
  };
  return (site, terminal) => reconcile(site, wanted, terminal);
}

function fromArchive(rest: string[], options: Options): Work {
  onlyThese("replay", options, ["json", "since", "until", "wait"]);
  noMore(rest);
  const { since, until, json = false } = options;
  if (since === undefined) throw new UsageError("replay takes --since TIME: the start of the events to replay");
  const wanted = {
    since: moment("since", since),
    until: until === undefined ? Date.now() : moment("until", until),
    waitMs: wholeNumber("wait", options.wait, 900, 0) * 1000,
    json,
  };
  if (wanted.since >= wanted.until) throw new UsageError("--since must be before --until, and before now without it");
  return (site, terminal) => replay(site, wanted, terminal);
}

function noMore(words: string[]): void {
  if (words.length > 0) throw new UsageError(`Too many words: ${words.join(" ")}`);
}
