/** The five commands that bring services up and down: the request, and what the reply means (the table of cli 3.3). */

import { type PacketOf, Reply, type ReplyPacket, Request, StartStopFlag } from "../control/wire/mod.ts";
import type { ControlClient } from "./control_client.ts";
import type { CommandName, RefusalReason } from "./errors.ts";
import type { Goal } from "./goal.ts";

/** How a command is carried out. */
export interface CommandFlags {
  /** Pins the service in the state that it is brought to. @default false */
  readonly pin?: boolean;
  /** `stop` and `restart`: stops what depends on the service, too. @default false, which is refused then */
  readonly force?: boolean;
}

/** Why a command is refused, dependents apart. */
export type CommandRefusal = Extract<
  RefusalReason,
  "pinned-started" | "pinned-stopped" | "shutting-down" | "not-started" | "no-dependents"
>;

/** What the daemon said to a command. */
export type CommandReply =
  /** Events will tell when the goal is reached. */
  | { readonly kind: "accepted" }
  /** The service was there already, or got there at once. */
  | { readonly kind: "already" }
  | { readonly kind: "refused"; readonly reason: CommandRefusal }
  /** Refused because of dependents; the reply has opened a handle for each. */
  | { readonly kind: "dependents"; readonly handles: readonly number[] }
  /** A reply that does not fit the request. */
  | { readonly kind: "unexpected"; readonly reply: ReplyPacket };

/** What each command is on the wire, and what it leads to. */
const COMMANDS = {
  start: { request: Request.STARTSERVICE, goal: "start" },
  stop: { request: Request.STOPSERVICE, goal: "stop" },
  restart: { request: Request.STOPSERVICE, goal: "restart" },
  wake: { request: Request.WAKESERVICE, goal: "start" },
  release: { request: Request.RELEASESERVICE, goal: "stop" },
} as const satisfies Record<CommandName, { readonly request: Request; readonly goal: Goal }>;

/** What a command waits for. */
export function goalOf(command: CommandName): Goal {
  return COMMANDS[command].goal;
}

/**
 * Gives a command for the service of a handle. Rejects with `ControlError` `closed` or `protocol`.
 *
 * @param acknowledged called when the daemon has taken the command: events until then are older than it
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

/** PREACK is asked for by all, so that events which are older than the command are not taken for its effect. */
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

/** The names of the services of some handles; `undefined` if the daemon does not tell them. */
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
