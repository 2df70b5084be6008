import { httpTarget } from "../model/mod.ts";
import type { DescriptorStream } from "../system/mod.ts";
import type { Check, Outcome } from "./check.ts";
import { connected, type ConnectionParts } from "./connection.ts";
import { HttpAnswer, type Reading } from "./http_answer.ts";

/** How much is read at once, in bytes. */
const CHUNK = 4096;
const LEAST_STATUS = 200;
const MOST_STATUS = 399;

/**
 * `health-http`: the service answers a request with a status from 200 to 399. Redirects are not followed, and of the
 * body no more than 64 kB is read. An answer that does not end in time has failed.
 */
export function httpCheck(url: string, parts: ConnectionParts): Check {
  const { address, host, path } = httpTarget(url)!; // the description was accepted
  const request = new TextEncoder().encode(
    `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: dinit\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
  );
  return {
    what: `GET ${url}`,
    async run(signal) {
      const stream = await connected(address, parts, signal);
      try {
        return await answerTo(request, stream);
      } finally {
        stream.close();
      }
    },
  };
}

async function answerTo(request: Uint8Array, stream: DescriptorStream): Promise<Outcome> {
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
