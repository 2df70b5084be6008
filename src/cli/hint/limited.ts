/** A conversation with a daemon that may take only a moment. */

import type { ControlClient } from "../../client/mod.ts";

/** How long a hint may take, in milliseconds: a little more than somebody notices. */
const LIMIT = 1000;

/** Closes the connection when `talk` is done or the time is over: requests without a reply fail then. */
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
