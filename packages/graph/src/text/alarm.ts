import type { Graph } from "../graph.ts";

const signs: Record<string, string> = {
  GreaterThanThreshold: ">",
  GreaterThanOrEqualToThreshold: "≥",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

/** Each alarm in words: what is watched, when it is red, and what its description says, such as where to look. */
export function alarmLines({ resources }: Graph): string[] {
  return resources
    .filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")
    .map(({ name, inputs }) => {
      const { metricName, statistic, extendedStatistic, comparisonOperator, threshold, alarmDescription } = inputs;
      const sign = signs[String(comparisonOperator)] ?? String(comparisonOperator);
      const red = `${metricName} ${statistic ?? extendedStatistic} ${sign} ${threshold}`;
      return [`${name}  ${red}`, `${howLong(inputs)}`, ...(alarmDescription ? [String(alarmDescription)] : [])].join(
        " · ",
      );
    });
}

function howLong({
  period,
  evaluationPeriods,
  datapointsToAlarm = evaluationPeriods,
}: Record<string, unknown>): string {
  if (evaluationPeriods === 1) return `in ${period} s`;
  return datapointsToAlarm === evaluationPeriods
    ? `${evaluationPeriods} times ${period} s in a row`
    : `in ${datapointsToAlarm} of ${evaluationPeriods} times ${period} s`;
}
