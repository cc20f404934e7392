import type { StageSettings } from "./stage.ts";

/**
 * Keeps every event of the bus for replay: 90 days in production, a week elsewhere. Not under `sst dev`.
 * docs.aws.amazon.com/eventbridge/latest/userguide/eb-archive.html
 */
export function archive(name: string, bus: sst.aws.Bus, stage: StageSettings) {
  if ($dev) return;
  new aws.cloudwatch.EventArchive(name, {
    name: `${$app.name}-${$app.stage}-${name}`.slice(0, 48),
    description: "Every decision of every country, for replay",
    eventSourceArn: bus.arn,
    retentionDays: stage.production ? 90 : 7,
  });
}
