import { assertEquals } from "@std/assert";
import {
  launching,
  type LaunchStep,
  PHASE,
  type Phase,
  waitingForDependents,
} from "../../src/engine/lifecycle/phase.ts";
import { readScenarios } from "./_notation.ts";
import { Play } from "./_scenario.ts";

/** The steps of a recovery, and of a start. */
const RECOVERIES: readonly LaunchStep[] = [
  { kind: "restart-delay" },
  { kind: "launching", then: "up" },
  { kind: "launching", then: "awaiting-readiness" },
  { kind: "launching", then: "awaiting-launcher" },
  { kind: "awaiting-readiness" },
  { kind: "awaiting-launcher" },
];
/** Every phase in which a service can be, except that only a service that is completely up can have been recovering. */
const ALL_PHASES: readonly Phase[] = [
  ...Object.values(PHASE),
  launching("running-start-command"),
  ...RECOVERIES.filter(({ kind }) => kind === "launching"),
  ...RECOVERIES.map((step) => ({ kind: "recovering", step } as const)),
  ...(["up", "half", "down"] as const).map((brought) => waitingForDependents(brought)),
  ...RECOVERIES.map((step) => waitingForDependents("up", step)),
  ...[true, false].flatMap((launcher) => [
    { kind: "awaiting-execution", launcher } as const,
    { kind: "asked-to-stop", launcher } as const,
  ]),
];

Deno.test("the scenarios reach every phase, with all its details, so each is saved and restored", () => {
  const reached = new Set<string>();
  for (const scenario of readScenarios()) {
    const play = new Play(scenario);
    for (const step of scenario.steps) {
      play.act(step);
      for (const { phase } of play.world.manager.services()) reached.add(JSON.stringify(phase));
    }
  }
  assertEquals([...reached].sort(), ALL_PHASES.map((phase) => JSON.stringify(phase)).sort());
});
