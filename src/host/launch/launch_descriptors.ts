/**
 * The descriptors of one launch: those of the process by number, and those that the daemon keeps. Lifecycle 8.4, steps
 * 3 to 6, and 8.5, steps 4 to 10.
 */

import type { FileAccess } from "../../description/mod.ts";
import type { LaunchPlan, OutputPlan } from "../../engine/mod.ts";
import { environmentVariable } from "../../inherited/mod.ts";
import { encodeBytes, Errno, LaunchStage } from "../../model/mod.ts";
import type { ActivationSockets } from "../resources/activation_sockets.ts";
import { firstFree } from "./descriptors.ts";
import { atStage, ExecutionError, prepare } from "./launch_errors.ts";
import { type Files, type MemoryFiles, O, type Sockets } from "../../system/mod.ts";
import { openLog } from "../output/native_log_file.ts";
import type { LogCollector } from "../output/log_collector.ts";
import type { NullDevice } from "./null_device.ts";
import type { OutputPipes } from "../output/output_pipes.ts";
import { descriptorOfPath } from "../output/own_descriptor.ts";
import type { StartedWith } from "./started_with.ts";

const { EBADF } = Errno;
export const STDIN = 0;
export const STDOUT = 1;
export const STDERR = 2;
/** The number of the activation socket; other passed descriptors follow it. */
const ACTIVATION_SOCKET = 3;

const INPUT_PIPE = { what: "Can't open output pipe", stage: LaunchStage.STANDARD_FDS };
const INPUT_TEXT = { what: "can't create standard input", stage: LaunchStage.STANDARD_FDS };
const OUTPUT_PIPE = { what: "can't create output pipe", stage: LaunchStage.STANDARD_FDS };
const CONTROL_SOCKET = { what: "can't create control socket", stage: LaunchStage.CONTROL_SOCKET };
const READINESS_PIPE = { what: "can't create notification pipe", stage: LaunchStage.ARRANGE_FDS };

/**
 * The variable with the mark of a service with `kill-mode = all`. A process that has left the session and lost its parent
 * still has it, so it can be recognised as one of the service.
 */
export const TREE_VARIABLE = "DINIT_TREE";

/** The mark of a service: its id, behind the mark of the service as which this daemon runs, if it has one. */
export function treeMark(id: number): string {
  return `${environmentVariable(TREE_VARIABLE) ?? ""}/${id}`;
}

/** What the descriptors of a launch are made from. */
export interface DescriptorContext {
  readonly files: Files;
  readonly memory: Pick<MemoryFiles, "create" | "writeAt">;
  readonly sockets: Sockets;
  readonly logs: LogCollector;
  readonly pipes: OutputPipes;
  readonly activation: ActivationSockets;
  readonly nothing: NullDevice;
  /** Reads links. */
  readonly access: FileAccess;
  readonly startedWith: StartedWith;
  readonly ownIds: { readonly uid: number; readonly gid: number };
}

/** The ends that the daemon keeps. */
export interface KeptEnds {
  /** The end on which the process announces its readiness. */
  readonly readiness: number | undefined;
  /** The daemon's end of the control connection. */
  readonly control: number | undefined;
}

/** Opens the descriptors of a launch, and closes those that are no longer needed. */
export class LaunchDescriptors {
  /** The descriptors of the process, each with its source in the daemon. */
  readonly wanted = new Map<number, number>();
  #environment: ReadonlyMap<string, string>;
  readonly #plan: LaunchPlan;
  readonly #context: DescriptorContext;
  readonly #given: number[] = [];
  readonly #kept: number[] = [];

  constructor(plan: LaunchPlan, context: DescriptorContext) {
    this.#plan = plan;
    this.#context = context;
    this.#environment = plan.environment;
    if (plan.marksTree) this.#tell(TREE_VARIABLE, treeMark(plan.id));
  }

  /** The environment of the process, which includes the numbers of its descriptors. */
  get environment(): ReadonlyMap<string, string> {
    return this.#environment;
  }

  /** Launches share environments, so a change makes a copy. */
  #tell(name: string, value: number | string): void {
    this.#environment = new Map(this.#environment).set(name, `${value}`);
  }

  /** Opens all descriptors except those of `standard`, beginning with those whose failure is the daemon's own. */
  open(): KeptEnds & { readonly input: number; readonly output: number | undefined } {
    const input = this.#input();
    const output = this.#outputPipe();
    const control = this.#plan.controlSocket ? this.#controlSocket() : undefined;
    const readiness = this.#plan.readiness === undefined ? undefined : this.#readinessPipe();
    this.#passActivationSocket();
    return { input, output, control, readiness };
  }

  /** Sets up 0, 1 and 2, except the one that announces readiness. `at`: the working directory. */
  standard(input: number, output: number | undefined, at: number): void {
    const own = this.#plan.session === "own";
    const out = own ? output ?? this.#openOutput(this.#plan.output, at) : undefined;
    const sources = out === undefined ? [STDIN, STDOUT, STDERR] : [input, out, out];
    sources.forEach((source, fd) => {
      if (!this.wanted.has(fd)) this.wanted.set(fd, source);
    });
  }

  /** The largest descriptor that was opened for this launch; −1 if there is none. */
  get last(): number {
    return Math.max(-1, ...this.#given, ...this.#kept);
  }

  /** A descriptor for the process only; the daemon closes it when the process has been made. */
  give(fd: number): number {
    this.#given.push(fd);
    return fd;
  }

  /**
   * A copy of a descriptor of the daemon, for the process only. The daemon may close the original while the process is
   * being made, and open another file under that number.
   */
  #copy(fd: number): number {
    return this.give(this.#context.files.duplicate(fd));
  }

  /** A descriptor that the daemon keeps if the launch succeeds. */
  keep(fd: number): number {
    this.#kept.push(fd);
    return fd;
  }

  /** The launch failed: closes what the daemon would have kept. */
  closeKept(): void {
    for (const fd of this.#kept) this.#context.files.close(fd);
  }

  /** The launch is over: closes what only the process needs. */
  closeGiven(): void {
    for (const fd of this.#given) this.#context.files.close(fd);
  }

  #input(): number {
    const { consumerOf, session, input } = this.#plan;
    if (input !== undefined && session === "own") {
      return prepare(this.#plan, INPUT_TEXT, () => this.#text(input));
    }
    if (consumerOf === undefined || session !== "own") {
      return atStage(LaunchStage.STANDARD_FDS, () => this.#context.nothing.input);
    }
    return prepare(this.#plan, INPUT_PIPE, () => this.#copy(this.#context.pipes.readEnd(consumerOf)));
  }

  /** A file with this text, open at its beginning. */
  #text(text: string): number {
    const fd = this.give(this.#context.memory.create("input"));
    this.#context.memory.writeAt(fd, encodeBytes(text), 0);
    return fd;
  }

  #outputPipe(): number | undefined {
    const { output, id, name } = this.#plan;
    return prepare(this.#plan, OUTPUT_PIPE, () => {
      if (output.to === "pipe") return this.#copy(this.#context.pipes.writeEnd(name));
      return output.to === "buffer" ? this.give(this.#context.logs.begin(id, name, output.size)) : undefined;
    });
  }

  #controlSocket(): number {
    const [own, passed] = prepare(
      this.#plan,
      CONTROL_SOCKET,
      () => this.#context.sockets.pair(),
    );
    this.keep(own);
    const number = this.#number();
    this.wanted.set(number, this.give(passed));
    this.#tell("DINIT_CS_FD", number);
    return own;
  }

  #readinessPipe(): number {
    const { readiness } = this.#plan;
    const pipe = prepare(this.#plan, READINESS_PIPE, () => this.#context.files.pipe());
    this.keep(pipe.read);
    this.#context.files.setBlocking(pipe.read, false);
    const number = readiness?.fd ?? this.#number();
    const displaced = this.wanted.get(number); // the control connection, at the number where the process wants readiness
    this.wanted.set(number, this.give(pipe.write));
    if (displaced !== undefined) {
      const other = this.#number();
      this.wanted.set(other, displaced);
      this.#tell("DINIT_CS_FD", other);
    }
    if (readiness?.variable !== undefined) this.#tell(readiness.variable, number);
    return pipe.read;
  }

  /** A number for a descriptor that may have any number. */
  #number(): number {
    return firstFree(this.wanted, this.#plan.activationSocket ? ACTIVATION_SOCKET + 1 : ACTIVATION_SOCKET);
  }

  #passActivationSocket(): void {
    if (!this.#plan.activationSocket) return;
    const socket = this.#context.activation.get(this.#plan.id);
    if (socket === undefined) throw new ExecutionError(LaunchStage.ACTIVATION_SOCKET, EBADF);
    this.wanted.set(ACTIVATION_SOCKET, atStage(LaunchStage.ACTIVATION_SOCKET, () => this.#copy(socket)));
    const environment = new Map(this.#environment).set("LISTEN_FDS", "1");
    environment.delete("LISTEN_PID"); // only the process itself knows its id
    this.#environment = environment;
  }

  /** A descriptor of the daemon, if the daemon was started with it. */
  #ownDescriptor(fd: number): number {
    if (!this.#context.startedWith.has(fd)) throw new ExecutionError(LaunchStage.LOG_FILE, EBADF);
    this.#context.files.kindOf(fd); // throws if it is closed
    return fd;
  }

  #openOutput(output: OutputPlan, at: number): number {
    const { files, nothing, ownIds } = this.#context;
    if (output.to !== "file") return atStage(LaunchStage.STANDARD_FDS, () => nothing.output);
    return atStage(LaunchStage.LOG_FILE, () => {
      const own = descriptorOfPath(
        output.path,
        this.#plan.workingDir,
        (path) => this.#context.access.linkAt(path),
      );
      if (own !== undefined) return this.#ownDescriptor(own);
      // Opening must not wait for the other end of a named pipe; the process may wait.
      const flags = O.WRONLY | O.CREAT | O.APPEND | O.NOCTTY | O.NONBLOCK;
      const fd = this.give(openLog(files, output, { flags, at, mode: 0o600, self: ownIds }));
      files.setBlocking(fd, true);
      if (files.kindOf(fd) === "file") { // devices belong to the system
        files.setOwner(fd, output.uid ?? ownIds.uid, output.gid ?? ownIds.gid);
        files.setMode(fd, output.permissions);
      }
      return fd;
    });
  }
}
