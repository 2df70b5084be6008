/** What only this daemon tells of a launch that failed: the reason in words, such as the permission that is missing. */

import { type ControlClient, ControlError, type WireStatus } from "../../client/mod.ts";
import { StopReason } from "../../model/mod.ts";

/** A service in the documents of the daemon, as far as it matters here. */
interface ToldService {
  readonly name?: unknown;
  readonly launchText?: unknown;
}

/** The status of the service of a handle, with the reason in words if its launch failed and the daemon has them. */
export async function withLaunchText(
  client: ControlClient,
  handle: number,
  status: WireStatus,
): Promise<WireStatus> {
  if (status.reason !== StopReason.EXECFAILED || status.pid !== undefined) return status;
  try {
    const told = await client.query(`service ${handle}`) as ToldService | null | undefined;
    return typeof told?.launchText === "string" ? { ...status, launchText: told.launchText } : status;
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    return status; // the daemon is gone: what it said before counts
  }
}

/** Why launches failed, in words, by the name of the service; `overview` is the answer to that topic. */
export function launchTextsOf(overview: unknown): ReadonlyMap<string, string> {
  const { services } = (overview ?? {}) as { readonly services?: readonly ToldService[] };
  const texts = new Map<string, string>();
  for (const { name, launchText } of services ?? []) {
    if (typeof name === "string" && typeof launchText === "string") texts.set(name, launchText);
  }
  return texts;
}
