import type { FieldError } from "@appointments/functions/api/problem";
import { type ProblemCode, problemOf, typeOf } from "@appointments/functions/api/problem/table";
import type { HeaderName } from "../header.ts";
import type { ParameterName } from "../parameter.ts";
import type { ComponentName } from "../schema.ts";
import type { Tag } from "../tag.ts";

/** What the document says of one operation beside its method, path and scope. */
export interface Described {
  tag: Tag;
  summary: string;
  description: string;
  parameters: readonly ParameterName[];
  body?: { schema: ComponentName; required: boolean };
  /** By status: what it answers when it does what was asked. */
  answers: Readonly<Record<number, Answer>>;
  /** What can be wrong beside what can be wrong with any request of its kind. */
  problems: readonly ProblemCode[];
  examples: Readonly<Record<string, Example>>;
}

export interface Answer {
  description: string;
  /** The content type and the schema of the body; none when there is no body. */
  content?: Readonly<Record<string, ComponentName | { type: "string" | "object" }>>;
  headers: readonly HeaderName[];
  links?: Readonly<Record<string, Link>>;
}

/** What to do next with an answer: the operation and its parameters, as runtime expressions. */
export interface Link {
  operationId: string;
  description: string;
  parameters: Partial<Record<ParameterName, string>>;
}

/**
 * One request and its answer. In the document they have one name: in the parameters, in the request's body and in the
 * response of the status. A request that is refused stands with its answer, as `x-request`. A required parameter or body
 * that has no example of this name is as in the first one.
 */
export interface Example {
  summary: string;
  status: number;
  parameters?: Partial<Record<ParameterName, string | number>>;
  body?: unknown;
  /** The body of the answer. */
  answer?: unknown;
}

/** An example of a problem. */
export function problem(
  code: ProblemCode,
  { errors, ...request }: { errors?: FieldError[] } & Pick<Example, "parameters" | "body"> = {},
): Example {
  const { status, title, details } = problemOf(code);
  return {
    summary: title.en,
    status,
    ...request,
    answer: {
      type: typeOf(code),
      ...{ title: title.en, status, detail: details.main?.en, code },
      requestId: "V8YGEPy7LNGP+4M=",
      ...(errors && { errors }),
    },
  };
}
