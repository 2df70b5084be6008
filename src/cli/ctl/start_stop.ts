/** `start`, `stop`, `restart`, `wake` and `release` (cli 3.1 to 3.4). */

import {
  type ControlClient,
  type PacketOf,
  Reply,
  type ReplyPacket,
  Request,
  StartStopFlag,
} from "../../client/mod.ts";
import { ServiceState } from "../../model/mod.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure, ToolFailure } from "../shared/failure.ts";
import { warnIfChanged } from "./changed.ts";
import { LoadFailure, loadService, type ServiceRecord, serviceStatus } from "./services.ts";
import { forEachService, type Outcome, type Pending } from "./several.ts";
import { type Goal, ServiceEvents, waitForGoal, waitingShown } from "./wait.ts";

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

/** `dinitctl start SERVICE...` */
export const start = (context: CommandContext): Promise<number> => run(START, context);
/** `dinitctl stop [--force] SERVICE...` */
export const stop = (context: CommandContext): Promise<number> => run(STOP, context);
/** `dinitctl restart [--force] SERVICE...` */
export const restart = (context: CommandContext): Promise<number> => run(RESTART, context);
/** `dinitctl wake SERVICE...` */
export const wake = (context: CommandContext): Promise<number> => run(WAKE, context);
/** `dinitctl release SERVICE...` */
export const release = (context: CommandContext): Promise<number> => run(RELEASE, context);

async function run(action: Action, context: CommandContext): Promise<number> {
  const client = await context.connect();
  const events = new ServiceEvents(client);
  return await waitingShown(context, VERBS[action.goal], (shown, done) => {
    const settled = new Map(context.words.map((name) => [name, Promise.withResolvers<void>()]));
    const order: Order = { action, context: shown, client, events, settled };
    return forEachService(shown, context.words, async (name) => {
      const finish = () => {
        settled.get(name)!.resolve();
        done(name);
      };
      try {
        const begun = await issue(order, name);
        if (typeof begun === "function") return () => begun().finally(finish);
        finish();
        return begun;
      } catch (error) {
        finish();
        throw error;
      }
    });
  });
}

const VERBS: Readonly<Record<Goal, string>> = { start: "Starting", stop: "Stopping", restart: "Restarting" };

/** What an order for one of the services needs to know. */
interface Order {
  readonly action: Action;
  readonly context: CommandContext;
  readonly client: ControlClient;
  readonly events: ServiceEvents;
  /** All services that were named, and when there is nothing left to do for each of them. */
  readonly settled: ReadonlyMap<string, PromiseWithResolvers<void>>;
}

/** `last`: services in the way are a failure, even if they are to be stopped, too. */
async function issue(order: Order, name: string, last = false): Promise<Outcome | Pending> {
  const { action, context, client } = order;
  let service: ServiceRecord;
  try {
    service = await loadService(client, name);
  } catch (error) {
    const ignored = action.mayBeUnstarted && context.options.ignoreUnstarted && error instanceof LoadFailure;
    if (ignored) return NOT_STARTED;
    throw error;
  }
  if (action.goal !== "stop") await warnIfChanged(context, client, service, name);

  const queue = order.events.queue(service.handle);
  const reply = await client.request(
    { type: action.request, flags: flagsFor(action, context), handle: service.handle },
    { preack: () => queue.clear() },
  );
  switch (reply.type) {
    case Reply.ALREADYSS:
      return immediate(order, service, name);
    case Reply.ACK:
      break;
    case Reply.NAK:
      if (action.name !== "restart" || !context.options.ignoreUnstarted) throw refusal(action, name, reply);
      context.say(`Service '${name}' is not currently started.`);
      return NOT_STARTED;
    case Reply.DEPENDENTS: {
      const dependents = await namesOf(client, reply);
      if (last || !dependents.every((dependent) => order.settled.has(dependent))) {
        throw dependentsFailure(action, name, dependents);
      }
      return () => issueAfter(order, name, dependents);
    }
    default:
      throw refusal(action, name, reply);
  }
  if (context.options.noWait) {
    const command = action.goal === "stop" ? "stop" : "start";
    context.say(`Issued ${command} command successfully for service '${name}'.`);
    return { result: "issued", ok: true };
  }
  if (action.name === "release" && !(await isStopping(client, service.handle))) {
    return { result: "still-needed", ok: true };
  }
  return () => waitForGoal(context, queue, name, action.goal);
}

/** Repeats an order when those who were in the way have had theirs. */
async function issueAfter(order: Order, name: string, others: readonly string[]): Promise<Outcome> {
  await Promise.all(others.map((other) => order.settled.get(other)!.promise));
  const begun = await issue(order, name, true);
  return typeof begun === "function" ? await begun() : begun;
}

const NOT_STARTED: Outcome = { result: "not-started", ok: true };

/** The service was there already, or got there at once. */
function immediate({ action, context, settled }: Order, service: ServiceRecord, name: string): Outcome {
  const subject = settled.size > 1 ? `Service '${name}'` : "Service";
  if (action.goal === "restart") {
    context.say(`${subject} restarted.`);
    return { result: "restarted", ok: true };
  }
  const [wanted, word] = action.goal === "stop"
    ? [ServiceState.STOPPED, "stopped"] as const
    : [ServiceState.STARTED, "started"] as const;
  const already = service.state === wanted;
  context.say(`${subject} ${already ? "(already) " : ""}${word}.`);
  return { result: already ? `already-${word}` : word, ok: true };
}

/** PREACK is asked for by all, so that events which are older than the command are not taken for its effect. */
function flagsFor({ name, request }: Action, { options }: CommandContext): number {
  const gentle = request === Request.STOPSERVICE && !options.force;
  return StartStopFlag.PREACK | (options.pin ? StartStopFlag.PIN : 0) | (gentle ? StartStopFlag.GENTLE : 0) |
    (name === "restart" ? StartStopFlag.RESTART : 0);
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

async function namesOf(
  client: ControlClient,
  { handles }: PacketOf<typeof Reply.DEPENDENTS>,
): Promise<string[]> {
  const replies = await Promise.all(
    handles.map((handle) => client.request({ type: Request.QUERYSERVICENAME, reserved: 0, handle })),
  );
  return replies.map((reply) => {
    if (reply.type !== Reply.SERVICENAME) throw ctlFailure("protocol error.");
    return reply.name;
  });
}

function dependentsFailure(action: Action, name: string, dependents: readonly string[]): ToolFailure {
  const lines = [`dinitctl: cannot stop service '${name}' due to the following dependents:`];
  if (action.name === "stop") {
    lines.push("(only direct dependents are listed. Exercise caution before using '--force' !!)");
  }
  return new ToolFailure([...lines, `  ${dependents.join(" ")}`].join("\n"));
}

/**
 * Whether a released service is on its way down or already there. One that is pinned, or that something else needs,
 * stays up, and no event would ever tell.
 */
async function isStopping(client: ControlClient, handle: number): Promise<boolean> {
  const { state, target } = await serviceStatus(client, handle);
  return state !== ServiceState.STARTED && target === ServiceState.STOPPED;
}
