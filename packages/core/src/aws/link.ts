import { Resource } from "sst";
import { type CountryCode, countryCodes, databaseName, queueName } from "../country/country.ts";

/** The queues that functions consume, by component name. */
export const queueNames = [...countryCodes.map(queueName), "SQS_CONFIRMATION"] as const;
export type QueueName = (typeof queueNames)[number];

/**
 * What the graph links to a function, read in this one place and when it is needed: a function has only its own links,
 * and asking for another throws, with the name of what is missing.
 */
export const link = {
  tableName: (): string => Resource.Appointments.name,
  topicArn: (): string => Resource.Requested.arn,
  busName: (): string => Resource.Bus.name,
  busArn: (): string => Resource.Bus.arn,
  queueUrl: (queue: QueueName): string => Resource[queue].url,
  deadLetterUrl: (queue: QueueName): string => Resource[`${queue}_DLQ`].url,
  databaseUrl: (country: CountryCode): string => Resource[databaseName(country)].url,
};
