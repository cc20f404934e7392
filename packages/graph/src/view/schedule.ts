import type { GraphSchedule } from "../graph.ts";
import { targetsOf } from "./bus.ts";
import { functionArn } from "./function.ts";
import { byName, componentName, type Resources, record, text } from "./resources.ts";

/** What runs a function by the clock: EventBridge Scheduler, and rules with a schedule. */
export function schedules(resources: Resources): GraphSchedule[] {
  const scheduler = resources.of("aws:scheduler/schedule:Schedule").map((schedule) => {
    const target = record(schedule.inputs.target);
    return {
      name: componentName(schedule, "sst:aws:CronV2"),
      expression: text(schedule, "scheduleExpression"),
      functionArn: functionArn(resources, target.arn),
      enabled: schedule.inputs.state !== "DISABLED",
      ...inputOf(target.input),
    };
  });
  const rules = resources.of("aws:cloudwatch/eventRule:EventRule").flatMap((rule) => {
    if (typeof rule.inputs.scheduleExpression !== "string") return [];
    return targetsOf(resources, rule).map((target) => ({
      name: componentName(rule, "sst:aws:Cron"),
      expression: text(rule, "scheduleExpression"),
      functionArn: functionArn(resources, target.inputs.arn),
      enabled: rule.inputs.state !== "DISABLED",
      ...inputOf(target.inputs.input),
    }));
  });
  return byName([...scheduler, ...rules]);
}

function inputOf(json: unknown): { input?: unknown } {
  return typeof json === "string" && json !== "" ? { input: JSON.parse(json) } : {};
}
