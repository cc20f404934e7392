/**
 * A line of the API's access log: the route and how it went, and nothing about who asked. A path has insured ids in it, and
 * an address is personal data that no alarm and no page of the runbook needs; `requestId` leads to the function's log.
 * docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const format = JSON.stringify({
  requestTime: "$context.requestTime",
  requestId: "$context.requestId",
  httpMethod: "$context.httpMethod",
  routeKey: "$context.routeKey",
  status: "$context.status",
  error: "$context.error.responseType",
  responseLatency: "$context.responseLatency",
  integrationStatus: "$context.integration.status",
  integrationLatency: "$context.integration.latency",
});

type StageArgs = ConstructorParameters<typeof aws.apigatewayv2.Stage>[1];

/** Gives a stage of the API that format, in place of SST's. */
export function logRoutesOnly(args: NonNullable<StageArgs>): void {
  args.accessLogSettings = $output(args.accessLogSettings).apply((settings) => ({
    destinationArn: settings?.destinationArn ?? "",
    format,
  }));
}
