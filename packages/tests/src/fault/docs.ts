import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../repository.ts";
import { describeResults } from "./docs.page.ts";
import { readResults } from "./results.ts";

/** Writes docs/reliability.md from the kept results of the campaign. */
await writeFile(join(root, "docs/reliability.md"), describeResults(readResults()));
