import type { Graph } from "../graph.ts";
import { aws, list, ofType } from "../resource.ts";
import { each, finding, type Rule } from "./rule.ts";

/*
 * What a stage that is protected (`protect` in sst.config.ts) must have, because its data and its users are real. Other
 * stages may do without.
 */
const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm";
const modify = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Modifying.html";
const configuration = "https://www.pulumi.com/registry/packages/aws/installation-configuration/";
const protect = "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/";

export const protectionRules: Rule[] = [
  {
    name: "stage.dev",
    says: "A protected stage is never what `sst dev` deploys: functions would become stubs, and databases be given up.",
    page: protect,
    check: (graph) =>
      graph.protect && graph.dev
        ? [
            ofStage(
              graph,
              "sst dev would take this protected stage apart. Deploy it, and develop on a stage of your own.",
            ),
          ]
        : [],
  },
  {
    name: "stage.account",
    says: "A protected stage names the accounts that it may be deployed to.",
    page: configuration,
    check: (graph) =>
      graph.protect && !graph.allowedAccounts?.length
        ? [
            ofStage(
              graph,
              "Anybody's credentials would do. Set providers.aws.allowedAccountIds in app() of sst.config.ts.",
            ),
          ]
        : [],
  },
  {
    name: "stage.region",
    says: "A protected stage names its region: the shell of whoever deploys must not make a second one elsewhere.",
    page: configuration,
    check: (graph) =>
      graph.protect && !graph.regionPinned
        ? [ofStage(graph, "The region comes from the shell. Set providers.aws.region in app() of sst.config.ts.")]
        : [],
  },
  {
    name: "cloudwatch.alarms",
    says: "A protected stage has alarms, and each tells somebody: a topic with a subscription.",
    page: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    check: (graph) => {
      if (!graph.protect) return [];
      const alarms = ofType(graph, alarm);
      const heard = new Set(ofType(graph, aws.subscription).map(({ inputs }) => inputs.topic));
      const silent = alarms.filter(({ inputs }) => !list(inputs.alarmActions).some((action) => heard.has(action)));
      return alarms.length === 0
        ? [ofStage(graph, "There is no alarm. Add one for what must not go unnoticed.")]
        : silent.map((each) =>
            finding(each, "Nobody is told of it. Give it a topic in alarmActions that has a subscription."),
          );
    },
  },
  {
    name: "cloudwatch.scheduled",
    says: "In a protected stage an alarm with `breaching` missing data watches that each scheduled function runs.",
    page: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html",
    check: (graph) => {
      if (!graph.protect) return [];
      const watched = ofType(graph, alarm)
        .filter(({ inputs }) => inputs.metricName === "Invocations" && inputs.treatMissingData === "breaching")
        .map(({ inputs }) => (inputs.dimensions as { FunctionName?: string } | undefined)?.FunctionName);
      return graph.schedules.flatMap(({ name, functionArn }) => {
        const fn = graph.functions.find(({ arn }) => arn === functionArn);
        return fn && !watched.includes(fn.functionName)
          ? [
              {
                resource: `schedule ${name}`,
                message: `Were ${fn.name} not run, nobody would notice. Add an alarm on its Invocations below 1 with treatMissingData breaching.`,
              },
            ]
          : [];
      });
    },
  },
  protectedInstance({
    name: "rds.apply-immediately",
    says: "A protected instance changes in its maintenance window, not at once.",
    page: modify,
    fault: ({ inputs }) =>
      inputs.applyImmediately === true
        ? "applyImmediately is on: a change could restart the database at noon. Turn it off."
        : undefined,
  }),
  protectedInstance({
    name: "rds.major-version",
    says: "A protected instance is brought to another major version by hand, never by a deployment.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.MySQL.Major.html",
    fault: ({ inputs }) =>
      inputs.allowMajorVersionUpgrade === true
        ? "allowMajorVersionUpgrade is on, and no such upgrade can be undone. Turn it off."
        : undefined,
  }),
  protectedInstance({
    name: "rds.storage-growth",
    says: "A protected instance's storage can grow, by a tenth at least; when it is full, the database stops.",
    page: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
    fault: ({ inputs: { allocatedStorage, maxAllocatedStorage } }) =>
      Number(maxAllocatedStorage ?? 0) >= 1.1 * Number(allocatedStorage)
        ? undefined
        : `allocatedStorage is ${allocatedStorage} and maxAllocatedStorage ${maxAllocatedStorage ?? "not set"}. Raise maxAllocatedStorage.`,
  }),
  each(aws.secret, {
    name: "secretsmanager.recovery",
    says: "In a protected stage a deleted secret can be restored for some days.",
    page: "https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html",
    fault: ({ inputs }, graph) =>
      graph.protect &&
      inputs.recoveryWindowInDays === 0 &&
      "recoveryWindowInDays is 0: once deleted it is gone. Set 7 to 30.",
  }),
];

/** A rule on each database instance of a protected stage. */
function protectedInstance({ fault, ...rule }: Parameters<typeof each>[1]): Rule {
  return each(aws.instance, { ...rule, fault: (resource, graph) => graph.protect && fault(resource, graph) });
}

function ofStage({ stage }: Graph, message: string) {
  return { resource: `stage ${stage}`, message };
}
