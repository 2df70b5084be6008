/**
 * Runs programs of the example as the daemon would: with the command, the permissions and the environment that their
 * descriptions say, on free ports, in a temporary directory.
 */

import { endOf } from "../_processes.ts";
import { soon, until as eventually } from "../_patience.ts";
import { StoreClient } from "../../services/src/shared/store_client.ts";
import {
  FileUsers,
  findDescription,
  MainEnvironment,
  parseEnvironmentFile,
  readDescription,
  type ReadOptions,
} from "../../src/description/mod.ts";
import type { ServiceDescription } from "../../src/model/mod.ts";

/** The directory of the descriptions. */
export const SERVICES = decodeURIComponent(new URL("../../services", import.meta.url).pathname);

/** The names of all descriptions of the example. */
export function serviceNames(): string[] {
  const files = Array.from(Deno.readDirSync(SERVICES)).filter((entry) => entry.isFile);
  return files.map((entry) => entry.name).filter((name) => name !== "environment").sort();
}

/** What `services/environment` says. */
export function environmentFile(): Record<string, string> {
  const { overlay, problems } = parseEnvironmentFile(Deno.readFileSync(`${SERVICES}/environment`));
  if (problems.length > 0) throw new Error(`services/environment, line ${problems[0].line}`);
  return Object.fromEntries(overlay.set);
}

/** Reads a description as the daemon does with these variables in its environment. */
export function readService(
  service: string,
  environment: Record<string, string>,
  options: Partial<ReadOptions> = {},
): ServiceDescription {
  return readDescription(findDescription(service, [SERVICES]), {
    environment: new MainEnvironment(environment),
    users: new FileUsers(),
    identity: { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 },
    dependency: () => {},
    warn: (message) => {
      throw new Error(message);
    },
    ...options,
  });
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}

/** A running program. */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<Deno.CommandOutput>;
  #ended = false;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#output = child.output();
    this.#output.then(() => this.#ended = true);
  }

  /** Waits until it exits. */
  async end(): Promise<{ code: number; signal: Deno.Signal | null; stdout: string; stderr: string }> {
    await endOf(this.#child);
    const { code, signal, stdout, stderr } = await soon(this.#output, "the end of the output");
    const decoder = new TextDecoder();
    return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  /** Sends a signal unless it has ended, and waits for the end. */
  stop(signal: Deno.Signal = "SIGTERM"): ReturnType<Program["end"]> {
    if (!this.#ended) this.#child.kill(signal);
    return this.end();
  }
}

/** A place to run the example in. */
export class Example {
  /** The working directory; `services` in it is the real one. */
  readonly directory = Deno.makeTempDirSync();
  readonly storePort = freePort();
  readonly webPort = freePort();
  readonly dataDirectory: string;
  /** The environment of the programs, without the variables that Deno itself needs. */
  readonly environment: Record<string, string>;
  readonly #programs: Program[] = [];
  readonly #stores: StoreClient[] = [];

  private constructor() {
    Deno.symlinkSync(SERVICES, `${this.directory}/services`);
    this.environment = {
      ...environmentFile(),
      STORE_PORT: String(this.storePort),
      WEB_PORT: String(this.webPort),
      WORKER_INTERVAL_MS: "20",
      FLAKY_LONGEST_MS: "20",
    };
    this.dataDirectory = `${this.directory}/${this.environment.DATA_DIR}`;
  }

  /** Calls `test` with a separate example, prepared by default, and removes everything afterwards. */
  static async with(
    test: (example: Example) => Promise<void>,
    options: { prepare?: boolean } = {},
  ): Promise<void> {
    const example = new Example();
    try {
      if (options.prepare ?? true) await example.start("prepare").end();
      await test(example);
    } finally {
      for (const store of example.#stores) store.close();
      await Promise.all(example.#programs.map((program) => program.stop("SIGKILL")));
      Deno.removeSync(example.directory, { recursive: true });
    }
  }

  /** The port that the store has written down; `undefined` if it has not. */
  actualStorePort(): number | undefined {
    try {
      return Number(Deno.readTextFileSync(`${this.dataDirectory}/store.port`));
    } catch {
      return undefined;
    }
  }

  /** Starts the command of a service, or its stop command. */
  start(service: string, which: "command" | "stopCommand" = "command"): Program {
    const description = readService(service, this.environment);
    const [program, ...args] = description[which];
    const passed = ["PATH", "HOME", "DENO_DIR"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    });
    const child = new Deno.Command(program, {
      args,
      cwd: `${this.directory}/${description.workingDir}`,
      clearEnv: true,
      env: { ...Object.fromEntries(passed), ...this.environment },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const running = new Program(child);
    this.#programs.push(running);
    return running;
  }

  /** A connection to the store, as soon as it answers. */
  async reachStore(): Promise<StoreClient> {
    const store = await StoreClient.reach(() => this.actualStorePort());
    this.#stores.push(store);
    return store;
  }
}

/** Waits until `condition` gives something. */
export function until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  return eventually(condition, what, 10);
}
