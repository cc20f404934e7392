import { type Language, type ProblemCode, problemCodes, problemOf } from "./table.ts";

/** `docs/errors.md`: every error that the API answers, in both languages. */
export const errorsPage = (): string =>
  `${[
    "# Errors",
    "What the API answers when it refuses or fails, by `code`: `application/problem+json` of RFC 9457. This page is written from `packages/functions/src/api/problem/table.ts` by `npm run docs:errors`.",
    "A program looks at `code`, which never changes; `title`, `detail` and `errors[].detail` are for people, in English or, with `Accept-Language: es`, in Spanish. `type` leads to the code's entry at the API itself: `/docs#error-CODE`. `requestId` is what to tell us.",
    'API Gateway itself answers `401`, `403`, `404`, `429`, `500` and `503` with `{"message":"…"}` and no code, before or in place of the function.',
    ["| Status | Code | What is wrong |", "|---|---|---|", ...problemCodes.map(line)].join("\n"),
    ...problemCodes.flatMap(entry),
  ].join("\n\n")}\n`;

const line = (code: ProblemCode): string =>
  `| ${problemOf(code).status} | [\`${code}\`](#${code}) | ${problemOf(code).title.en} |`;

function entry(code: ProblemCode): string[] {
  const { status, title, details, retryAfter } = problemOf(code);
  const inLanguage = (name: string, language: Language) =>
    `**${name}**: ${title[language]}. ${Object.values(details)
      .map((detail) => `${detail[language]}.`)
      .join(" Or: ")}`;
  return [
    `## ${code}`,
    `Status ${status}${retryAfter === undefined ? "" : `, with \`Retry-After: ${retryAfter}\``}.`,
    `${inLanguage("English", "en")}\\\n${inLanguage("Español", "es")}`,
  ];
}
