import type { StageSettings } from "./stage.ts";

/**
 * Links name things; rights are given by `permissions`, function by function. By default a link grants `service:*` on
 * what it names: here it grants nothing, so that every right of a function stands in sst.config.ts.
 */
export function narrowLinks() {
  sst.Linkable.wrap(sst.aws.Dynamo, (table) => ({ properties: { name: table.name } }));
  sst.Linkable.wrap(sst.aws.SnsTopic, (topic) => ({ properties: { arn: topic.arn } }));
  sst.Linkable.wrap(sst.aws.Bus, (bus) => ({ properties: { name: bus.name, arn: bus.arn } }));
  sst.Linkable.wrap(sst.aws.Queue, (queue) => ({ properties: { url: queue.url } }));
}

/** One entry of a function's `permissions`: these actions on exactly these resources. */
export function allow(resources: $util.Input<string> | $util.Input<string>[], ...actions: string[]) {
  return { actions, resources: Array.isArray(resources) ? resources : [resources] };
}

/** Every function, unless it says otherwise: Graviton, Node 24, JSON logs, one retention. Every secret: time to change one's mind. */
export function stageDefaults(stage: StageSettings) {
  $transform(sst.aws.Function, (args) => {
    args.runtime ??= "nodejs24.x";
    args.architecture ??= "arm64";
    args.memory ??= "512 MB";
    args.logging ??= { format: "json", retention: stage.logRetention };
  });
  // SST lets a secret of a database go at once.
  $transform(aws.secretsmanager.Secret, (args) => {
    if (args) args.recoveryWindowInDays = stage.secretRecoveryDays;
  });
}
