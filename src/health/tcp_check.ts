import { checkAddress } from "../model/mod.ts";
import type { Check } from "./check.ts";
import { connected, type ConnectionParts } from "./connection.ts";

/** `health-tcp`: the service accepts a connection. The text is that of the setting. */
export function tcpCheck(text: string, parts: ConnectionParts): Check {
  const address = checkAddress(text)!; // the description was accepted
  return {
    what: `connect to ${text}`,
    async run(signal) {
      const stream = await connected(address, parts, signal);
      stream.close();
      return { healthy: true, how: "connected" };
    },
  };
}
