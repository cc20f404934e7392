import { createHash } from "node:crypto";
import { type Language, problemCodes, problemOf } from "../api/problem/table.ts";
import type { File } from "./file.ts";

/** What the page is made of: Swagger UI's script and style, as its package ships them. */
export interface Parts {
  script: string;
  style: string;
}

/**
 * The page that shows the document at `documentUrl` and can try its operations with a token. Everything it needs is in
 * it; its policy lets it run nothing else, and speak with the API that serves it only.
 */
export function pageOf({ script, style }: Parts, documentUrl: string): File {
  const start = startOf(documentUrl);
  // In a script, as HTML reads it, this ends the element; to JavaScript, in the strings where it stands, both are the same.
  const scripts = [script, start].map((text) => text.replaceAll("</script", "<\\/script"));
  const styles = [style, ownStyle];
  return {
    contentType: "text/html; charset=utf-8",
    policy: [
      "default-src 'none'",
      "base-uri 'none'",
      "connect-src 'self'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "img-src data:",
      `script-src ${scripts.map(sourceOf).join(" ")}`,
      `style-src ${styles.map(sourceOf).join(" ")}`,
    ].join("; "),
    text: [
      '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Medical appointments: API</title>',
      '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
      ...styles.map((text) => `<style>${text}</style>`),
      '</head><body><div id="docs"></div>',
      errors(),
      "<noscript>The document itself is at ",
      `<a href="${documentUrl}">${documentUrl}</a>.</noscript>`,
      ...scripts.map((text) => `<script>${text}</script>`),
      "</body></html>",
    ].join("\n"),
  };
}

/** Source: https://swagger.io/docs/open-source-tools/swagger-ui/usage/configuration/ */
const startOf = (documentUrl: string): string =>
  `SwaggerUIBundle(${JSON.stringify({
    url: documentUrl,
    dom_id: "#docs",
    deepLinking: true,
    displayRequestDuration: true,
    // A token that is kept would outlive the page.
    persistAuthorization: false,
    validatorUrl: null,
  })});`;

const ownStyle = [
  "body{margin:0}.swagger-ui .info{margin:24px 0}",
  "#errors{max-width:1460px;margin:0 auto;padding:0 20px 40px;font:14px sans-serif}#errors dt{margin-top:16px}",
].join("");

/** Where the `type` of a problem leads to: `#error-CODE`. No text of the table has a character that HTML reads. */
const errors = (): string =>
  `<section id="errors"><h2>Errors</h2><dl>${problemCodes
    .map((code) => {
      const { status, title, details } = problemOf(code);
      const said = (language: Language) =>
        `<dd lang="${language}">${[title, ...Object.values(details)].map((text) => `${text[language]}.`).join(" ")}</dd>`;
      return `<dt id="error-${code}"><code>${code}</code> ${status}</dt>${said("en")}${said("es")}`;
    })
    .join("")}</dl></section>`;

/** Source: https://www.w3.org/TR/CSP3/#framework-directive-source-list */
const sourceOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
