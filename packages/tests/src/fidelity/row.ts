/** What `npm run test:fidelity -- --target NAME` can run on. */
export const targetNames = ["embedded", "ministack", "moto", "dynamodb-local", "aws"] as const;
export type TargetName = (typeof targetNames)[number];

export const areas = [
  "SQS",
  "Lambda on SQS",
  "SNS",
  "EventBridge",
  "Lambda",
  "API Gateway",
  "DynamoDB",
  "IAM",
  "Links",
] as const;

/** Why a row is believed to be what AWS does, apart from its documentation page. */
export interface Evidence {
  /** `recording`: an answer of AWS itself, published; `documentation`: AWS says so; `agreement`: emulators that do not share code agree. */
  kind: "recording" | "documentation" | "agreement" | "none";
  /** Where to find it: for a recording, repository and test. */
  source: string;
  /** When AWS gave the recorded answer, as `2025-11-25`. */
  date?: string;
}

/** One behaviour of AWS that the project relies on, or could be hurt by. */
export interface Row {
  /** Unique, with its area first: `sqs.redrive.exact`. */
  id: string;
  area: (typeof areas)[number];
  /** One sentence, in the present tense, about AWS. */
  says: string;
  /** The page of AWS's documentation. */
  docs: string;
  evidence: Evidence;
  /** The targets it can run on; all without it. */
  targets?: readonly TargetName[];
  /** Targets known to behave otherwise, with who is right and by which evidence. There the row must fail, or this is out of date. */
  differences?: Partial<Record<TargetName, string>>;
}

/** A row that nobody could check here, with the reason. */
export interface UncheckedRow extends Row {
  unchecked: string;
}

declare module "vitest" {
  interface TaskMeta {
    row?: Row | UncheckedRow;
    /** Set when the row failed on a target where it is known to differ. */
    differs?: boolean;
    /** Version of the target that the row ran on. */
    version?: string;
  }
}
