import { createServer } from "node:net";
import { captureLog } from "@appointments/tests/kit/capture";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { book } from "../appointment/appointment.ts";
import { commandOf, parseRequested } from "../appointment/event.ts";
import { openDatabase } from "../database/database.ts";
import { newId } from "../id.ts";
import { countries } from "./country.ts";
import { serve } from "./serve.ts";

beforeEach(() => void captureLog());
afterEach(() => vi.restoreAllMocks());

const command = (scheduleId: number) =>
  parseRequested(
    commandOf(
      book({ insuredId: "00042", scheduleId, countryISO: "PE" }, newId(), "2026-11-24T03:00:00.000Z"),
      undefined,
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
