import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** MySQL's errors that pass, by code, and SQLSTATE with message: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html */
const errors = {
  deadlock: [1213, "#40001Deadlock found when trying to get lock; try restarting transaction"],
  "lock-wait": [1205, "#HY000Lock wait timeout exceeded; try restarting transaction"],
  "read-only": [1290, "#HY000The MySQL server is running with the --read-only option"],
  "read-only-mode": [1836, "#HY000Running in read-only mode"],
  "too-many": [1040, "#08004Too many connections"],
} as const;
type ServerError = keyof typeof errors;

/**
 * - `cut-before`: the connection breaks, the statement does not reach the server
 * - `cut-after`: the statement is executed, the connection breaks before the answer
 * - `hang`: neither statement nor answer, until the client gives up
 * - the others: the server's error, and nothing happens
 */
export const mysqlFaults = ["cut-before", "cut-after", "hang", ...(Object.keys(errors) as ServerError[])] as const; // the keys are written just above
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

/** What the proxy does to whom, and what came of it. */
interface State {
  armed?: { verb: string; fault: MysqlFault; times: number } | undefined;
  connecting?: ConnectFault | undefined;
  watched?: { verb: string; moment: "sent" | "answered"; action: () => void } | undefined;
  demoted?: { how: Demotion; clients: Set<Socket> } | undefined;
  hits: number;
  /** All sockets, and those of them that are clients which reached the server. */
  sockets: Set<Socket>;
  clients: Set<Socket>;
}

/**
 * A TCP proxy in front of a MySQL server, for connections without TLS.
 *
 * @param serverUrl `mysql://user:password@host:port/…`
 */
export async function startMysqlProxy(serverUrl: string) {
  const { hostname: host, port: serverPort } = new URL(serverUrl);
  const state: State = { hits: 0, sockets: new Set(), clients: new Set() };
  const proxy = createServer((client) => accept(client, () => connect({ host, port: Number(serverPort) }), state));
  let port = 0;
  /** Listens again, on the same port. */
  const open = () => new Promise<void>((resolve) => proxy.listen(port, "127.0.0.1", resolve));
  /** Breaks all connections. */
  const cut = () => {
    for (const socket of state.sockets) socket.destroy();
  };
  /** Stops listening: new connections are refused. */
  const close = async () => {
    const closed = new Promise<void>((resolve) => proxy.close(() => resolve()));
    cut();
    await closed;
  };
  const put = (fault: Partial<State>) => void Object.assign(state, { hits: 0, ...fault });
  await open();
  ({ port } = proxy.address() as AddressInfo); // a server on TCP has an address with a port
  const through = new URL(serverUrl);
  through.host = `127.0.0.1:${port}`;
  return {
    /** The server's URL, through the proxy. */
    url: through.href,
    /** The next `times` statements on appointments that begin with `verb` meet the fault; by default all until `disarm`. */
    arm: (verb: string, fault: MysqlFault, times = Number.POSITIVE_INFINITY) => put({ armed: { verb, fault, times } }),
    /** Every connection meets the fault until `disarm`. */
    armConnect: (connecting: ConnectFault) => {
      put({ connecting });
      cut();
    },
    /** Connections that are open can no longer write; new ones can. */
    demote: (how: Demotion) => put({ demoted: { how, clients: new Set(state.clients) } }),
    /** Does something once, when the next statement on appointments that begins with `verb` has been passed on, or answered. */
    watch: (verb: string, moment: "sent" | "answered", action: () => void) =>
      put({ watched: { verb, moment, action } }),
    disarm: () =>
      void Object.assign(state, { armed: undefined, connecting: undefined, watched: undefined, demoted: undefined }),
    cut,
    close,
    open,
    /** How many statements or connections met a fault since it was armed. */
    hits: () => state.hits,
  };
}

export type MysqlProxy = Awaited<ReturnType<typeof startMysqlProxy>>;

function accept(client: Socket, reach: () => Socket, state: State): void {
  track(client, state.sockets);
  const met = state.connecting;
  if (met !== undefined) state.hits++;
  if (met === "reset") client.resetAndDestroy();
  else if (met === "too-many") client.end(errorPacket(met, 0));
  else if (met === undefined) relay(client, reach(), state);
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.on("error", () => {}); // a close follows, and says all that matters here
  socket.once("close", () => sockets.delete(socket));
}

/** Passes statements on to the server and its answers back, but for what a fault or a watch keeps. */
function relay(client: Socket, upstream: Socket, state: State): void {
  track(upstream, state.sockets);
  state.clients.add(client);
  let hung = false;
  let dropAnswer = false;
  let onAnswer: (() => void) | undefined;
  client.once("close", () => {
    state.clients.delete(client);
    upstream.destroy();
  });
  upstream.once("close", () => client.destroy());
  client.on("data", (chunk: Buffer) => {
    if (hung) return;
    const statement = statementOf(chunk);
    const fault = statement === undefined ? undefined : take(client, statement, state);
    if (fault === "cut-before") client.destroy();
    else if (fault === "hang") hung = true;
    else if (fault === undefined || fault === "cut-after") {
      dropAnswer = fault === "cut-after";
      upstream.write(chunk);
      if (state.watched === undefined || !statement?.startsWith(state.watched.verb)) return;
      const { moment, action } = state.watched;
      state.watched = undefined;
      const act = () => {
        state.hits++;
        action();
      };
      if (moment === "sent") act();
      else onAnswer = act;
    } else client.write(errorPacket(fault, 1));
  });
  upstream.on("data", (chunk: Buffer) => {
    if (dropAnswer) client.destroy();
    else if (onAnswer) {
      // Once: the answer is kept back, and whoever acts breaks the connection.
      onAnswer();
      onAnswer = () => {};
    } else client.write(chunk);
  });
}

/** The fault that a statement meets, which is then counted. */
function take(client: Socket, statement: string, state: State): MysqlFault | undefined {
  const { armed, demoted } = state;
  if (demoted?.clients.has(client) && /^(insert|update)/.test(statement)) {
    state.hits++;
    return demoted.how;
  }
  if (armed === undefined || !statement.startsWith(armed.verb)) return undefined;
  state.hits++;
  state.armed = armed.times > 1 ? { ...armed, times: armed.times - 1 } : undefined;
  return armed.fault;
}

/** The statement on appointments that a command is, in lower case. */
function statementOf(chunk: Buffer): string | undefined {
  if (chunk[3] !== 0 || !commands.has(chunk[4] ?? 0)) return undefined;
  // MySQL 8 and later let a query have attributes; that there are none stands before it in two bytes.
  const attributes = chunk[4] === 0x03 && chunk[5] === 0x00 && chunk[6] === 0x01 ? 2 : 0;
  const statement = chunk.toString("latin1", 5 + attributes).toLowerCase();
  return statement.includes("`appointment`") ? statement : undefined;
}

/** An ERR packet that answers a command (`sequence` 1), or stands in place of the greeting (0). */
function errorPacket(error: ServerError, sequence: 0 | 1): Buffer {
  const [code, text] = errors[error];
  const payload = Buffer.concat([Buffer.from([0xff, code & 0xff, code >> 8]), Buffer.from(text)]);
  return Buffer.concat([Buffer.from([payload.length & 0xff, payload.length >> 8, 0, sequence]), payload]);
}
