/** This machine's time, in milliseconds. */
export const realNow = Date.now.bind(Date);

/** Puts the clock of this process forward, or back, by so many milliseconds, for all code that is loaded afterwards. */
export function setClock(offsetMs: number): void {
  if (offsetMs === 0) return;
  const now = () => realNow() + offsetMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
    apply: () => new Date(now()).toString(),
    get: (target, property, receiver) => (property === "now" ? now : Reflect.get(target, property, receiver)),
  });
}
