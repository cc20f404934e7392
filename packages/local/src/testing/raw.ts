import { connect } from "node:net";

/** An answer that is read as bytes: `fetch` would refuse some of the requests that lead to one. */
export interface RawAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/** Sends bytes as they are, and reads the answer to its end: the request must ask to close the connection. */
export async function sendRaw(url: string, ...parts: (Buffer | string)[]): Promise<RawAnswer> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  for (const part of parts) socket.write(part);
  const [head = "", ...rest] = Buffer.concat(await socket.toArray())
    .toString()
    .split("\r\n\r\n");
  const [line = "", ...fields] = head.split("\r\n");
  const headers = fields.map((each): [string, string] => [
    each.slice(0, each.indexOf(":")),
    each.slice(each.indexOf(":") + 1),
  ]);
  return { status: Number(line.split(" ")[1]), headers: new Headers(headers), text: rest.join("\r\n\r\n") };
}
