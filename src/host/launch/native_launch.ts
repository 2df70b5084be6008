/**
 * One launch on the native host: opens everything that the process needs, computes the chain of tools for its settings,
 * and makes the process. Lifecycle 8.4 and 8.5.
 */

import type { LaunchPlan } from "../../engine/mod.ts";
import { Errno, LaunchStage, Signal } from "../../model/mod.ts";
import { openCgroup, type OwnCgroup } from "../resources/cgroups.ts";
import { arrangeDescriptors, firstFree } from "./descriptors.ts";
import { chainCommand, type ChainLink, chainLinks, clampNice, needsChain } from "./exec_chain.ts";
import { checkInterpreter, findExecutable } from "./executable.ts";
import {
  type DescriptorContext,
  type KeptEnds,
  LaunchDescriptors,
  STDERR,
  STDIN,
} from "./launch_descriptors.ts";
import { atStage, ExecutionError, PreparationError, prepare } from "./launch_errors.ts";
import { type ProcessGroup, type Spawner, SystemCallError, type Terminal } from "../../system/mod.ts";
import type { Tools } from "./tools.ts";

const { ENOENT, ENOEXEC, EBADF, EAGAIN, ENOMEM, EMFILE } = Errno;
/** Descriptors of a chain begin after the standard ones; shells accept numbers up to 9. */
const FIRST_FREE = 3;
const STATUS_PIPE = { what: "can't create status check pipe", stage: LaunchStage.ARRANGE_FDS };

/** What a launch is given by its host. */
export interface LaunchContext extends DescriptorContext {
  readonly spawner: Spawner;
  readonly terminal: Terminal;
  readonly tools: Tools;
  readonly cgroup: OwnCgroup;
  /** The signals that processes block; bit 0 is signal 1. */
  readonly blocked: bigint;
  niceness(): number;
}

/** A new process, with the ends that the daemon keeps. */
export interface Launched extends KeptEnds {
  readonly pid: number;
  /** Standard error of the tools in the chain; when it closes, the command was executed. */
  readonly chain: { readonly fd: number; readonly links: readonly ChainLink[] } | undefined;
}

/** Launches a process. If it throws `ExecutionError` or `PreparationError`, it has left nothing open. */
export function launchNative(plan: LaunchPlan, context: LaunchContext): Launched {
  const descriptors = new LaunchDescriptors(plan, context);
  try {
    const { input, output, control, readiness } = descriptors.open();
    const directory = atStage(LaunchStage.CHANGE_DIRECTORY, () => {
      return descriptors.give(context.files.openDirectory(plan.workingDir));
    });
    descriptors.standard(input, output, directory);
    const launch = new Launch(plan, context, descriptors, directory);
    return { ...launch.run(), control, readiness };
  } catch (error) {
    descriptors.closeKept();
    throw error;
  } finally {
    descriptors.closeGiven();
  }
}

class Launch {
  readonly #plan: LaunchPlan;
  readonly #context: LaunchContext;
  readonly #descriptors: LaunchDescriptors;
  readonly #directory: number;

  constructor(plan: LaunchPlan, context: LaunchContext, descriptors: LaunchDescriptors, directory: number) {
    this.#plan = plan;
    this.#context = context;
    this.#descriptors = descriptors;
    this.#directory = directory;
  }

  run(): Pick<Launched, "pid" | "chain"> {
    const plan = this.#plan;
    const descriptors = this.#descriptors;
    const { files, terminal, ownIds } = this.#context;
    const takesTerminal = plan.session !== "own" && terminal.state(STDIN) === "free";
    const links = chainLinks(plan, { niceness: this.#context.niceness(), gid: ownIds.gid, takesTerminal });
    const chained = needsChain(links, plan);
    const cgroup = plan.cgroup === "" ? undefined : atStage(LaunchStage.CGROUP, () => {
      return descriptors.give(openCgroup(files, plan.cgroup, this.#context.cgroup));
    });
    const [command = ""] = plan.argv;
    const found = findExecutable(files, command, descriptors.environment.get("PATH"), this.#directory);
    if ("errno" in found) throw new ExecutionError(LaunchStage.EXECUTE, found.errno);
    if (!chained) return { pid: this.#spawn(found.path, plan.argv), chain: undefined };
    const problem = checkInterpreter(files, found.path, this.#directory);
    if (problem !== 0) throw new ExecutionError(LaunchStage.EXECUTE, problem);
    return this.#spawnChain(found.path, links, cgroup);
  }

  #spawnChain(
    path: string,
    links: readonly ChainLink[],
    cgroup: number | undefined,
  ): Pick<Launched, "pid" | "chain"> {
    const plan = this.#plan;
    const { wanted } = this.#descriptors;
    const status = prepare(plan, STATUS_PIPE, () => this.#context.files.pipe());
    this.#descriptors.keep(status.read);
    this.#context.files.setBlocking(status.read, false);
    // The tools report errors to the daemon; meanwhile another number holds standard error of the command.
    const errorFd = firstFree(wanted, FIRST_FREE);
    wanted.set(errorFd, wanted.get(STDERR)!);
    wanted.set(STDERR, this.#descriptors.give(status.write));
    const cgroupFd = cgroup === undefined ? undefined : firstFree(wanted, FIRST_FREE);
    if (cgroup !== undefined) wanted.set(cgroupFd!, cgroup);
    const end = {
      argv: plan.argv,
      path,
      environment: environmentEntries(this.#descriptors.environment),
      errorFd,
      cgroupFd,
      autogroup: plan.nice === undefined ? undefined : clampNice(plan.nice),
      listenPid: plan.activationSocket,
    };
    const command = chainCommand(links, end, (tool) => {
      const found = this.#context.tools.find(tool);
      if (found === undefined) throw new ExecutionError(LaunchStage.EXECUTE, ENOENT);
      return found;
    });
    const pid = this.#spawn(command[0], command, ["LC_ALL=C"]);
    return { pid, chain: { fd: status.read, links } };
  }

  #spawn(
    path: string,
    argv: readonly string[],
    environment: readonly string[] = environmentEntries(this.#descriptors.environment),
  ): number {
    const { spawner } = this.#context;
    const request = {
      path,
      argv,
      environment,
      directory: this.#directory,
      descriptors: arrangeDescriptors(this.#descriptors.wanted),
      ...this.#placement(),
    };
    try {
      return spawner.spawn(request);
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      if (error.errno !== ENOEXEC) throw this.#explain(error);
    }
    // Like execvp: a file without a format that the kernel knows is a shell script.
    const script = ["/bin/sh", path, ...argv.slice(1)];
    try {
      return spawner.spawn({ ...request, path: "/bin/sh", argv: script });
    } catch (error) {
      throw error instanceof SystemCallError ? this.#explain(error) : error;
    }
  }

  /** Session, process group, terminal and blocked signals (8.5, steps 10 and 18). */
  #placement(): { group: ProcessGroup; foregroundOf: number | undefined; blocked: bigint } {
    const { session, unmaskInterrupt } = this.#plan;
    const { blocked, terminal } = this.#context;
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

  /** What a failure of `posix_spawn` context: it does not say which of its steps failed. */
  #explain(error: SystemCallError): Error {
    const { errno } = error;
    if (errno === EAGAIN || errno === ENOMEM) {
      return new PreparationError(this.#plan, "could not fork", LaunchStage.EXECUTE, error);
    }
    if (errno === EBADF || errno === EMFILE) return new ExecutionError(LaunchStage.ARRANGE_FDS, errno);
    try {
      this.#context.files.checkExecutable(".", this.#directory);
    } catch (error) {
      if (error instanceof SystemCallError) return new ExecutionError(LaunchStage.CHANGE_DIRECTORY, errno);
      throw error;
    }
    return new ExecutionError(LaunchStage.EXECUTE, errno);
  }
}

const INTERRUPT = signalBit(Signal.INT);
const CONSOLE_SIGNALS = signalBit(Signal.QUIT) | signalBit(Signal.TSTP) | signalBit(Signal.TTIN) |
  signalBit(Signal.TTOU);

function signalBit(signal: number): bigint {
  return 1n << BigInt(signal - 1);
}

/** The environments as arrays of entries; most services share one environment. */
const knownEntries = new WeakMap<ReadonlyMap<string, string>, readonly string[]>();

function environmentEntries(environment: ReadonlyMap<string, string>): readonly string[] {
  let entries = knownEntries.get(environment);
  if (entries === undefined) {
    entries = Array.from(environment, ([name, value]) => `${name}=${value}`);
    knownEntries.set(environment, entries);
  }
  return entries;
}
