/** Of an app where a test is about something else: no caller comes near the limit. */
export const settings = {
  cursorSecret: "of-tests-and-of-no-stage-whatsoever",
  callerLimit: { perSecond: 10_000, burst: 10_000 },
};
