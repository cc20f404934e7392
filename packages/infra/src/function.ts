import type { StageSettings } from "./stage.ts";

/** Every function of the app, unless it says otherwise: Graviton, Node 24, JSON logs, one retention. */
export function functionDefaults(stage: StageSettings) {
  $transform(sst.aws.Function, (args) => {
    args.runtime ??= "nodejs24.x";
    args.architecture ??= "arm64";
    args.memory ??= "512 MB";
    args.logging ??= { format: "json", retention: stage.logRetention };
  });
}
