/** The request of a check by HTTP/1.1, and what its answer means. */

import type { HttpTarget } from "../model/mod.ts";
import type { Outcome } from "./check.ts";
import { HttpAnswer, type Reading } from "./http_answer.ts";

/** How much is read at once, in bytes. */
const CHUNK = 4096;
const LEAST_STATUS = 200;
const MOST_STATUS = 399;

/** A connection to the service. After `close` a read gives `null`, and a write fails with `BrokenPipe`. */
export interface Connection {
  /** Fills a part of the buffer and returns how many bytes, or `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes and returns how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** The bytes of the request. The URL parser has escaped everything in the path that could end a line. */
export function requestFor({ host, path }: HttpTarget): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: dinit\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
}

/** Sends the request, and judges the answer by its status. Of the body no more than 64 kB is read. */
export async function exchange(request: Uint8Array, stream: Connection): Promise<Outcome> {
  try {
    for (let sent = 0; sent < request.length;) sent += await stream.write(request.subarray(sent));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    return { healthy: false, how: "closed" }; // the check was aborted meanwhile
  }
  const answer = new HttpAnswer();
  const buffer = new Uint8Array(CHUNK);
  let reading: Reading = { kind: "incomplete" };
  while (reading.kind === "incomplete") {
    const count = await stream.read(buffer);
    reading = count === null ? answer.end() : answer.add(buffer.subarray(0, count));
  }
  if (reading.kind === "bad") return { healthy: false, how: reading.why };
  const { status } = reading;
  return { healthy: status >= LEAST_STATUS && status <= MOST_STATUS, how: String(status) };
}
