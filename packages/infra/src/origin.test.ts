import { describe, expect, test } from "vitest";
import { originOf, refuseMoves } from "./origin.ts";

const no = () => undefined;

describe("the origin of a database", () => {
  test("is its host, port and name, and neither user nor password", () => {
    expect(originOf("mysql://app:secret@db.example.pe/citas?ssl-mode=REQUIRED")).toBe("db.example.pe:3306/citas");
    expect(originOf("mysql://app:secret@db.example.pe:3307/citas")).toBe("db.example.pe:3307/citas");
    expect(originOf(undefined)).toBe("created");
  });
});

describe("a deployment", () => {
  test("to a new stage, or with the databases of the last one, is let through", () => {
    refuseMoves({ PE: "created", CL: "db:3306/citas" }, {}, no);
    refuseMoves({ PE: "created", CL: "db:3306/citas" }, { PE: "created", CL: "db:3306/citas" }, no);
  });

  test.each([
    ["created", "db:3306/citas"],
    ["db:3306/citas", "created"],
    ["db:3306/citas", "other:3306/citas"],
  ])("that moves a country from %s to %s needs the word for exactly that", (before, now) => {
    const deploy = (word?: string) => () => refuseMoves({ PE: now }, { PE: before }, () => word);
    expect(deploy()).toThrow(`database of PE on this stage is ${before}; this deployment would use ${now}`);
    expect(deploy()).toThrow(`MOVE_DATABASE_PE=${now}`);
    expect(deploy("yes")).toThrow(/MOVE_DATABASE_PE/);
    expect(deploy(before)).toThrow(/MOVE_DATABASE_PE/);
    expect(deploy(now)).not.toThrow();
  });

  test("reads the word of its own country only", () => {
    const word = (code: string) => (code === "CL" ? "created" : undefined);
    expect(() => refuseMoves({ PE: "created", CL: "created" }, { PE: "a:1/b", CL: "a:1/b" }, word)).toThrow(
      /^The database of PE/,
    );
  });
});
