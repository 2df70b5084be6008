/** Session, process group, terminal and blocked signals of a new process (lifecycle 8.5, steps 10 and 18). */

import type { LaunchPlan } from "../../engine/mod.ts";
import { Signal } from "../../model/mod.ts";
import type { SpawnRequest, Terminal } from "../../system/mod.ts";

const STDIN = 0;
const INTERRUPT = signalBit(Signal.INT);
const CONSOLE_SIGNALS = signalBit(Signal.QUIT) | signalBit(Signal.TSTP) | signalBit(Signal.TTIN) |
  signalBit(Signal.TTOU);

/** What the placement of a process depends on, besides its plan. */
interface PlacementContext {
  readonly terminal: Terminal;
  /** The signals that processes block; bit 0 is signal 1. */
  readonly blocked: bigint;
}

/** Where a process belongs, and which signals it blocks. */
export function placement(
  { session, unmaskInterrupt }: LaunchPlan,
  { terminal, blocked }: PlacementContext,
): Pick<SpawnRequest, "group" | "foregroundOf" | "blocked"> {
  if (session === "own") return { group: "session", foregroundOf: undefined, blocked };
  const state = terminal.state(STDIN);
  // A tool of the chain takes a free terminal, and makes the session itself.
  const group = state === "taken" ? "group" : state === "free" ? "inherited" : "session";
  if (session === "shared-console") return { group, foregroundOf: undefined, blocked };
  return {
    group,
    foregroundOf: state === "taken" ? STDIN : undefined,
    blocked: unmaskInterrupt
      ? (blocked | CONSOLE_SIGNALS) & ~INTERRUPT
      : blocked | CONSOLE_SIGNALS | INTERRUPT,
  };
}

function signalBit(signal: number): bigint {
  return 1n << BigInt(signal - 1);
}
