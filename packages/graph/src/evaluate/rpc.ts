import { createServer } from "node:http";
import { json } from "node:stream/consumers";

/** What SST's components send to the CLI about a function, in `Runtime.Build` and `Runtime.AddTarget`. */
export interface BuildInput {
  functionID: string;
  handler: string;
  bundle?: string;
  runtime: string;
  links: Record<string, Record<string, unknown>>;
  copyFiles?: { from: string; to: string; isDir: boolean }[];
  properties: Record<string, unknown>;
}

/**
 * Stands in for the SST CLI's server, which components call while they are evaluated (`components/rpc/rpc.ts`).
 *
 * @param out folder that every "built" function points to
 * @param region what the account was bootstrapped in
 * @returns its URL (`SST_SERVER`), what it was asked to build by function, and a way to stop it
 */
export async function startRpcServer(out: string, account: string, region: string) {
  const builds = new Map<string, BuildInput>();
  const appsync = {
    http: `sst.appsync-api.${region}.amazonaws.com`,
    realtime: `sst.appsync-realtime-api.${region}.amazonaws.com`,
  };

  function answer(method: string, input: unknown): unknown {
    switch (method) {
      case "Provider.Aws.Bootstrap":
        return {
          asset: `sst-asset-${account}-${region}`,
          assetEcrRegistryId: account,
          assetEcrUrl: `${account}.dkr.ecr.${region}.amazonaws.com/sst-asset`,
          state: `sst-state-${account}-${region}`,
          appsyncHttp: appsync.http,
          appsyncRealtime: appsync.realtime,
        };
      case "Provider.Aws.Appsync":
        return appsync;
      case "Runtime.Build":
      case "Runtime.AddTarget": {
        const build = input as BuildInput;
        builds.set(build.functionID, build);
        if (method === "Runtime.AddTarget") return null;
        return { handler: `bundle.${build.handler.split(".").at(-1)}`, out, errors: [], sourcemaps: [] };
      }
      default:
        return undefined;
    }
  }

  const server = createServer((request, response) => {
    // What is left open would keep a program alive that waits for nothing else.
    response.setHeader("connection", "close");
    void json(request).then((body) => {
      const { method, params } = body as { method: string; params: [unknown] };
      const result = answer(method, params[0]);
      // The wording makes components treat the method as unknown, as with the CLI.
      response.end(JSON.stringify(result === undefined ? { error: `rpc: can't find method ${method}` } : { result }));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  server.unref();
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, builds, stop: () => server.close() };
}
