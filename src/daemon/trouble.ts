import type { Fact } from "../engine/mod.ts";
import { LaunchStage, StopReason } from "../model/mod.ts";

/**
 * Failures of a service that can be explained further. Its program could not be executed, or its output may show the
 * reason: its process ended unexpectedly, it failed to start, its recovery failed, or it has reached its restart limit
 * and stays down.
 */
export type Trouble = (typeof TROUBLES)[number];

/** All kinds. */
export const TROUBLES = ["not-executed", "ended", "start-failed", "gave-up", "restart-limit"] as const;

/** The service and the failure in a fact; `undefined` if the fact is about no failure. */
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
