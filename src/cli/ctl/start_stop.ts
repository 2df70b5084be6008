/** `start`, `stop`, `restart`, `wake` and `release` (cli 3.1 to 3.4). */

import {
  type ControlClient,
  type PacketOf,
  Reply,
  type ReplyPacket,
  Request,
  StartStopFlag,
} from "../../control/client.ts";
import { ServiceState } from "../../model/mod.ts";
import type { CommandContext } from "../context.ts";
import { ctlFailure, ToolFailure } from "../failure.ts";
import { warnIfChanged } from "./changed.ts";
import { LoadFailure, loadService, type ServiceRecord, serviceStatus } from "./services.ts";
import { EventQueue, type Goal, waitForGoal } from "./wait.ts";

/** What tells the five sub-commands apart. */
interface Action {
  readonly name: "start" | "stop" | "restart" | "wake" | "release";
  readonly request: StartStopRequest;
  readonly goal: Goal;
  /** Whether `--ignore-unstarted` has a meaning for it. */
  readonly mayBeUnstarted: boolean;
}

type StartStopRequest =
  | typeof Request.STARTSERVICE
  | typeof Request.STOPSERVICE
  | typeof Request.WAKESERVICE
  | typeof Request.RELEASESERVICE;

const START: Action = { name: "start", request: Request.STARTSERVICE, goal: "start", mayBeUnstarted: false };
const STOP: Action = { name: "stop", request: Request.STOPSERVICE, goal: "stop", mayBeUnstarted: true };
const RESTART: Action = {
  name: "restart",
  request: Request.STOPSERVICE,
  goal: "restart",
  mayBeUnstarted: true,
};
const WAKE: Action = { name: "wake", request: Request.WAKESERVICE, goal: "start", mayBeUnstarted: false };
const RELEASE: Action = {
  name: "release",
  request: Request.RELEASESERVICE,
  goal: "stop",
  mayBeUnstarted: true,
};

/** `dinitctl start SERVICE` */
export const start = (context: CommandContext): Promise<number> => run(START, context);
/** `dinitctl stop [--force] SERVICE` */
export const stop = (context: CommandContext): Promise<number> => run(STOP, context);
/** `dinitctl restart [--force] SERVICE` */
export const restart = (context: CommandContext): Promise<number> => run(RESTART, context);
/** `dinitctl wake SERVICE` */
export const wake = (context: CommandContext): Promise<number> => run(WAKE, context);
/** `dinitctl release SERVICE` */
export const release = (context: CommandContext): Promise<number> => run(RELEASE, context);

async function run(action: Action, context: CommandContext): Promise<number> {
  const [name] = context.words;
  const client = await context.connect();
  let service: ServiceRecord;
  try {
    service = await loadService(client, name);
  } catch (error) {
    const ignored = action.mayBeUnstarted && context.options.ignoreUnstarted && error instanceof LoadFailure;
    if (ignored) return 0;
    throw error;
  }
  if (action.goal !== "stop") await warnIfChanged(context, client, service, name);

  const queue = new EventQueue(client, service.handle);
  const reply = await client.request(
    { type: action.request, flags: flagsFor(action, context), handle: service.handle },
    { preack: () => queue.clear() },
  );
  switch (reply.type) {
    case Reply.ALREADYSS:
      context.say(immediateText(action, service));
      return 0;
    case Reply.ACK:
      break;
    case Reply.NAK:
      if (action.name !== "restart" || !context.options.ignoreUnstarted) throw refusal(action, name, reply);
      context.say(`Service '${name}' is not currently started.`);
      return 0;
    case Reply.DEPENDENTS:
      throw await dependentsFailure(action, client, name, reply);
    default:
      throw refusal(action, name, reply);
  }
  if (context.options.noWait) {
    const command = action.goal === "stop" ? "stop" : "start";
    context.say(`Issued ${command} command successfully for service '${name}'.`);
    return 0;
  }
  if (action.name === "release" && !(await isStopping(client, service.handle))) return 0;
  return await waitForGoal(context, queue, name, action.goal);
}

/** PREACK is asked for by all, so that events which are older than the command are not taken for its effect. */
function flagsFor({ name, request }: Action, { options }: CommandContext): number {
  const gentle = request === Request.STOPSERVICE && !options.force;
  return StartStopFlag.PREACK | (options.pin ? StartStopFlag.PIN : 0) | (gentle ? StartStopFlag.GENTLE : 0) |
    (name === "restart" ? StartStopFlag.RESTART : 0);
}

function immediateText(action: Action, service: ServiceRecord): string {
  if (action.goal === "restart") return "Service restarted.";
  const [wanted, word] = action.goal === "stop"
    ? [ServiceState.STOPPED, "stopped"]
    : [ServiceState.STARTED, "started"];
  return service.state === wanted ? `Service (already) ${word}.` : `Service ${word}.`;
}

/** The failure for a reply that is no success (the table of cli 3.3). */
function refusal(action: Action, name: string, reply: ReplyPacket): ToolFailure {
  const starts = action.name === "start" || action.name === "wake";
  const stops = action.name === "stop" || action.name === "restart";
  if (reply.type === Reply.PINNEDSTARTED && stops) {
    return ctlFailure(`cannot stop service '${name}' as it is pinned started`);
  }
  if (reply.type === Reply.PINNEDSTOPPED && starts) {
    return ctlFailure(`cannot start service '${name}' as it is pinned stopped`);
  }
  if (reply.type === Reply.SHUTTINGDOWN && action.goal !== "stop") {
    return ctlFailure("cannot start/restart/wake service, shutdown is in progress.");
  }
  if (reply.type === Reply.NAK && action.name === "restart") {
    return ctlFailure("cannot restart service; service not started.");
  }
  if (reply.type === Reply.NAK && action.name === "wake") {
    return ctlFailure("service has no active dependents, cannot wake.");
  }
  return ctlFailure("protocol error.");
}

async function dependentsFailure(
  action: Action,
  client: ControlClient,
  name: string,
  { handles }: PacketOf<typeof Reply.DEPENDENTS>,
): Promise<ToolFailure> {
  const replies = await Promise.all(
    handles.map((handle) => client.request({ type: Request.QUERYSERVICENAME, reserved: 0, handle })),
  );
  const names = replies.map((reply) => {
    if (reply.type !== Reply.SERVICENAME) throw ctlFailure("protocol error.");
    return reply.name;
  });
  const lines = [`dinitctl: cannot stop service '${name}' due to the following dependents:`];
  if (action.name === "stop") {
    lines.push("(only direct dependents are listed. Exercise caution before using '--force' !!)");
  }
  return new ToolFailure([...lines, `  ${names.join(" ")}`].join("\n"));
}

/**
 * Whether a released service is on its way down or already there. One that is pinned, or that something else needs,
 * stays up, and no event would ever tell.
 */
async function isStopping(client: ControlClient, handle: number): Promise<boolean> {
  const { state, target } = await serviceStatus(client, handle);
  return state !== ServiceState.STARTED && target === ServiceState.STOPPED;
}
