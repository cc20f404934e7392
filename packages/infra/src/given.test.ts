import { afterEach, describe, expect, test, vi } from "vitest";
import { given, givenDatabaseUrl, givenVpc, type Place } from "./given.ts";

afterEach(() => vi.unstubAllEnvs());
const stub = (values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) vi.stubEnv(name, value);
};
const here: Place = { production: false, onThisMachine: true };
const onAws: Place = { production: false, onThisMachine: false };
const production: Place = { production: true, onThisMachine: false };

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
    expect(givenDatabaseUrl("PE", here, false)).toBeUndefined();
    stub({ DATABASE_URL_PE: " mysql://u:p@db.example:3307/appointments?ssl=1 " });
    expect(givenDatabaseUrl("PE", here, false)).toBe("mysql://u:p@db.example:3307/appointments?ssl=1");
    expect(givenDatabaseUrl("CL", here, false)).toBeUndefined();
  });

  test("has a name of at least one letter", () => {
    stub({ DATABASE_URL_PE: "mysql://u:p@db/a" });
    expect(givenDatabaseUrl("PE", here, false)).toBe("mysql://u:p@db/a");
  });

  test.each([
    ["no URL", "db.example/secret"],
    ["another kind of database", "postgres://u:secret@db/a"],
    ["no host", "mysql:///secret"],
    ["no database", "mysql://u:secret@db"],
    ["a database without a name", "mysql://u:secret@db/"],
  ])("is refused with %s, and the URL is not shown", (_, value) => {
    stub({ DATABASE_URL_CL: value });
    expect(() => givenDatabaseUrl("CL", here, false)).toThrow(/^DATABASE_URL_CL must be mysql:/);
    expect(() => givenDatabaseUrl("CL", here, false)).not.toThrow(/secret/);
  });
});

describe("a database for functions on AWS", () => {
  test.each([
    "localhost",
    "127.0.0.1",
    "127.8.0.9",
    "127.1",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "db.localhost",
    "LOCALHOST",
  ])("is refused on the function's own machine, %s, whatever the VPC", (host) => {
    stub({ DATABASE_URL_PE: `mysql://u:secret@${host}:3306/a` });
    for (const inVpc of [false, true]) {
      expect(() => givenDatabaseUrl("PE", onAws, inVpc)).toThrow(/^DATABASE_URL_PE names .* own machine/);
      expect(() => givenDatabaseUrl("PE", onAws, inVpc)).not.toThrow(/secret/);
    }
    expect(givenDatabaseUrl("PE", here, false)).toContain(host);
  });

  test.each([
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.1.1",
    "[fd00::1]",
    "db",
    "db.corp.internal",
    "db.local",
  ])("is refused where only a VPC reaches it, %s, unless a VPC is given", (host) => {
    stub({ DATABASE_URL_PE: `mysql://u:secret@${host}:3306/a` });
    expect(() => givenDatabaseUrl("PE", onAws, false)).toThrow(/^DATABASE_URL_PE names .* Give the VPC too/);
    expect(givenDatabaseUrl("PE", onAws, true)).toContain(host);
  });

  test.each([
    "db.example.pe",
    "203.0.113.7",
    "172.32.0.1",
    "[2001:db8::1]",
    "localhost.example.pe",
    "internal.example.pe",
  ])("is taken where everybody reaches it, %s", (host) => {
    stub({ DATABASE_URL_PE: `mysql://u:p@${host}:3306/a` });
    expect(givenDatabaseUrl("PE", onAws, false)).toContain(host);
  });
});

describe("production", () => {
  const url = "mysql://u:secret@db.example.pe:3306/a";

  test("takes a database and a VPC from secrets", () => {
    stub({ SST_SECRET_DATABASE_URL_PE: url, SST_SECRET_SUBNET_ID_1: "subnet-01234567" });
    expect(givenDatabaseUrl("PE", production, false)).toBe(url);
    expect(() => givenVpc(production)).toThrow("missing: LAMBDA_SECURITY_GROUP_ID, SUBNET_ID_2.");
  });

  test("refuses what is in the environment, also beside a secret, and says where it belongs", () => {
    stub({ DATABASE_URL_PE: url, SST_SECRET_DATABASE_URL_PE: url, SUBNET_ID_1: "subnet-01234567" });
    expect(() => givenDatabaseUrl("PE", production, false)).toThrow(
      /^DATABASE_URL_PE is set in the environment.*sst secret set DATABASE_URL_PE/,
    );
    expect(() => givenDatabaseUrl("PE", production, false)).not.toThrow("secret@");
    expect(() => givenVpc(production)).toThrow(/^SUBNET_ID_1 is set in the environment/);
    expect(givenDatabaseUrl("CL", production, false)).toBeUndefined();
  });
});

describe("a VPC", () => {
  const whole = {
    LAMBDA_SECURITY_GROUP_ID: "sg-0123456789abcdef0",
    SUBNET_ID_1: "subnet-01234567",
    SUBNET_ID_2: "subnet-0123456789abcdef1",
  };

  test("is given by its security group and two subnets", () => {
    expect(givenVpc(onAws)).toBeUndefined();
    stub(whole);
    expect(givenVpc(onAws)).toEqual({
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
    expect(() => givenVpc(onAws)).toThrow(message);
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
    expect(() => givenVpc(onAws)).toThrow(new RegExp(`^${name} must look like .*"${value}"`));
  });
});
