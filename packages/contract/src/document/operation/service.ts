import type { Answer, Described } from "./described.ts";

export const getHealth: Described = {
  tag: "service",
  summary: "Ask whether the API answers",
  description: "Answers without looking at any store.",
  parameters: [],
  answers: { 200: { description: "It does.", content: { "application/json": "Health" }, headers: [] } },
  problems: [],
  examples: { healthy: { summary: "It answers", status: 200, answer: { status: "ok" } } },
};

const fileHeaders = [
  "File-Cache-Control",
  "File-Content-Encoding",
  "File-Content-Security-Policy",
  "File-ETag",
  "File-Vary",
  "Strict-Transport-Security",
  "X-Content-Type-Options",
] as const satisfies Answer["headers"];

const unchanged = { description: "It is as you know it.", headers: fileHeaders } as const;

export const getDocument: Described = {
  tag: "service",
  summary: "Read this document",
  description: "The OpenAPI document of the API that answers.",
  parameters: ["ifNoneMatch"],
  answers: {
    200: {
      description: "The document.",
      content: { "application/json": { type: "object" } },
      headers: fileHeaders,
    },
    304: unchanged,
  },
  problems: [],
  examples: {},
};

export const readDocs: Described = {
  tag: "service",
  summary: "Read this document as a page",
  description: "The page needs nothing from elsewhere, and can try each operation with a token.",
  parameters: ["ifNoneMatch"],
  answers: {
    200: {
      description: "The page.",
      content: { "text/html; charset=utf-8": { type: "string" } },
      headers: fileHeaders,
    },
    304: unchanged,
  },
  problems: [],
  examples: {},
};
