import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../repository.ts";

export interface Page {
  /** The `npm run ops -- …` commands of its code blocks, in order, without comments. */
  commands: string[];
  /** What its table says to do about a cause of that code; undefined when the code is not in it. */
  adviceOn: (code: string) => string | undefined;
}

/** Reads the page that a link such as `docs/runbook.md#dead-letters` leads to. Throws when there is none. */
export async function followLink(link: string): Promise<Page> {
  const [file = "", anchor] = link.split("#");
  const text = await readFile(join(root, file), "utf8");
  const sections = text.split(/^## /m).slice(1);
  const section = sections.find((each) => anchorOf(each.split("\n", 1)[0] ?? "") === anchor);
  if (section === undefined) throw new Error(`${file} has no heading for #${anchor}`);
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block.replaceAll("\\\n", " "));
  const commands = blocks
    .flatMap((block) => block.split("\n"))
    .flatMap((line) => /^npm run ops -- (.*?)\s*(#.*)?$/.exec(line)?.[1] ?? []);
  const rows = [...section.matchAll(/^\| (`.*) \| (.*) \| (.*) \|$/gm)];
  return {
    commands,
    adviceOn: (code) => rows.find(([, causes = ""]) => causes.includes(`\`${code}\``))?.[3],
  };
}

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, "")
    .replaceAll(" ", "-");
