/**
 * Everything that differs by country: data, and nothing else, because the graph and every function read it. A new country
 * is one entry here, its table in row.ts and a folder beside; queues, functions, database and filter follow.
 *
 * `code` is ISO 3166-1 alpha-2; `suffix` is how the country ends a component's name. `retention.days` after its last change
 * an appointment names nobody any more, for the reason in `law`: docs/privacy.md.
 */
export const countries = {
  PE: {
    code: "PE",
    name: "Peru",
    suffix: "Pe",
    retention: { days: 3_653, law: "Código Civil (D. Leg. 295), art. 2001, 1: ten years for a personal claim" },
  },
  CL: {
    code: "CL",
    name: "Chile",
    suffix: "Cl",
    retention: { days: 1_827, law: "Código Civil, art. 2515: five years for an ordinary claim" },
  },
} as const;

export type CountryCode = keyof typeof countries;
export type Country = (typeof countries)[CountryCode];

export const countryCodes = Object.keys(countries) as CountryCode[]; // the keys are written just above

export const isCountryCode = (text: string): text is CountryCode => Object.hasOwn(countries, text);

type Suffix<Code extends CountryCode> = (typeof countries)[Code]["suffix"];

const suffix = <Code extends CountryCode>(code: Code): Suffix<Code> => countries[code].suffix;

/** Component names in `sst.config.ts`, derived in this one place. */
export const queueName = <Code extends CountryCode>(code: Code) => `SQS_${code}` as const;
export const databaseName = <Code extends CountryCode>(code: Code) => `Database${suffix(code)}` as const;
export const databaseOwnerName = <Code extends CountryCode>(code: Code) => `Database${suffix(code)}Owner` as const;
export const consumerName = <Code extends CountryCode>(code: Code) => `appointment${suffix(code)}` as const;
export const migratorName = <Code extends CountryCode>(code: Code) => `migrate${suffix(code)}` as const;
export const lookupName = <Code extends CountryCode>(code: Code) => `lookup${suffix(code)}` as const;
export const eraserName = <Code extends CountryCode>(code: Code) => `erase${suffix(code)}` as const;

/** Folder of the country's migrations, relative to this package's `src`. */
export const migrationsFolder = (code: CountryCode): string => `country/${code.toLowerCase()}/migrations`;

/** `source` of the country's events. */
export const eventSource = (code: CountryCode): string => `appointments.${code.toLowerCase()}`;
