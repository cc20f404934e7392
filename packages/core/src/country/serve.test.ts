import { createServer } from "node:net";
import { captureLog } from "@appointments/tests/kit/capture";
import { startMysql } from "@appointments/tests/kit/mysql";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { book } from "../appointment/appointment.ts";
import { commandOf, parseRequested } from "../appointment/event.ts";
import { openDatabase } from "../database/database.ts";
import { AppError } from "../error.ts";
import { newId } from "../id.ts";
import { countries } from "./country.ts";
import { serve } from "./serve.ts";

let logged: () => string;
beforeEach(() => {
  logged = captureLog();
});
afterEach(() => vi.restoreAllMocks());

const command = (scheduleId: number, traceparent?: string) =>
  parseRequested(
    commandOf(
      book({ insuredId: "00042", scheduleId, countryISO: "PE" }, newId(), "2026-11-24T03:00:00.000Z"),
      traceparent,
    ),
    "PE",
  );

test.each([1, 4])(
  "a database that is away fails a batch of %i whole, once, and nothing is published",
  async (count) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const database = openDatabase(`mysql://x:x@127.0.0.1:${port}/x`);
    const published: unknown[] = [];
    const bus = {
      publish: async (events: unknown[]) => {
        published.push(...events);
        return new Map();
      },
    };
    try {
      const commands = Array.from({ length: count }, (_, index) => command(index + 1));
      await expect(serve({ country: countries.PE, database, bus }, commands)).rejects.toMatchObject({
        code: "database_unavailable",
        retry: true,
      });
      const whole = connections;
      await expect(serve({ country: countries.PE, database, bus }, [command(9)])).rejects.toMatchObject({
        retry: true,
      });
      // A batch is not halved: it asks as often as a single message.
      expect(whole).toBe(connections - whole);
      expect(published).toEqual([]);
    } finally {
      await database.close();
      await new Promise((closed) => server.close(closed));
    }
  },
);

test("the log says what was decided and published, in the trace of the request; what was not published is an error", async () => {
  const server = await startMysql();
  const { url } = await server.countryDatabase("PE");
  const database = openDatabase(url);
  const unpublished = new AppError("bus_unavailable", "Try later");
  const bus = {
    publish: async (events: { id: string }[]) => new Map(events.slice(1).map(({ id }) => [id, unpublished])),
  };
  try {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const commands = [command(1, traceparent), command(2)];
    expect(await serve({ country: countries.PE, database, bus }, commands)).toEqual([undefined, unpublished]);
    expect(JSON.parse(logged())).toEqual({
      level: "info",
      event: "appointment.decided",
      appointmentId: commands[0]?.data.appointmentId,
      countryISO: "PE",
      status: "completed",
      traceparent,
    });
  } finally {
    await database.close();
    await server.stop();
  }
});
