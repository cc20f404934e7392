import spectral, { type RulesetDefinition } from "@stoplight/spectral-core";
import rulesets from "@stoplight/spectral-rulesets";

/** What Spectral's recommended rules for OpenAPI say of a document: one line each, none when all is well. */
export async function lint(document: object): Promise<string[]> {
  const linter = new spectral.Spectral();
  const oas = rulesets.oas as RulesetDefinition; // what TypeScript infers of it is narrower
  linter.setRuleset({ extends: [[oas, "recommended"]], rules: {} });
  const found = await linter.run({ ...document });
  return found.map(({ code, path, message }) => `${path.join(".")}: ${message} (${code})`);
}
