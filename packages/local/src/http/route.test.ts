import { expect, test } from "vitest";
import { matchRoute } from "./route.ts";

const keys = [
  "GET /pets/dog/1",
  "GET /pets/dog/{id}",
  "GET /pets/{proxy+}",
  "ANY /{proxy+}",
  "ANY /pets/{kind}",
  "POST /pets/{kind}",
  "PATCH /{kind}/{id}/{part}",
  "PATCH /pets/{proxy+}",
  "GET /",
  "$default",
];
const routes = keys.map((routeKey) => ({ routeKey, functionArn: "arn" }));

// The first four are the example of AWS's page on routes.
test.each([
  ["GET", "/pets/dog/1", "GET /pets/dog/1", undefined],
  ["GET", "/pets/dog/2", "GET /pets/dog/{id}", { id: "2" }],
  ["GET", "/pets/cat/1", "GET /pets/{proxy+}", { proxy: "cat/1" }],
  ["POST", "/test/5", "ANY /{proxy+}", { proxy: "test/5" }],
  ["POST", "/pets/cat", "POST /pets/{kind}", { kind: "cat" }],
  ["PUT", "/pets/cat", "ANY /pets/{kind}", { kind: "cat" }],
  ["GET", "/pets/dog/a%20b%2Fc", "GET /pets/dog/{id}", { id: "a b/c" }],
  ["GET", "/pets/dog/%", "GET /pets/dog/{id}", { id: "%" }],
  ["GET", "/pets/dog/", "GET /pets/{proxy+}", { proxy: "dog/" }],
  ["PATCH", "/pets/1/leg", "PATCH /{kind}/{id}/{part}", { kind: "pets", id: "1", part: "leg" }],
  ["GET", "/", "GET /", undefined],
  ["POST", "/", "$default", undefined],
])("%s %s goes to %s", (method, path, routeKey, pathParameters) => {
  const match = matchRoute(routes, method, path);
  expect(match?.route.routeKey).toBe(routeKey);
  expect(match?.pathParameters).toEqual(pathParameters);
});

test("nothing matches when no route does", () => {
  expect(matchRoute([{ routeKey: "GET /a", functionArn: "arn" }], "GET", "/a/")).toBeUndefined();
  expect(matchRoute([{ routeKey: "GET /a", functionArn: "arn" }], "PUT", "/a")).toBeUndefined();
});
