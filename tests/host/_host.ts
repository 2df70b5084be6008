/** A host under test, in a separate process. */

import {
  type BufferedOutput,
  DEFAULT_DESCRIPTION,
  type ExitStatus,
  NO_GROUP,
  NO_SANDBOX,
  type ServiceDescription,
  ServiceType,
} from "../../src/model/mod.ts";
import { soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded } from "../_processes.ts";
import type {
  LaunchPlan,
  LaunchRefusal,
  OutputPlan,
  PidFileOutcome,
  Remains,
  SignalOutcome,
} from "../../src/engine/mod.ts";
import { decode, encode, lines } from "./_wire.ts";

export type HostKind = "native" | "command";
/** How a native host launches: see `NativeHostOptions`. */
export type Launches = "parallel" | "sequence";
export const KINDS: readonly HostKind[] = ["native", "command"];

/** What a host reports, with its arguments. */
export interface Report {
  readonly event: string;
  readonly args: readonly unknown[];
}

/** What a host program says of itself. */
export interface Inspection {
  readonly pid: number;
  readonly descriptors: number;
  readonly zombies: number;
  readonly children: number;
  readonly running: readonly number[];
  readonly memory: number;
}

/** The fields of a service that hosts read. */
export interface TestService {
  readonly id: number;
  readonly name: string;
  readonly description: ServiceDescription;
  readonly consumer?: { readonly name: string };
}

export interface HostOptions {
  /** Words in front of the command that starts the host. @default none */
  readonly wrapper?: readonly string[];
  /** Options of the host. @default those of the host, with launches in parallel */
  readonly host?: Record<string, unknown>;
  /** The permissions of the host's process. @default all */
  readonly grants?: readonly string[];
}

/** How often nothing has changed when nothing more is expected to change. */
const UNCHANGED_LOOKS = 20;

export class TestHost implements AsyncDisposable {
  readonly reports: Report[] = [];
  #connection: Deno.Conn;
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #kind: HostKind;
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >();
  #change = Promise.withResolvers<void>();
  #number = 0;
  #ended = false;
  #reading: Promise<void>;

  private constructor(
    connection: Deno.Conn,
    process: Deno.ChildProcess,
    folder: string,
    kind: HostKind,
  ) {
    this.#kind = kind;
    this.#connection = connection;
    this.#process = process;
    this.#folder = folder;
    this.#reading = this.#read();
  }

  static async start(kind: HostKind, options: HostOptions = {}): Promise<TestHost> {
    const { wrapper = [], grants = ["--allow-all"] } = options;
    const host = { launches: "parallel", ...options.host };
    const folder = Deno.makeTempDirSync({ prefix: "dinit-host-" });
    const path = `${folder}/channel`;
    const listener = Deno.listen({ transport: "unix", path });
    const program = new URL("_host_program.ts", import.meta.url).pathname;
    // A young generation of fixed size: its growth must not count as memory.
    const flags = "--v8-flags=--max-semi-space-size=1,--expose-gc";
    const deno = [Deno.execPath(), "run", "--quiet", "--no-check", "--no-prompt", ...grants, flags, program];
    // With a base for control groups nothing is said about those that the tests happen to run in.
    const settings = encodeURIComponent(JSON.stringify({ cgroup: "tests", ...host }));
    const [command, ...args] = [...wrapper, ...deno, kind, path, settings];
    const process = new Deno.Command(command, {
      args,
      env: { DENO_NO_UPDATE_CHECK: "1" }, // it would open sockets half a second after the start
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    try {
      const connection = Promise.race([
        listener.accept(),
        process.status.then(({ code }) => {
          throw new Error(`the host program ended with ${code}`);
        }),
      ]);
      return new TestHost(await soon(connection, "the host program"), process, folder, kind);
    } catch (error) {
      killUnlessEnded(process);
      throw error;
    } finally {
      listener.close();
    }
  }

  async #read(): Promise<void> {
    for await (const line of lines(this.#connection)) {
      const message = decode(line) as Report & { number?: number; result?: unknown; error?: string };
      if (message.number === undefined) this.reports.push(message);
      else {
        const waiting = this.#waiting.get(message.number)!;
        if (message.error === undefined) waiting.resolve(message.result);
        else waiting.reject(new Error(message.error));
      }
      this.#notice();
    }
    this.#ended = true;
    this.#notice();
  }

  /** Something came in: everybody who waits looks again. */
  #notice(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  async #call<Result>(call: string, ...args: unknown[]): Promise<Result> {
    const number = ++this.#number;
    const answer = new Promise<unknown>((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
    await this.#send({ number, call, args });
    return await soon(answer, `the answer to ${call}`) as Result;
  }

  async #send(message: unknown): Promise<void> {
    const bytes = new TextEncoder().encode(`${encode(message)}\n`);
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#connection.write(rest));
  }

  /** The host executes its program again, in the same process, which continues from the saved state. */
  async replace(changes: Record<string, unknown> = {}): Promise<void> {
    await this.#replaced({ number: 0, call: "replace", args: [changes] });
  }

  /** The same as by a fault, while processes are being made; some of them are killed before they can exist. */
  async faultDuring(plans: readonly LaunchPlan[], killed: readonly number[] = []): Promise<void> {
    await this.#replaced({ number: 0, call: "replaceDuring", args: [{ fault: true }, plans, killed] });
  }

  async #replaced(request: unknown): Promise<void> {
    const listener = Deno.listen({ transport: "unix", path: `${this.#folder}/channel` });
    try {
      await this.#send(request); // it has no answer
      await this.#reading;
      this.#connection.close();
      this.#connection = await soon(listener.accept(), "the host program after its replacement");
      this.#ended = false;
      this.#reading = this.#read();
    } finally {
      listener.close();
    }
  }

  /** Kills the host, and waits for its end. */
  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#reading;
    await this.#process.status;
  }

  processOf(id: number, role: "main" | "stop" = "main"): Promise<{ pid: number } | undefined> {
    return this.#call("processOf", id, role);
  }

  /**
   * Launches a process, and waits until it exists or is known to fail: the host may launch it at once or later. A failed
   * execution stays a report.
   */
  async launch(plan: LaunchPlan): Promise<{ pid?: number } & Partial<LaunchRefusal>> {
    const result = await this.request(plan);
    if (this.#kind === "command") return result;
    const { event, args } = await this.#take(["launched", "execFailed"], plan.id, plan.role);
    if (event === "launched") return { pid: args[2] as number };
    const refusal = args[4] as LaunchRefusal | undefined;
    if (refusal === undefined) this.reports.unshift({ event, args });
    return refusal ?? {};
  }

  /** Requests a launch, which may not be over when the answer comes. */
  request(plan: LaunchPlan): Promise<{ pid?: number } & Partial<LaunchRefusal>> {
    return this.#call("launch", plan);
  }

  /** Requests a launch. The answer is the number of children at the end of the request. */
  launchAndCount(plan: LaunchPlan): Promise<number> {
    return this.#call("launchAndCount", plan);
  }

  launchMany(plan: LaunchPlan, count: number): Promise<void> {
    return this.#call("launchMany", plan, count);
  }

  /** Requests many launches in one go, and kills some of the processes before they exist. */
  launchAll(plans: readonly LaunchPlan[], killed: readonly number[] = []): Promise<void> {
    return this.#call("launchAll", plans, killed);
  }

  /** Changes the umask of the host's process. Returns the one before. */
  umask(mask: number): Promise<number> {
    return this.#call("umask", mask);
  }

  signal(id: number, role: "main" | "stop", signal: number, group: boolean): Promise<SignalOutcome> {
    return this.#call("signal", id, role, signal, group);
  }

  unsupported(
    changes: Partial<ServiceDescription>,
  ): Promise<{ setting: string; message: string } | undefined> {
    return this.#call("unsupported", service({ type: ServiceType.PROCESS, ...changes }));
  }

  openActivationSocket(service: TestService): Promise<LaunchRefusal | undefined> {
    return this.#call("openActivationSocket", service);
  }

  serviceInactive(service: TestService): Promise<void> {
    return this.#call("serviceInactive", service);
  }

  serviceUnloaded(service: TestService): Promise<void> {
    return this.#call("serviceUnloaded", service);
  }

  adoptFromPidFile(service: TestService): Promise<PidFileOutcome> {
    return this.#call("adoptFromPidFile", service);
  }

  remainsOf(pid: number): Promise<Remains> {
    return this.#call("remainsOf", pid);
  }

  endRemains(service: TestService, remains: Remains, signal: number): Promise<void> {
    return this.#call("endRemains", service, remains, signal);
  }

  killAll(id: number): Promise<void> {
    return this.#call("killAll", id);
  }

  takeForeground(): Promise<void> {
    return this.#call("takeForeground");
  }

  inspect(): Promise<Inspection> {
    return this.#call("inspect");
  }

  /**
   * What the host has when the pipes of ended processes are closed: their end is seen a moment after that of the
   * process. Waits until there are no children and as many descriptors as expected; without an expectation, until
   * the host has the same for a while.
   */
  async settled(expected?: number): Promise<Inspection> {
    await this.withoutChildren();
    let last = await this.inspect();
    let same = 0;
    await until(async () => {
      const { descriptors } = last;
      if (descriptors === expected) return true;
      last = await this.inspect();
      same = descriptors === last.descriptors ? same + 1 : 0;
      return expected === undefined && same === UNCHANGED_LOOKS;
    }, () => `${expected} open descriptors; there are ${last.descriptors}`);
    return last;
  }

  /** Waits until the host has no children. */
  async withoutChildren(): Promise<void> {
    await until(async () => (await this.inspect()).children === 0, "the end of all children", 0);
  }

  /** The text in the log buffer of a service. */
  async log(clear = false, id = 1): Promise<string> {
    const { bytes } = await this.#call<BufferedOutput>("bufferedLog", service({ logType: "buffer" }, id), {
      clear,
    });
    return new TextDecoder().decode(bytes);
  }

  /** Waits until the log buffer of a service has a text. */
  async logWith(text: string, id = 1): Promise<string> {
    let log = "";
    const found = async () => (log = await this.log(false, id)).includes(text);
    await until(found, () => `${JSON.stringify(text)} in ${JSON.stringify(log)}`, 0);
    return log;
  }

  /** Waits for a report of service `id`, of one kind or another. */
  async report(
    event: string | readonly string[],
    id = 1,
    role?: "main" | "stop",
  ): Promise<readonly unknown[]> {
    return (await this.#take([event].flat(), id, role)).args;
  }

  async #take(events: readonly string[], id: number, role?: string): Promise<Report> {
    for (;;) {
      const found = this.reports.findIndex(({ event, args }) =>
        events.includes(event) && (args[0] === id || typeof args[0] !== "number") &&
        (role === undefined || args[1] === role)
      );
      if (found !== -1) return this.reports.splice(found, 1)[0];
      if (this.#ended) throw new Error(`the host program ended while ${events} was awaited`);
      await soon(this.#change.promise, () => `${events} of ${id}; there is ${encode(this.reports)}`);
    }
  }

  /** The next report, whatever it is. */
  async next(): Promise<Report> {
    for (;;) {
      const report = this.reports.shift();
      if (report !== undefined) return report;
      if (this.#ended) throw new Error("the host program ended while a report was awaited");
      await soon(this.#change.promise, "a report");
    }
  }

  /** Waits until a process has been executed. */
  async executed(id = 1): Promise<void> {
    await this.report("execSucceeded", id);
  }

  /** Waits for the end of a process and returns how it ended. */
  async exit(id = 1, role?: "main" | "stop"): Promise<ExitStatus> {
    return (await this.report("exited", id, role))[2] as ExitStatus;
  }

  /** Waits for a failed execution: the stage and the error number. */
  async failure(id = 1): Promise<[stage: number, errno: number]> {
    const [, , stage, errno] = await this.report("execFailed", id);
    return [stage as number, errno as number];
  }

  /** Runs a shell script to its end and returns its output. */
  async output(script: string, changes: Partial<LaunchPlan> = {}): Promise<string> {
    const path = `${this.#folder}/output`;
    await this.run(["sh", "-c", script], { output: fileOutput(path), ...changes });
    const text = Deno.readTextFileSync(path);
    Deno.removeSync(path);
    return text;
  }

  /** Runs a command to its end. */
  async run(argv: readonly string[], changes: Partial<LaunchPlan> = {}): Promise<ExitStatus> {
    const launched = await this.launch(plan(argv, changes));
    if (launched.error !== undefined) throw new Error(launched.error);
    const { id = 1, role } = changes;
    const { event, args } = await this.#take(["exited", "execFailed"], id, role);
    if (event === "execFailed") throw new Error(`execution failed: ${args}`);
    return args[2] as ExitStatus;
  }

  /** A folder that is removed after the test. */
  get folder(): string {
    return this.#folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await this.#reading;
    await endOf(this.#process, "the host program");
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

/** A launch plan: a command without anything special. */
export function plan(argv: readonly string[], changes: Partial<LaunchPlan> = {}): LaunchPlan {
  return {
    id: 1,
    role: "main",
    name: "test",
    argv,
    environment: new Map([["PATH", Deno.env.get("PATH") ?? "/bin:/usr/bin"]]),
    workingDir: "/",
    output: { to: "null" },
    consumerOf: undefined,
    input: undefined,
    session: "own",
    unmaskInterrupt: false,
    notify: undefined,
    readiness: undefined,
    controlSocket: false,
    activationSocket: false,
    runAs: undefined,
    limits: [],
    nice: undefined,
    ioPriority: undefined,
    oomScoreAdjust: undefined,
    group: NO_GROUP,
    cgroup: "",
    capabilities: "",
    secureBits: [],
    marksTree: false,
    noNewPrivs: false,
    sandbox: NO_SANDBOX,
    inittab: undefined,
    ...changes,
  };
}

export function fileOutput(
  path: string,
  changes: Partial<Extract<OutputPlan, { to: "file" }>> = {},
): OutputPlan {
  return { to: "file", path, permissions: 0o600, uid: undefined, gid: undefined, ...changes };
}

/** Service 1 with a description. */
export function service(changes: Partial<ServiceDescription> = {}, id = 1, name = "test"): TestService {
  return { id, name, description: { ...DEFAULT_DESCRIPTION, name, ...changes } };
}

/** Waits until a file has a text. */
export async function fileWith(path: string, text: string): Promise<void> {
  let found: string | undefined;
  const there = () => (found = readIfPresent(path)) === text;
  await until(there, () => `${JSON.stringify(text)} in ${path}; it has ${JSON.stringify(found)}`);
}

function readIfPresent(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return undefined;
  }
}
