import { httpTarget } from "../model/mod.ts";
import type { Check } from "./check.ts";
import { connected, type ConnectionParts } from "./connection.ts";
import { exchange, requestFor } from "./http_exchange.ts";

/**
 * `health-http`: the service answers a request with a status from 200 to 399. Redirects are not followed, and of the
 * body no more than 64 kB is read. An answer that does not end in time has failed.
 */
export function httpCheck(url: string, parts: ConnectionParts): Check {
  const target = httpTarget(url)!; // the description was accepted
  const request = requestFor(target);
  return {
    what: `GET ${url}`,
    async run(signal) {
      const stream = await connected(target.address, parts, signal);
      try {
        return await exchange(request, stream);
      } finally {
        stream.close();
      }
    },
  };
}
