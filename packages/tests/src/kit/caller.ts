import type { Caller } from "@appointments/core/appointment/caller";

/** Reaches everything: who calls where a test is about something else. */
export const operator: Caller = { kind: "operator", id: "a-test" };
