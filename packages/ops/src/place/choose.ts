import { link } from "@appointments/core/aws/link";
import * as v from "valibot";
import { readJson } from "../json.ts";
import { OpsError } from "../usage.ts";
import { localAddresses } from "./local.ts";
import { openPlace, type Place } from "./place.ts";

type Environment = Record<string, string | undefined>;

/**
 * The stage of the SST shell that this runs in, else the local system. The shell comes first: who typed a stage means
 * it. Throws `OpsError` when there is neither.
 */
export async function choosePlace(dataDir: string, env: Environment): Promise<Place> {
  const stage = stageOf(env);
  if (stage !== undefined) return openPlace(`stage ${stage}`, link);
  const local = await localAddresses(dataDir);
  if (local) return openPlace("the local system", local.at, local.reach);
  throw new OpsError(
    `No local system runs on ${dataDir}. Run npm start first, or for a stage: npx sst shell --stage NAME -- npm run ops -- …`,
  );
}

const app = v.object({ stage: v.string() });

/**
 * The stage that `sst shell` names: in a variable of its own, on Windows in one with all resources.
 *
 * A shell that cannot be read must not be taken for none: the command would then work on the wrong system.
 */
export function stageOf(env: Environment): string | undefined {
  const { SST_RESOURCE_App: one, SST_RESOURCES_JSON: all } = env;
  if (one === undefined && all === undefined) return undefined;
  const stage = v.safeParse(app, one === undefined ? memberOf(readJson(all), "App") : readJson(one));
  if (!stage.success)
    throw new OpsError("The SST shell does not name its stage; run inside npx sst shell --stage NAME");
  return stage.output.stage;
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
