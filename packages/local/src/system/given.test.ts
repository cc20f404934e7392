import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Graph } from "@appointments/graph/graph";
import { expect, test } from "vitest";
import { checkGiven, givenDatabases } from "./given.ts";

const password = "s3cret";
const database = (url: string) => [{ name: "NORTH", variable: "DATABASE_URL_NORTH", url: new URL(url) }];

test.each([
  [`mysql://u:${password}@127.0.0.1:1/shop`, "127.0.0.1:1/shop says connect ECONNREFUSED"],
  [`mysql://u:${password}@no.such.host.invalid/shop`, "no.such.host.invalid:3306/shop says getaddrinfo"],
])("%s: the variable and the host are named, the password is not", async (url, says) => {
  const error: Error = await checkGiven(database(url)).then(
    () => new Error("it passed"),
    (reason) => reason,
  );
  expect(error.message).toContain(`DATABASE_URL_NORTH is no use: ${says}`);
  expect(error.message).not.toContain(password);
});

test("a server that refuses the user is named with what it says", async () => {
  const server = new URL(process.env.TEST_MYSQL_URL ?? "");
  const url = `mysql://nobody:${password}@${server.host}/shop`;
  await expect(checkGiven(database(url))).rejects.toThrow(/DATABASE_URL_NORTH is no use: .*denied/);
});

test("one that answers passes", async () => {
  const url = new URL(process.env.TEST_MYSQL_URL ?? "");
  url.pathname = "/mysql";
  await checkGiven(database(url.href));
});

test("a server that is silent for its patience is given up", async () => {
  const silent = createServer(() => {}).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  await expect(checkGiven(database(`mysql://u:${password}@127.0.0.1:${port}/shop`))).rejects.toThrow("ETIMEDOUT");
  silent.close();
});

test("given is what a link holds and no resource of the graph serves", () => {
  const graph = {
    databases: [{ hosts: ["own.example"], port: 3306 }],
    links: {
      Own: { url: "mysql://u:p@own.example:3306/a" },
      North: { url: "mysql://u:p@db.example/b" },
    },
    functions: [{ links: ["Own", "North"], environment: {} }],
  } as unknown as Graph;
  const found = givenDatabases(graph, { urlVariable: (name) => `URL_OF_${name}` });
  expect(found).toEqual([{ name: "North", variable: "URL_OF_North", url: new URL("mysql://u:p@db.example/b") }]);
});
