import type { Caller } from "@appointments/core/appointment/caller";
import type { MiddlewareHandler } from "hono";
import type { Env } from "./answering.ts";
import { callerOf } from "./caller.ts";
import { type OperationId, operations, type Scope } from "./operation.ts";

/** An operation that needs a scope, and so has a caller. */
export type GuardedId = {
  [Id in OperationId]: (typeof operations)[Id] extends { scope: Scope } ? Id : never;
}[OperationId];
/** An operation that anybody may call. */
export type OpenId = Exclude<OperationId, GuardedId>;

/** A path as Hono writes it: `/appointments/:insuredId`. */
export type RoutePath<Path extends string> = Path extends `${infer Before}{${infer Name}}${infer After}`
  ? `${Before}:${Name}${RoutePath<After>}`
  : Path;
type PathOf<Id extends OperationId> = RoutePath<(typeof operations)[Id]["path"]>;

const pathOf = <Id extends OperationId>(id: Id) => operations[id].path.replaceAll(/\{(\w+)\}/g, ":$1") as PathOf<Id>; // the same, to the compiler

/** What a handler of a guarded operation is given. */
export interface Called extends Env {
  Variables: Env["Variables"] & { caller: Caller };
}

/** Where an operation that anybody may call is routed: `app.get(...open("getHealth"), handler)`. */
export const open = <Id extends OpenId>(id: Id) => [pathOf(id)] as const;

/**
 * Where an operation is routed, and who may call it: `app.get(...guarded("getAppointment"), handler)`. Its handlers find
 * the caller in `c.get("caller")`. A request without one goes no further: `unauthorized`, `insufficient_scope`.
 */
export const guarded = <Id extends GuardedId>(id: Id) => [pathOf(id), admit(operations[id].scope)] as const;

const admit =
  (scope: Scope): MiddlewareHandler<Called> =>
  async (c, next) => {
    c.set("caller", callerOf(c.env?.requestContext, scope));
    await next();
  };
