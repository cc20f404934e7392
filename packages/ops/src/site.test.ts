import { expect, test } from "vitest";
import { stageOf } from "./site.ts";

test.each([
  ["outside an SST shell", {}, undefined],
  ["inside one", { SST_RESOURCE_App: '{"name":"a","stage":"dev"}' }, "dev"],
  ["inside one on Windows", { SST_RESOURCES_JSON: '{"App":{"stage":"dev"},"Bus":{"name":"b"}}' }, "dev"],
])("%s", (_, env: Record<string, string>, stage) => {
  expect(stageOf(env)).toBe(stage);
});

test.each([{ SST_RESOURCE_App: "{" }, { SST_RESOURCE_App: "" }, { SST_RESOURCES_JSON: "{}" }])(
  "a shell that cannot be read is not taken for none: %o",
  (env: Record<string, string>) => {
    expect(() => stageOf(env)).toThrow("sst shell");
  },
);
