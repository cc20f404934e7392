import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { close, listen } from "../kit/emulator.ts";

/**
 * As much of AWS as SST's CLI needs before it deploys: parameters (SSM), objects (S3) and who is asking (STS), in memory.
 * It stands for an empty account; what the CLI puts there it finds again. Nothing of it is claimed to behave as AWS
 * beyond that.
 */
export async function startBootstrap() {
  const parameters = new Map<string, string>();
  const objects = new Map<string, Buffer>();
  const server = createServer((incoming, outgoing) => {
    void answer(incoming, outgoing);
  });

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const target = incoming.headers["x-amz-target"];
    const url = new URL(incoming.url ?? "/", "http://localhost");
    if (typeof target === "string") json(outgoing, ...parameter(target, JSON.parse(body.toString() || "{}")));
    else if (body.includes("Action=GetCallerIdentity")) xml(outgoing, 200, identity);
    else object(incoming, outgoing, url, body);
  }

  function parameter(target: string, { Name = "", Value = "" }: { Name?: string; Value?: string }): [number, unknown] {
    switch (target) {
      case "AmazonSSM.GetParameter": {
        const found = parameters.get(Name);
        if (found === undefined) return [400, { __type: "ParameterNotFound", message: Name }];
        return [200, { Parameter: { Name, Value: found, Type: "String", Version: 1 } }];
      }
      case "AmazonSSM.PutParameter":
        parameters.set(Name, Value);
        return [200, { Version: 1 }];
      case "AmazonEC2ContainerRegistry_V20150921.CreateRepository":
        return [200, { repository: { repositoryUri: "123456789012.dkr.ecr.us-east-1.amazonaws.com/sst-asset" } }];
      default:
        return [400, { __type: "UnknownOperationException", message: target }];
    }
  }

  function object({ method }: IncomingMessage, outgoing: ServerResponse, url: URL, body: Buffer): void {
    const isObject = /^\/[^/]+\/./.test(url.pathname);
    const found = objects.get(url.pathname);
    if (isObject && method === "PUT") objects.set(url.pathname, body);
    if (isObject && method === "DELETE") objects.delete(url.pathname);
    if (isObject && found === undefined && (method === "GET" || method === "HEAD")) {
      xml(outgoing, 404, "<Error><Code>NoSuchKey</Code><Message>There is none.</Message></Error>");
    } else {
      outgoing.writeHead(method === "DELETE" ? 204 : 200, { etag: '"0"' }).end(method === "GET" ? found : undefined);
    }
  }

  return {
    url: `http://127.0.0.1:${await listen(server)}`,
    /** What was put into buckets, by `/bucket/key`. */
    objects,
    stop: () => close(server),
  };
}

const identity =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account><Arn>arn:aws:iam::123456789012:user/deployer</Arn><UserId>DEPLOYER</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>";

function json(outgoing: ServerResponse, status: number, value: unknown): void {
  outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(value));
}

function xml(outgoing: ServerResponse, status: number, content: string): void {
  outgoing.writeHead(status, { "content-type": "application/xml" }).end(content);
}
