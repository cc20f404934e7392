import { connect, createServer, type Socket } from "node:net";

/** MySQL's errors that pass: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const errors = {
  deadlock: {
    code: 1213,
    state: "40001",
    message: "Deadlock found when trying to get lock; try restarting transaction",
  },
  "lock-wait": { code: 1205, state: "HY000", message: "Lock wait timeout exceeded; try restarting transaction" },
  "read-only": { code: 1290, state: "HY000", message: "The MySQL server is running with the --read-only option" },
  "too-many": { code: 1040, state: "08004", message: "Too many connections" },
} as const;

/**
 * - `cut-before`: the connection breaks, the statement does not reach the server
 * - `cut-after`: the statement is executed, the connection breaks before the answer
 * - `hang`: neither statement nor answer, until the client gives up
 * - the others: the server's error, and nothing happens
 */
export const mysqlFaults = [
  "cut-before",
  "cut-after",
  "hang",
  ...(Object.keys(errors) as (keyof typeof errors)[]),
] as const; // the keys are written just above
export type MysqlFault = (typeof mysqlFaults)[number];

/** COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE. */
const commands = new Set([0x03, 0x16, 0x17]);

export interface MysqlProxy {
  port: number;
  /** The next `times` statements of appointments that begin so meet the fault. */
  arm(verb: string, fault: MysqlFault, times: number): void;
  disarm(): void;
  /** How many statements met a fault since it was armed. */
  hits(): number;
  stop(): Promise<void>;
}

/** A TCP proxy in front of a MySQL server, for connections without TLS. */
export async function startMysqlProxy(server: { host: string; port: number }): Promise<MysqlProxy> {
  let armed: { verb: string; fault: MysqlFault; times: number } | undefined;
  let hits = 0;
  const sockets = new Set<Socket>();

  function take(chunk: Buffer): MysqlFault | undefined {
    if (armed === undefined || chunk[3] !== 0 || !commands.has(chunk[4] ?? 0)) return undefined;
    const statement = chunk.subarray(5).toString("latin1").toLowerCase();
    if (!statement.startsWith(armed.verb) || !statement.includes("`appointment`")) return undefined;
    const { fault } = armed;
    hits++;
    armed = armed.times > 1 ? { ...armed, times: armed.times - 1 } : undefined;
    return fault;
  }

  const proxy = createServer((client) => {
    const upstream = connect(server);
    let dropAnswer = false;
    let hung = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk: Buffer) => {
      if (hung) return;
      const fault = take(chunk);
      if (fault === "cut-before") client.destroy();
      else if (fault === "hang") hung = true;
      else if (fault === undefined || fault === "cut-after") {
        dropAnswer = fault === "cut-after";
        upstream.write(chunk);
      } else client.write(errorPacket(errors[fault]));
    });
    upstream.on("data", (chunk: Buffer) => {
      if (dropAnswer) client.destroy();
      else client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    arm: (verb, fault, times) => {
      hits = 0;
      armed = { verb, fault, times };
    },
    disarm: () => {
      armed = undefined;
    },
    hits: () => hits,
    stop: async () => {
      const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** An ERR packet that answers a command. */
function errorPacket({ code, state, message }: { code: number; state: string; message: string }): Buffer {
  const payload = Buffer.concat([Buffer.from([0xff, code & 0xff, code >> 8]), Buffer.from(`#${state}${message}`)]);
  return Buffer.concat([Buffer.from([payload.length & 0xff, payload.length >> 8, 0, 1]), payload]);
}
