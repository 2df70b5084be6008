import { assertEquals } from "@std/assert";
import { troubleOf } from "../../src/daemon/trouble.ts";
import type { Fact, OutcomeFact } from "../../src/engine/mod.ts";
import { exitedWith, LaunchStage, StopReason } from "../../src/model/mod.ts";

const HEAD = { service: "web", id: 1, at: 0, time: 0 };

function outcome(kind: OutcomeFact["kind"], reason: StopReason, viaDependency = false): Fact {
  return { ...HEAD, kind, reason, pid: undefined, exit: undefined, startFailed: false, viaDependency };
}

const unexecuted = { ...HEAD, kind: "execution-failed", stage: LaunchStage.EXECUTE, errno: 2 } as const;
const end = { ...HEAD, kind: "process-ended", exit: exitedWith(3) } as const;
const CASES: readonly [string, Fact, string | undefined][] = [
  ["a program that cannot be executed", { ...unexecuted, role: "main" }, "not-executed"],
  ["a stop command that cannot be executed", { ...unexecuted, role: "stop" }, undefined],
  ["a directory that is missing", {
    ...unexecuted,
    role: "main",
    stage: LaunchStage.CHANGE_DIRECTORY,
  }, undefined],
  ["a process that ended", { ...end, what: "main" }, "ended"],
  ["a stop command that ended", { ...end, what: "stop" }, undefined],
  ["a failed start", outcome("failed", StopReason.FAILED), "start-failed"],
  ["a program that never ran", outcome("failed", StopReason.EXECFAILED), undefined],
  ["the failure of a dependency", outcome("failed", StopReason.DEPFAILED, true), undefined],
  ["a stop", outcome("stopped", StopReason.NORMAL), undefined],
  ["a recovery that failed", { ...HEAD, kind: "recovery-given-up" }, "gave-up"],
  ["a reached restart limit", { ...HEAD, kind: "restart-limit-reached" }, "restart-limit"],
];

for (const [name, fact, trouble] of CASES) {
  Deno.test(`failures that the output may explain: ${name}`, () => {
    assertEquals(troubleOf(fact), trouble === undefined ? undefined : { service: "web", trouble });
  });
}
