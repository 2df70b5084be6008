/** Commands that take several services. */

import { ControlError } from "../../client/mod.ts";
import type { CommandContext } from "./context.ts";
import type { ServiceResult } from "./documents.ts";
import { failureFor, failureText, messageOf, protocolFailure, ToolFailure } from "../shared/failure.ts";

/** What became of a service, and what that means for the exit status. */
export interface Outcome extends Omit<ServiceResult, "name"> {
  readonly ok: boolean;
}

/** Something that has begun and whose outcome will come. */
export type Pending = () => Promise<Outcome>;

/**
 * Does something for each of the services, a name that is given twice counting once, and waits at the end for all that
 * has begun. What fails for one of several services is reported and does not keep the others from their turn; for a
 * single one the failure is thrown. Returns the exit status.
 */
export async function forEachService(
  context: CommandContext,
  names: readonly string[],
  act: (name: string) => Promise<Outcome | Pending>,
): Promise<number> {
  const unique = [...new Set(names)];
  const outcomes = new Map<string, Outcome>();
  const record = () =>
    context.record({
      services: unique.flatMap((name) => {
        const outcome = outcomes.get(name);
        if (outcome === undefined) return [];
        const { ok: _, ...result } = outcome;
        return [{ name, ...result }];
      }),
    });
  const guarded = async <T>(name: string, action: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await action();
    } catch (thrown) {
      const error = thrown instanceof ControlError && thrown.kind === "protocol" ? protocolFailure() : thrown;
      if (!(error instanceof ToolFailure)) throw error;
      await context.explain(error.about({ kind: "service", name }));
      const hint = error.hint.length === 0 ? {} : { hint: error.hint.join("\n") };
      outcomes.set(name, { result: "failed", ok: false, error: messageOf(error), ...hint });
      if (unique.length === 1) throw error;
      context.io.err(failureText(failureFor(name, error), context.io));
      return undefined;
    }
  };
  const settle = async (name: string, action: Pending) => {
    const outcome = await guarded(name, action);
    if (outcome !== undefined) outcomes.set(name, outcome);
  };
  try {
    const pending: Promise<void>[] = [];
    for (const name of unique) {
      const begun = await guarded(name, () => act(name));
      if (typeof begun === "function") {
        const settled = settle(name, begun);
        settled.catch(() => {}); // it may fail before the last of the others has begun
        pending.push(settled);
      } else if (begun !== undefined) outcomes.set(name, begun);
    }
    await Promise.all(pending);
  } finally {
    record();
  }
  return [...outcomes.values()].every(({ ok }) => ok) ? 0 : 1;
}
