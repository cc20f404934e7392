import type { Scope } from "../../functions/src/api/operation.ts";

/** Requests a second that a route takes of all callers together, and how many at once. */
interface Limit {
  throttlingRateLimit: number;
  throttlingBurstLimit: number;
}

/** By the scope of an operation. A booking costs several writes; what is public costs no token. */
const limits: Record<Scope | "public", Limit> = {
  "appointments:read": { throttlingRateLimit: 500, throttlingBurstLimit: 1000 },
  "appointments:write": { throttlingRateLimit: 200, throttlingBurstLimit: 400 },
  "appointments:admin": { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
  public: { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
};

type StageArgs = NonNullable<ConstructorParameters<typeof aws.apigatewayv2.Stage>[1]>;

type Route = ReturnType<sst.aws.ApiGatewayV2["route"]>;

/**
 * Limits each route of an API by itself. AWS refuses a setting for a route that is not there yet, and SST makes the stage
 * ahead of the routes: so the stage is given a promise of them, and Pulumi makes it after them.
 * docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 */
export function routeLimits() {
  const routes: { route: Route; scope: Scope | undefined }[] = [];
  const all = Promise.withResolvers<void>();
  const settings = async () => {
    await all.promise;
    return routes.map(({ route, scope }) => ({ routeKey: route.nodes.route.routeKey, ...limits[scope ?? "public"] }));
  };
  return {
    apply(args: StageArgs): void {
      // What no setting names, as a route that is being added.
      args.defaultRouteSettings = limits.public;
      args.routeSettings = $output(settings());
    },
    add: (route: Route, scope: Scope | undefined) => routes.push({ route, scope }),
    /** To be called once all routes are added: the stage waits for it. */
    done: all.resolve,
  };
}
