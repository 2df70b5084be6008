/** The reason of a failed launch in words, such as a missing permission, which only this daemon provides. */

import { type ControlClient, ControlError, type WireStatus } from "../../client/mod.ts";
import { StopReason } from "../../model/states.ts";

/** The fields of a service in the daemon's documents that matter here. */
interface ToldService {
  readonly name?: unknown;
  readonly launchText?: unknown;
}

/** The status of the service of a handle; if its launch failed, with the reason in words if the daemon has it. */
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
    return status; // the daemon is gone: its earlier answer counts
  }
}

/** The reasons of failed launches in words, by the name of the service; `overview` is the document of that topic. */
export function launchTextsOf(overview: unknown): ReadonlyMap<string, string> {
  const { services } = (overview ?? {}) as { readonly services?: readonly ToldService[] };
  const texts = new Map<string, string>();
  for (const { name, launchText } of services ?? []) {
    if (typeof name === "string" && typeof launchText === "string") texts.set(name, launchText);
  }
  return texts;
}
