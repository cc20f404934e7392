import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import openapi, { astToString } from "openapi-typescript";

/*
 * Writes `document.ts`, the types of the committed OpenAPI document, or with `--check` fails when it is not what the document says.
 */

const root = resolve(import.meta.dirname, "../../..");
const document = join(root, "docs/openapi.json");
const types = join(import.meta.dirname, "document.ts");

/** The types of an OpenAPI document, as TypeScript. */
export async function typesOf(json: string): Promise<string> {
  // Words and not enums: they cost nothing at run time.
  const nodes = await openapi(json, { alphabetize: true, rootTypes: false, enum: false });
  return `// Made from docs/openapi.json by \`npm run sdk:types\`: change that and not this.\n\n${astToString(nodes)}`;
}

if (import.meta.main) {
  const made = await typesOf(await readFile(document, "utf8"));
  if (!process.argv.includes("--check")) await writeFile(types, made);
  else if ((await readFile(types, "utf8")) !== made) {
    console.error("packages/sdk/src/document.ts is not what docs/openapi.json says: run npm run sdk:types");
    process.exit(1);
  }
}
