/** The five commands that start and stop services: the request, and the meaning of the reply (the table of cli 3.3). */

import { type PacketOf, Reply, type ReplyPacket, Request, StartStopFlag } from "../control/wire/mod.ts";
import type { ControlClient } from "./control_client.ts";
import type { CommandName, RefusalReason } from "./errors.ts";
import type { Goal } from "./goal.ts";

/** The flags of a command. */
export interface CommandFlags {
  /** Pins the service in its new state. @default false */
  readonly pin?: boolean;
  /** `stop` and `restart`: also stops the dependents. @default false, the daemon refuses then */
  readonly force?: boolean;
}

/** Why a command is refused, except because of dependents. */
export type CommandRefusal = Extract<
  RefusalReason,
  "pinned-started" | "pinned-stopped" | "shutting-down" | "not-started" | "no-dependents"
>;

/** The daemon's reply to a command. */
export type CommandReply =
  /** Events will report when the goal is reached. */
  | { readonly kind: "accepted" }
  /** The service was already in this state, or reached it at once. */
  | { readonly kind: "already" }
  | { readonly kind: "refused"; readonly reason: CommandRefusal }
  /** Refused because of dependents; the reply has opened a handle for each. */
  | { readonly kind: "dependents"; readonly handles: readonly number[] }
  /** A reply that does not match the request. */
  | { readonly kind: "unexpected"; readonly reply: ReplyPacket };

/** The request and the goal of each command. */
const COMMANDS = {
  start: { request: Request.STARTSERVICE, goal: "start" },
  stop: { request: Request.STOPSERVICE, goal: "stop" },
  restart: { request: Request.STOPSERVICE, goal: "restart" },
  wake: { request: Request.WAKESERVICE, goal: "start" },
  release: { request: Request.RELEASESERVICE, goal: "stop" },
} as const satisfies Record<CommandName, { readonly request: Request; readonly goal: Goal }>;

/** The goal that a command waits for. */
export function goalOf(command: CommandName): Goal {
  return COMMANDS[command].goal;
}

/**
 * Sends a command for the service of a handle. Rejects with `ControlError` `closed` or `protocol`.
 *
 * @param acknowledged called when the daemon has received the command: earlier events are older than the command
 */
export async function giveCommand(
  client: ControlClient,
  handle: number,
  command: CommandName,
  flags: CommandFlags,
  acknowledged: () => void,
): Promise<CommandReply> {
  const reply = await client.request(
    { type: COMMANDS[command].request, flags: flagBits(command, flags), handle },
    { preack: acknowledged },
  );
  if (reply.type === Reply.ACK) return { kind: "accepted" };
  if (reply.type === Reply.ALREADYSS) return { kind: "already" };
  if (reply.type === Reply.DEPENDENTS) return { kind: "dependents", handles: reply.handles };
  const reason = refusalReason(command, reply);
  return reason === undefined ? { kind: "unexpected", reply } : { kind: "refused", reason };
}

/** All commands ask for PREACK, so that events from before the command do not count as its effect. */
function flagBits(command: CommandName, { pin, force }: CommandFlags): number {
  const gentle = COMMANDS[command].request === Request.STOPSERVICE && force !== true;
  return StartStopFlag.PREACK | (pin === true ? StartStopFlag.PIN : 0) | (gentle ? StartStopFlag.GENTLE : 0) |
    (command === "restart" ? StartStopFlag.RESTART : 0);
}

function refusalReason(command: CommandName, { type }: ReplyPacket): CommandRefusal | undefined {
  const goal = goalOf(command);
  if (type === Reply.PINNEDSTARTED && (command === "stop" || command === "restart")) return "pinned-started";
  if (type === Reply.PINNEDSTOPPED && goal === "start") return "pinned-stopped";
  if (type === Reply.SHUTTINGDOWN && goal !== "stop") return "shutting-down";
  if (type === Reply.NAK && command === "restart") return "not-started";
  if (type === Reply.NAK && command === "wake") return "no-dependents";
  return undefined;
}

/** The names of the services of some handles; `undefined` if the daemon does not say. */
export async function namesOf(
  client: ControlClient,
  handles: readonly number[],
): Promise<string[] | undefined> {
  const replies = await Promise.all(
    handles.map((handle) => client.request({ type: Request.QUERYSERVICENAME, reserved: 0, handle })),
  );
  const names = replies.filter((reply): reply is PacketOf<typeof Reply.SERVICENAME> =>
    reply.type === Reply.SERVICENAME
  );
  return names.length === handles.length ? names.map(({ name }) => name) : undefined;
}
