/** Takes one event of the local system. `fields` are plain JSON and hold no personal data. */
export type ServiceLog = (level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void;

/** For those who do not listen. */
export const silent: ServiceLog = () => {};
