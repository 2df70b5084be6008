/** `start`, `stop`, `restart`, `wake` and `release` (cli 3.1 to 3.4). */

import type { ControlClient } from "../../client/mod.ts";
import {
  type CommandName,
  type CommandReply,
  giveCommand,
  type Goal,
  goalOf,
  HandleEvents,
  namesOf,
} from "../../client/steps.ts";
import { ServiceState } from "../../model/states.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure, ToolFailure } from "../shared/failure.ts";
import { warnIfChanged } from "./changed.ts";
import { typed } from "../../model/typed_module.ts";
import { isPattern } from "./pattern.ts";
import { LoadFailure, loadService, type ServiceRecord, serviceStatus } from "./services.ts";
import { forEachService, type Outcome, type Pending } from "./several.ts";
import { waitForGoal, waitingShown } from "./wait.ts";

/** `dinitctl start SERVICE|PATTERN...`, or `--all` */
export const start = (context: CommandContext): Promise<number> => run("start", context);
/** `dinitctl stop [--force] SERVICE|PATTERN...`, or `--all` */
export const stop = (context: CommandContext): Promise<number> => run("stop", context);
/** `dinitctl restart [--force] SERVICE|PATTERN...`, or `--all` */
export const restart = (context: CommandContext): Promise<number> => run("restart", context);
/** `dinitctl wake SERVICE...` */
export const wake = (context: CommandContext): Promise<number> => run("wake", context);
/** `dinitctl release SERVICE...` */
export const release = (context: CommandContext): Promise<number> => run("release", context);

async function run(command: CommandName, given: CommandContext): Promise<number> {
  const client = await given.connect();
  const context = await withNames(command, given, client);
  const events = new HandleEvents(client);
  return await waitingShown(context, VERBS[goalOf(command)], (shown, done) => {
    const settled = new Map(context.words.map((name) => [name, Promise.withResolvers<void>()]));
    const order: Order = { command, goal: goalOf(command), context: shown, client, events, settled };
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

/** The context with the names of the services that are meant. Only patterns need more code for that. */
async function withNames(
  command: CommandName,
  context: CommandContext,
  client: ControlClient,
): Promise<CommandContext> {
  const takesPatterns = command === "start" || command === "stop" || command === "restart";
  const { words, options: { all } } = context;
  if (!takesPatterns || (!all && !words.some(isPattern))) return context;
  const { matchingNames } = await typed(import("./matching.ts"));
  return { ...context, words: await matchingNames(command, all ? ["*"] : words, client) };
}

/** The commands for which `--ignore-unstarted` has a meaning. */
const MAY_BE_UNSTARTED: ReadonlySet<CommandName> = new Set(["stop", "restart", "release"]);

const VERBS: Readonly<Record<Goal, string>> = { start: "Starting", stop: "Stopping", restart: "Restarting" };

/** The parameters of the command for one of the services. */
interface Order {
  readonly command: CommandName;
  readonly goal: Goal;
  readonly context: CommandContext;
  readonly client: ControlClient;
  readonly events: HandleEvents;
  /** All named services, and when each of them is done. */
  readonly settled: ReadonlyMap<string, PromiseWithResolvers<void>>;
}

/** `last`: blocking services are a failure, even if they will be stopped, too. */
async function issue(order: Order, name: string, last = false): Promise<Outcome | Pending> {
  const { command, goal, context, client } = order;
  const { options } = context;
  let service: ServiceRecord;
  try {
    service = await loadService(client, name);
  } catch (error) {
    const ignored = MAY_BE_UNSTARTED.has(command) && options.ignoreUnstarted && error instanceof LoadFailure;
    if (ignored) return NOT_STARTED;
    throw error;
  }
  if (goal !== "stop") await warnIfChanged(context, client, service, name);

  const queue = order.events.queue(service.handle);
  const reply = await giveCommand(client, service.handle, command, options, () => queue.clear());
  switch (reply.kind) {
    case "already":
      return immediate(order, service, name);
    case "accepted":
      break;
    case "dependents": {
      const dependents = await namesOf(client, reply.handles);
      if (dependents === undefined) throw ctlFailure("protocol error.");
      if (last || !dependents.every((dependent) => order.settled.has(dependent))) {
        throw dependentsFailure(command, name, dependents);
      }
      return () => issueAfter(order, name, dependents);
    }
    default:
      if (reply.kind === "unexpected" || reply.reason !== "not-started" || !options.ignoreUnstarted) {
        throw refusal(name, reply);
      }
      context.say(`Service '${name}' is not currently started.`);
      return NOT_STARTED;
  }
  if (options.noWait) {
    context.say(`Issued ${goal === "stop" ? "stop" : "start"} command successfully for service '${name}'.`);
    return { result: "issued", ok: true };
  }
  if (command === "release" && !(await isStopping(client, service.handle))) {
    return { result: "still-needed", ok: true };
  }
  return () => waitForGoal(context, queue, name, goal);
}

/** Repeats a command when the blocking services are done. */
async function issueAfter(order: Order, name: string, others: readonly string[]): Promise<Outcome> {
  await Promise.all(others.map((other) => order.settled.get(other)!.promise));
  const begun = await issue(order, name, true);
  return typeof begun === "function" ? await begun() : begun;
}

const NOT_STARTED: Outcome = { result: "not-started", ok: true };

/** The service was already in this state, or reached it at once. */
function immediate({ goal, context, settled }: Order, service: ServiceRecord, name: string): Outcome {
  const subject = settled.size > 1 ? `Service '${name}'` : "Service";
  if (goal === "restart") {
    context.say(`${subject} restarted.`);
    return { result: "restarted", ok: true };
  }
  const [wanted, word] = goal === "stop"
    ? [ServiceState.STOPPED, "stopped"] as const
    : [ServiceState.STARTED, "started"] as const;
  const already = service.state === wanted;
  context.say(`${subject} ${already ? "(already) " : ""}${word}.`);
  return { result: already ? `already-${word}` : word, ok: true };
}

/** The failure for a reply without success (the table of cli 3.3). */
function refusal(
  name: string,
  reply: Extract<CommandReply, { kind: "refused" | "unexpected" }>,
): ToolFailure {
  if (reply.kind === "unexpected") return ctlFailure("protocol error.");
  switch (reply.reason) {
    case "pinned-started":
      return ctlFailure(`cannot stop service '${name}' as it is pinned started`);
    case "pinned-stopped":
      return ctlFailure(`cannot start service '${name}' as it is pinned stopped`);
    case "shutting-down":
      return ctlFailure("cannot start/restart/wake service, shutdown is in progress.");
    case "not-started":
      return ctlFailure("cannot restart service; service not started.");
    case "no-dependents":
      return ctlFailure("service has no active dependents, cannot wake.");
  }
}

function dependentsFailure(command: CommandName, name: string, dependents: readonly string[]): ToolFailure {
  const lines = [`dinitctl: cannot stop service '${name}' due to the following dependents:`];
  if (command === "stop") {
    lines.push("(only direct dependents are listed. Exercise caution before using '--force' !!)");
  }
  return new ToolFailure([...lines, `  ${dependents.join(" ")}`].join("\n"));
}

/**
 * Whether a released service is stopping or stopped. A service that is pinned, or that others need, stays up, and no
 * event would report that.
 */
async function isStopping(client: ControlClient, handle: number): Promise<boolean> {
  const { state, target } = await serviceStatus(client, handle);
  return state !== ServiceState.STARTED && target === ServiceState.STOPPED;
}
