import type { Fact } from "../engine/mod.ts";
import { LaunchStage, StopReason } from "../model/mod.ts";

/**
 * What went wrong with a service that more can be said about: its program could not be executed; or its output may tell
 * why its process ended unexpectedly, it failed to start, its recovery failed, or it has been restarted as often as its
 * limit allows, and stays down.
 */
export type Trouble = "not-executed" | "ended" | "start-failed" | "gave-up" | "restart-limit";

/** What a fact says about a service and its trouble; `undefined` if it speaks of none. */
export function troubleOf(fact: Fact): { readonly service: string; readonly trouble: Trouble } | undefined {
  switch (fact.kind) {
    case "execution-failed":
      return fact.role === "main" && fact.stage === LaunchStage.EXECUTE
        ? { service: fact.service, trouble: "not-executed" }
        : undefined;
    case "process-ended":
      return fact.what === "main" ? { service: fact.service, trouble: "ended" } : undefined;
    case "failed": {
      const ran = !fact.viaDependency && fact.reason !== StopReason.EXECFAILED; // otherwise it has written nothing
      return ran ? { service: fact.service, trouble: "start-failed" } : undefined;
    }
    case "recovery-given-up":
      return { service: fact.service, trouble: "gave-up" };
    case "restart-limit-reached":
      return { service: fact.service, trouble: "restart-limit" };
    default:
      return undefined;
  }
}
