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
  "read-only-mode": { code: 1836, state: "HY000", message: "Running in read-only mode" },
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

/**
 * What a new connection can meet; those that are there are broken first.
 *
 * - `reset`: it breaks before a word was said
 * - `too-many`: the server's error instead of its greeting
 * - `hang`: no greeting, until the client gives up
 */
export const connectFaults = ["reset", "too-many", "hang"] as const;
type ConnectFault = (typeof connectFaults)[number];

/** How a primary that has become a replica refuses those who stay connected to it. */
export const demotions = ["read-only", "read-only-mode"] as const;
type Demotion = (typeof demotions)[number];

/** COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE. */
const commands = new Set([0x03, 0x16, 0x17]);

export interface MysqlProxy {
  /** The server's URL, through the proxy. */
  url: string;
  /** The next `times` statements of appointments that begin so meet the fault; all until it is disarmed by default. */
  arm(verb: string, fault: MysqlFault, times?: number): void;
  /** Every connection meets the fault, until it is disarmed. */
  armConnect(fault: ConnectFault): void;
  /** Connections that are there can no longer write; new ones can. */
  demote(how: Demotion): void;
  /** Does something once, when the next statement of appointments that begins so has been passed on, or is answered. */
  watch(verb: string, moment: "sent" | "answered", action: () => void): void;
  disarm(): void;
  /** Breaks all connections. */
  cut(): void;
  /** Listens no more: who connects is refused. */
  close(): Promise<void>;
  /** Listens again, on the same port. */
  open(): Promise<void>;
  /** How many statements or connections met a fault since it was armed. */
  hits(): number;
  stop(): Promise<void>;
}

/**
 * A TCP proxy in front of a MySQL server, for connections without TLS.
 *
 * @param serverUrl `mysql://user:password@host:port/…`
 */
export async function startMysqlProxy(serverUrl: string): Promise<MysqlProxy> {
  const { hostname, port: serverPort } = new URL(serverUrl);
  const server = { host: hostname, port: Number(serverPort) };
  let armed: { verb: string; fault: MysqlFault; times: number } | undefined;
  let connecting: ConnectFault | undefined;
  let watched: { verb: string; moment: "sent" | "answered"; action: () => void } | undefined;
  let demoted: { how: Demotion; clients: Set<Socket> } | undefined;
  let hits = 0;
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();

  function take(client: Socket, statement: string): MysqlFault | undefined {
    if (demoted?.clients.has(client) && /^(insert|update)/.test(statement)) {
      hits++;
      return demoted.how;
    }
    if (armed === undefined || !statement.startsWith(armed.verb)) return undefined;
    const { fault } = armed;
    hits++;
    armed = armed.times > 1 ? { ...armed, times: armed.times - 1 } : undefined;
    return fault;
  }

  function takeConnect(): ConnectFault | undefined {
    if (connecting !== undefined) hits++;
    return connecting;
  }

  function track(socket: Socket): void {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  }

  const proxy = createServer((client) => {
    track(client);
    const met = takeConnect();
    if (met === "reset") return client.resetAndDestroy();
    if (met === "too-many") return client.end(errorPacket(errors[met], 0));
    if (met === "hang") return;
    const upstream = connect(server);
    track(upstream);
    clients.add(client);
    let dropAnswer = false;
    let hung = false;
    let onAnswer: (() => void) | undefined;
    client.once("close", () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstream.once("close", () => client.destroy());
    client.on("data", (chunk: Buffer) => {
      if (hung) return;
      const statement = statementOf(chunk);
      const fault = statement === undefined ? undefined : take(client, statement);
      if (fault === "cut-before") client.destroy();
      else if (fault === "hang") hung = true;
      else if (fault === undefined || fault === "cut-after") {
        dropAnswer = fault === "cut-after";
        upstream.write(chunk);
        if (watched === undefined || !statement?.startsWith(watched.verb)) return;
        const { moment, action } = watched;
        watched = undefined;
        if (moment === "sent") action();
        else onAnswer = action;
      } else client.write(errorPacket(errors[fault], 1));
    });
    upstream.on("data", (chunk: Buffer) => {
      if (dropAnswer) client.destroy();
      else if (onAnswer) {
        // Once: the answer is kept back, and whoever acts breaks the connection.
        onAnswer();
        onAnswer = () => {};
      } else client.write(chunk);
    });
  });
  let port = 0;
  const open = () => new Promise<void>((resolve) => proxy.listen(port, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await open();
  const address = proxy.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
  const through = new URL(serverUrl);
  through.host = `127.0.0.1:${port}`;
  const close = async () => {
    const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
    cut();
    await closed;
  };
  return {
    url: through.href,
    arm: (verb, fault, times = Number.POSITIVE_INFINITY) => {
      hits = 0;
      armed = { verb, fault, times };
    },
    armConnect: (fault) => {
      hits = 0;
      connecting = fault;
      cut();
    },
    demote: (how) => {
      hits = 0;
      demoted = { how, clients: new Set(clients) };
    },
    watch: (verb, moment, action) => {
      hits = 0;
      watched = {
        verb,
        moment,
        action: () => {
          hits++;
          action();
        },
      };
    },
    disarm: () => {
      armed = undefined;
      connecting = undefined;
      watched = undefined;
      demoted = undefined;
    },
    cut,
    close,
    open,
    hits: () => hits,
    stop: close,
  };
}

/** The statement on appointments that a command is, in lower case. */
function statementOf(chunk: Buffer): string | undefined {
  if (chunk[3] !== 0 || !commands.has(chunk[4] ?? 0)) return undefined;
  // MySQL 8 and later let a query have attributes; that there are none stands before it in two bytes.
  const attributes = chunk[4] === 0x03 && chunk[5] === 0x00 && chunk[6] === 0x01 ? 2 : 0;
  const statement = chunk
    .subarray(5 + attributes)
    .toString("latin1")
    .toLowerCase();
  return statement.includes("`appointment`") ? statement : undefined;
}

/** An ERR packet that answers a command (`sequence` 1), or stands in place of the greeting (0). */
function errorPacket(error: { code: number; state: string; message: string }, sequence: 0 | 1): Buffer {
  const { code, state, message } = error;
  const payload = Buffer.concat([Buffer.from([0xff, code & 0xff, code >> 8]), Buffer.from(`#${state}${message}`)]);
  return Buffer.concat([Buffer.from([payload.length & 0xff, payload.length >> 8, 0, sequence]), payload]);
}
