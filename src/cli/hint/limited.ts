/** A connection to a daemon with a short time limit. */

import type { ControlClient } from "../../client/mod.ts";

/** How long a hint may take, in milliseconds: slightly more than a person notices. */
const LIMIT = 1000;

/** Closes the connection when `talk` is done or the time is over: pending requests fail then. */
export async function limited<T>(
  client: ControlClient,
  talk: (client: ControlClient) => Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => client.close(), LIMIT);
  try {
    return await talk(client);
  } finally {
    clearTimeout(timer);
    client.close();
  }
}
