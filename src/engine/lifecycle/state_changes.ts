import { ServiceState } from "../../model/mod.ts";

const { STOPPED, STARTING, STARTED, STOPPING } = ServiceState;

/** One transition between states. */
export interface StateChange {
  readonly from: ServiceState;
  readonly to: ServiceState;
  /** Its causes, in a few words each. */
  readonly causes: readonly string[];
}

/** The names of the states, by number. */
export const STATE_NAMES: Readonly<Record<ServiceState, string>> = {
  [STOPPED]: "STOPPED",
  [STARTING]: "STARTING",
  [STARTED]: "STARTED",
  [STOPPING]: "STOPPING",
};

/** All transitions between states (lifecycle 4.1). The state diagram in the documentation is drawn from this table. */
export const STATE_CHANGES: readonly StateChange[] = [
  { from: STOPPED, to: STARTING, causes: ["claimed", "restart"] },
  { from: STARTING, to: STARTED, causes: ["up"] },
  { from: STARTING, to: STOPPED, causes: ["failed", "dependency failed"] },
  { from: STARTING, to: STOPPING, causes: ["cancelled", "timed out", "not ready"] },
  { from: STARTED, to: STOPPING, causes: ["no claim left", "order to stop", "process ended"] },
  { from: STOPPING, to: STARTED, causes: ["stop called off"] },
  { from: STOPPING, to: STOPPED, causes: ["down"] },
  { from: STOPPING, to: STARTING, causes: ["start goes on", "process ended: relaunch"] },
];

const legal = new Set(STATE_CHANGES.map(({ from, to }) => from * 4 + to));

/** Whether a service may change from one state to the other. */
export function isLegalChange(from: ServiceState, to: ServiceState): boolean {
  return legal.has(from * 4 + to);
}
