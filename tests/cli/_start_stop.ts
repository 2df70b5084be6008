/** What the tests of the start family share. */

import { Reply, Request } from "../../src/control/wire/protocol.ts";
import type { WireStatus } from "../../src/control/wire/status_buffer.ts";
import { type Answer, type Script, StandIn, status } from "./_stand_in.ts";

export const STOPPED = status();
export const STARTING = status({ state: 1, target: 2, explicit: true });
export const STARTED = status({ state: 2, target: 2, explicit: true });
export const STOPPING = status({ state: 3 });

export const ack: Answer = { type: Reply.ACK };
export const nak: Answer = { type: Reply.NAK };
export const preack: Answer = { type: Reply.PREACK };
export const already: Answer = { type: Reply.ALREADYSS };

export const REQUESTS = {
  start: Request.STARTSERVICE,
  wake: Request.WAKESERVICE,
  stop: Request.STOPSERVICE,
  restart: Request.STOPSERVICE,
  release: Request.RELEASESERVICE,
};
export type Name = keyof typeof REQUESTS;
export const NAMES = Object.keys(REQUESTS) as Name[];

/** A daemon with a service `db` that answers a sub-command of the start family in a certain way. */
export function daemonFor(
  name: Name,
  service: WireStatus,
  answers: readonly Answer[],
  more: Script = {},
): StandIn {
  const all = [preack, ...answers];
  return new StandIn({ services: { db: service }, ...more, on: { [REQUESTS[name]]: all, ...more.on } });
}
