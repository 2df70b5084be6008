/**
 * One launch on the native host: opens everything that the process needs, computes the chain of tools for its settings,
 * and says what to ask of `posix_spawn`. Lifecycle 8.4 and 8.5.
 */

import type { LaunchPlan } from "../../engine/mod.ts";
import { Errno, LaunchStage } from "../../model/mod.ts";
import type { Plain } from "../../model/saving.ts";
import { openCgroup, type OwnCgroup } from "../resources/cgroups.ts";
import { arrangeDescriptors, firstFree } from "./descriptors.ts";
import { chainCommand, type ChainLink, chainLinks, clampNice, namedLinks, needsChain } from "./exec_chain.ts";
import { checkInterpreter, findExecutable } from "./executable.ts";
import type { GroupEntry } from "./group_entry.ts";
import {
  type DescriptorContext,
  type KeptEnds,
  LaunchDescriptors,
  STDERR,
  STDIN,
} from "./launch_descriptors.ts";
import { atStage, ExecutionError, PreparationError, prepare } from "./launch_errors.ts";
import {
  AT_CWD,
  descriptorMark,
  type SpawnRequest,
  SystemCallError,
  type Terminal,
} from "../../system/mod.ts";
import { placement } from "./placement.ts";
import type { Tools } from "./tools.ts";

const { ENOENT, ENOEXEC, EBADF, EAGAIN, ENOMEM, EMFILE, EACCES, EPERM } = Errno;
/** How a machine refuses to execute `GroupEntry`: a rule of its security, or there is no `/proc`. */
const REFUSALS: readonly number[] = [EACCES, EPERM, ENOENT];
/** Descriptors of a chain begin after the standard ones; shells accept numbers up to 9. */
const FIRST_FREE = 3;
/** Executes files that the kernel does not know as programs. */
const SHELL = "/bin/sh";
const STATUS_PIPE = { what: "can't create status check pipe", stage: LaunchStage.ARRANGE_FDS };

/** What a launch is given by its host. */
export interface LaunchContext extends DescriptorContext {
  readonly terminal: Terminal;
  readonly tools: Tools;
  readonly groupEntry: GroupEntry;
  readonly cgroup: OwnCgroup;
  /** The signals that processes block; bit 0 is signal 1. */
  readonly blocked: bigint;
  niceness(): number;
}

/** A new process, with the ends that the daemon keeps. */
export interface Launched extends KeptEnds {
  readonly pid: number;
  /** The messages of the tools in the chain, or of `GroupEntry`; when it closes, the command was executed. */
  readonly chain: { readonly fd: number; readonly links: readonly ChainLink[] } | undefined;
}

/**
 * A launch whose descriptors are open. Then either `succeed`, `fail` or `abandon` is called, once: that closes what is
 * no longer needed.
 */
export class PreparedLaunch {
  readonly #plan: LaunchPlan;
  readonly #context: LaunchContext;
  readonly #descriptors: LaunchDescriptors;
  #directory: number | undefined;
  #request!: SpawnRequest; // `prepare` sets it
  #kept: KeptEnds = { readiness: undefined, control: undefined };
  #chain: Launched["chain"];
  /** The chain in place of `GroupEntry`. */
  #otherwise: (() => void) | undefined;

  private constructor(plan: LaunchPlan, context: LaunchContext) {
    this.#plan = plan;
    this.#context = context;
    this.#descriptors = new LaunchDescriptors(plan, context);
  }

  /** Prepares a launch. If it throws `ExecutionError` or `PreparationError`, it has left nothing open. */
  static prepare(plan: LaunchPlan, context: LaunchContext): PreparedLaunch {
    const launch = new PreparedLaunch(plan, context);
    try {
      launch.#prepare();
      return launch;
    } catch (error) {
      launch.abandon();
      throw error;
    }
  }

  /** The process to make. */
  get request(): SpawnRequest {
    return this.#request;
  }

  /**
   * What the daemon holds for the process, for a program that replaces this one while the process is being made
   * (`saved_host.ts: savedHoldings`); `undefined`: nothing.
   */
  holds(): Plain | undefined {
    const { inittab: login } = this.#plan;
    const { readiness, control } = this.#kept;
    if (
      this.#chain === undefined && readiness === undefined && control === undefined && login === undefined
    ) {
      return undefined;
    }
    const chain = this.#chain &&
      { ...this.#held("pipe", this.#chain.fd), links: namedLinks(this.#chain.links) };
    return {
      ...(chain && { chain }),
      ...(readiness !== undefined && { readiness: this.#held("pipe", readiness) }),
      ...(control !== undefined && { control: this.#held("socket", control) }),
      ...(login && { login: { ...login } }),
    };
  }

  /** A descriptor, with what it leads to. */
  #held(kind: "pipe" | "socket", fd: number): { readonly fd: number; readonly inode: number } {
    return { fd, inode: this.#context.files.inodeOf(fd, kind) ?? 0 };
  }

  /** The largest descriptor that the launch has opened; −1 if it has opened none. */
  get lastDescriptor(): number {
    return this.#descriptors.last;
  }

  /**
   * After an error of `posix_spawn`: the request becomes one for the next way to execute the command; false if there is
   * none. A machine may refuse to execute `GroupEntry`: then it is a chain. And like `execvp`: a file without a format
   * that the kernel knows is a shell script, so after `ENOEXEC` it is the shell.
   */
  tryNextWay(errno: number): boolean {
    const otherwise = this.#otherwise;
    this.#otherwise = undefined;
    if (otherwise !== undefined) return REFUSALS.includes(errno) && isPrepared(otherwise);
    const { path, argv } = this.#request;
    if (errno !== ENOEXEC || path === SHELL) return false;
    this.#request = { ...this.#request, path: SHELL, argv: [SHELL, path, ...argv.slice(1)] };
    return true;
  }

  /** The process exists. */
  succeed(pid: number): Launched {
    this.#descriptors.closeGiven();
    return { pid, chain: this.#chain, ...this.#kept };
  }

  /** `posix_spawn` failed. Returns an `ExecutionError` or a `PreparationError`. */
  fail(errno: number): Error {
    try {
      return this.#explain(errno);
    } finally {
      this.abandon();
    }
  }

  /** There will be no process. */
  abandon(): void {
    this.#descriptors.closeKept();
    this.#descriptors.closeGiven();
  }

  #prepare(): void {
    const plan = this.#plan;
    const descriptors = this.#descriptors;
    const { input, output, ...kept } = descriptors.open();
    this.#kept = kept;
    const links = this.#links();
    const chained = needsChain(links, plan);
    const onlyEnters = chained && links.length === 0 && !plan.activationSocket;
    const entry = onlyEnters ? this.#context.groupEntry.path : undefined;
    const [command = ""] = plan.argv;
    // Then the daemon itself looks at nothing from the working directory, and need not open it.
    const simple = (!chained || entry !== undefined) && command.startsWith("/") && plan.output.to !== "file";
    if (!simple) this.#directory = this.#openDirectory();
    const at = this.#directory ?? AT_CWD;
    descriptors.standard(input, output, at);
    const { files } = this.#context;
    const cgroup = plan.cgroup === "" ? undefined : atStage(LaunchStage.CGROUP, () => {
      return descriptors.give(openCgroup(files, plan.cgroup, this.#context.cgroup));
    });
    const path = simple ? command : this.#find(command, at);
    if (!chained) this.#ask(path, plan.argv);
    else if (entry !== undefined) this.#askForEntry(entry, path, cgroup!); // it is there to enter a group
    else this.#askForChain(path, links, cgroup);
  }

  /** The path of the command. */
  #find(command: string, at: number): string {
    const found = findExecutable(this.#context.files, command, this.#descriptors.environment.get("PATH"), at);
    if ("errno" in found) throw new ExecutionError(LaunchStage.EXECUTE, found.errno);
    return found.path;
  }

  #links(): ChainLink[] {
    const { terminal, ownIds, niceness } = this.#context;
    const { session, nice } = this.#plan;
    return chainLinks(this.#plan, {
      niceness: nice === undefined ? 0 : niceness(),
      gid: ownIds.gid,
      takesTerminal: session !== "own" && terminal.state(STDIN) === "free",
      isThere: (path) => this.#isFolder(path),
    });
  }

  #isFolder(path: string): boolean {
    try {
      return this.#context.files.kindAt(path) === "directory";
    } catch (error) {
      if (error instanceof SystemCallError) return false;
      throw error;
    }
  }

  #openDirectory(): number {
    return atStage(LaunchStage.CHANGE_DIRECTORY, () => {
      return this.#descriptors.give(this.#context.files.openDirectory(this.#plan.workingDir));
    });
  }

  /** A pipe for messages; the daemon's end of it is `#chain`. Returns the end of the process. */
  #messages(links: readonly ChainLink[]): number {
    const { read, write } = prepare(this.#plan, STATUS_PIPE, () => this.#context.files.pipe());
    this.#descriptors.keep(read);
    this.#context.files.setBlocking(read, false);
    this.#chain = { fd: read, links };
    return this.#descriptors.give(write);
  }

  /** `program` is `GroupEntry`: it enters the group and executes the command. */
  #askForEntry(program: string, path: string, cgroup: number): void {
    const { wanted } = this.#descriptors;
    const messages = this.#messages([]);
    const messagesFd = firstFree(wanted, FIRST_FREE);
    wanted.set(messagesFd, messages);
    const cgroupFd = firstFree(wanted, FIRST_FREE);
    wanted.set(cgroupFd, cgroup);
    const marks = descriptorMark(messagesFd) + descriptorMark(cgroupFd);
    this.#ask(program, [marks, path, ...this.#plan.argv]);
    this.#otherwise = () => {
      for (const fd of [messagesFd, cgroupFd]) wanted.delete(fd);
      this.#askForChain(path, [], cgroup, messages);
    };
  }

  #askForChain(
    path: string,
    links: readonly ChainLink[],
    cgroup: number | undefined,
    messages?: number,
  ): void {
    const plan = this.#plan;
    const { wanted } = this.#descriptors;
    const problem = checkInterpreter(this.#context.files, path, this.#directory ?? AT_CWD);
    if (problem !== 0) throw new ExecutionError(LaunchStage.EXECUTE, problem);
    // The tools report errors to the daemon; meanwhile another number holds standard error of the command.
    const errorFd = firstFree(wanted, FIRST_FREE);
    wanted.set(errorFd, wanted.get(STDERR)!);
    wanted.set(STDERR, messages ?? this.#messages(links));
    const cgroupFd = cgroup === undefined ? undefined : firstFree(wanted, FIRST_FREE);
    if (cgroup !== undefined) wanted.set(cgroupFd!, cgroup);
    const statusFd = firstFree(wanted, FIRST_FREE);
    const end = {
      argv: plan.argv,
      path,
      environment: environmentEntries(this.#descriptors.environment),
      errorFd,
      statusFd,
      cgroupFd,
      autogroup: plan.nice === undefined ? undefined : clampNice(plan.nice),
      listenPid: plan.activationSocket,
    };
    const command = chainCommand(links, end, (tool) => {
      const found = this.#context.tools.find(tool);
      if (found === undefined) throw new ExecutionError(LaunchStage.EXECUTE, ENOENT);
      return found;
    });
    this.#ask(command[0], command, ["LC_ALL=C"]);
  }

  #ask(
    path: string,
    argv: readonly string[],
    environment: readonly string[] = environmentEntries(this.#descriptors.environment),
  ): void {
    this.#request = {
      path,
      argv,
      environment,
      directory: this.#directory ?? this.#plan.workingDir,
      descriptors: arrangeDescriptors(this.#descriptors.wanted),
      ...placement(this.#plan, this.#context),
    };
  }

  /** The step at which `posix_spawn` failed: it returns only the error. */
  #explain(errno: number): Error {
    if (errno === EAGAIN || errno === ENOMEM) {
      const error = new SystemCallError("posix_spawn", errno);
      return new PreparationError(this.#plan, "could not fork", LaunchStage.EXECUTE, error);
    }
    if (errno === EBADF || errno === EMFILE) return new ExecutionError(LaunchStage.ARRANGE_FDS, errno);
    try {
      this.#directory ??= this.#openDirectory();
      this.#context.files.checkExecutable(".", this.#directory);
    } catch (error) {
      if (error instanceof ExecutionError) return error;
      if (error instanceof SystemCallError) return new ExecutionError(LaunchStage.CHANGE_DIRECTORY, errno);
      throw error;
    }
    return new ExecutionError(LaunchStage.EXECUTE, errno);
  }
}

/** Whether a launch could be prepared in this way. */
function isPrepared(way: () => void): boolean {
  try {
    way();
    return true;
  } catch (error) {
    if (error instanceof ExecutionError) return false;
    throw error;
  }
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
