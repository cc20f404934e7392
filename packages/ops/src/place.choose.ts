import { link } from "@appointments/core/aws/link";
import { localAddresses } from "./place.local.ts";
import { openPlace, type Place } from "./place.ts";
import { OpsError } from "./usage.ts";

/** `sst shell` sets this one for every app: https://sst.dev/docs/reference/cli#shell */
const shellMark = "SST_RESOURCE_App";

/**
 * The stage of the SST shell that this runs in, else the local system. The shell comes first: who typed a stage means
 * it. Throws `OpsError` when there is neither.
 */
export async function choosePlace(dataDir: string, env: Record<string, string | undefined>): Promise<Place> {
  const app = env[shellMark];
  if (app !== undefined) return openPlace(`stage ${stageOf(app)}`, link);
  const local = await localAddresses(dataDir);
  if (local) return openPlace("the local system", local.at, local.reach);
  throw new OpsError(
    `No local system runs on ${dataDir}. Run npm start first, or for a stage: npx sst shell --stage NAME -- npm run ops -- …`,
  );
}

function stageOf(app: string): string {
  const parsed: unknown = JSON.parse(app);
  const stage = typeof parsed === "object" && parsed !== null && "stage" in parsed ? parsed.stage : undefined;
  return typeof stage === "string" ? stage : "(unnamed)";
}
