import { afterEach, describe, expect, test, vi } from "vitest";
import { given, givenDatabaseUrl, givenVpc } from "./given.ts";

afterEach(() => vi.unstubAllEnvs());
const stub = (values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
};

describe("what a team gives", () => {
  test("comes from the environment, else from a secret, without the white space around it", () => {
    expect(given("THING")).toBeUndefined();
    stub({ SST_SECRET_THING: " secret\n" });
    expect(given("THING")).toBe("secret");
    stub({ THING: "\tvariable " });
    expect(given("THING")).toBe("variable");
  });

  test.each(["", "  ", "\n"])("counts as not given when it is %j", (blank) => {
    stub({ THING: blank, SST_SECRET_THING: blank });
    expect(given("THING")).toBeUndefined();
    stub({ SST_SECRET_THING: "secret" });
    expect(given("THING")).toBe("secret");
  });
});

describe("a database", () => {
  test("is given by its country's URL, as it is but for white space", () => {
    expect(givenDatabaseUrl("PE")).toBeUndefined();
    stub({ DATABASE_URL_PE: " mysql://u:p@db.example:3307/appointments?ssl=1 " });
    expect(givenDatabaseUrl("PE")).toBe("mysql://u:p@db.example:3307/appointments?ssl=1");
    expect(givenDatabaseUrl("CL")).toBeUndefined();
  });

  test("has a name of at least one letter", () => {
    stub({ DATABASE_URL_PE: "mysql://u:p@db/a" });
    expect(givenDatabaseUrl("PE")).toBe("mysql://u:p@db/a");
  });

  test.each([
    ["no URL", "db.example/secret"],
    ["another kind of database", "postgres://u:secret@db/a"],
    ["no host", "mysql:///secret"],
    ["no database", "mysql://u:secret@db"],
    ["a database without a name", "mysql://u:secret@db/"],
  ])("is refused with %s, and the URL is not shown", (_, value) => {
    stub({ DATABASE_URL_CL: value });
    expect(() => givenDatabaseUrl("CL")).toThrow(/^DATABASE_URL_CL must be mysql:/);
    expect(() => givenDatabaseUrl("CL")).not.toThrow(/secret/);
  });
});

describe("a VPC", () => {
  const whole = {
    LAMBDA_SECURITY_GROUP_ID: "sg-0123456789abcdef0",
    SUBNET_ID_1: "subnet-01234567",
    SUBNET_ID_2: "subnet-0123456789abcdef1",
  };

  test("is given by its security group and two subnets", () => {
    expect(givenVpc()).toBeUndefined();
    stub(whole);
    expect(givenVpc()).toEqual({
      securityGroups: ["sg-0123456789abcdef0"],
      privateSubnets: ["subnet-01234567", "subnet-0123456789abcdef1"],
    });
  });

  test.each([
    [{ LAMBDA_SECURITY_GROUP_ID: "" }, "missing: LAMBDA_SECURITY_GROUP_ID."],
    [{ SUBNET_ID_1: "" }, "missing: SUBNET_ID_1."],
    [{ LAMBDA_SECURITY_GROUP_ID: "", SUBNET_ID_2: "" }, "missing: LAMBDA_SECURITY_GROUP_ID, SUBNET_ID_2."],
  ])("is not given by half: %j", (lost, message) => {
    stub({ ...whole, ...lost });
    expect(() => givenVpc()).toThrow(message);
  });

  test.each([
    { LAMBDA_SECURITY_GROUP_ID: "subnet-0123456789abcdef0" },
    { SUBNET_ID_1: "sg-0123456789abcdef0" },
    { SUBNET_ID_2: "subnet-0123" },
    { SUBNET_ID_2: "subnet-0123456789abcdef01" },
    { SUBNET_ID_2: "subnet-0123456789ABCDEF0" },
    { SUBNET_ID_1: "my-subnet-01234567" },
  ])("has ids of the right kind: %j", (wrong) => {
    stub({ ...whole, ...wrong });
    const [name = "", value = ""] = Object.entries(wrong)[0] ?? [];
    expect(() => givenVpc()).toThrow(new RegExp(`^${name} must look like .*"${value}"`));
  });
});
