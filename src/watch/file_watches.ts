/** Watches files for all services whose settings ask for it. */

import {
  type LaunchPlan,
  launchPlan,
  type LaunchRefusal,
  type ServiceRecord,
  WATCH_COMMAND,
} from "../engine/mod.ts";
import type { DaemonHost } from "../host/mod.ts";
import { type EnvironmentOverlay, errnoText, type ExitStatus, watchesFiles } from "../model/mod.ts";
import type { RevivingEngine } from "./revival.ts";
import { type WatchContext, WatchedFiles } from "./watched_files.ts";

/** What the watches are given. */
export interface FileWatchesContext {
  readonly engine: RevivingEngine & Pick<WatchContext, "replace" | "signal">;
  readonly host: Pick<DaemonHost, "launch">;
  /** A service by its id. */
  service(id: number): ServiceRecord | undefined;
  /** The time by the engine's clock, in milliseconds. */
  now(): number;
  /** The environment of a process (lifecycle 8.6). */
  composeEnvironment(overlay: EnvironmentOverlay): ReadonlyMap<string, string>;
  /** The absolute path of a path that may begin at the working directory of the daemon. */
  absolute(path: string): string;
  /** Writes a line to the log, at a level that the console shows. */
  log(text: string): void;
}

/** The watches of all services, by their ids. */
export class FileWatches {
  readonly #context: FileWatchesContext;
  readonly #services = new Map<number, WatchedFiles>();

  constructor(context: FileWatchesContext) {
    this.#context = context;
  }

  /**
   * Looks at a service that was loaded or reloaded, or does something else now. False: it watches no files.
   *
   * @param catchesUp Whether files may have changed since the launch of its process while nobody watched.
   */
  look(id: number, catchesUp: boolean): boolean {
    const service = this.#context.service(id);
    if (service === undefined || !watchesFiles(service.description.watch)) {
      this.#services.get(id)?.close();
      this.#services.delete(id);
      return false;
    }
    let files = this.#services.get(id);
    if (files === undefined || !files.isFor(service)) {
      files?.close();
      files = new WatchedFiles(service, this.#watchContext(service.name), catchesUp);
      this.#services.set(id, files);
    }
    files.look(service);
    return true;
  }

  /** The main process of a service was launched: it reads the files as they are now. */
  launched(id: number): void {
    this.#services.get(id)?.launched();
  }

  /** The command of `watch-action` has ended, or could not be executed. */
  commandEnded(id: number, exit: ExitStatus): void {
    const how = exit.kind === "exited"
      ? `status ${exit.code}`
      : exit.kind === "killed"
      ? `signal ${exit.signal}`
      : "unknown exit status";
    this.#services.get(id)?.commandEnded(
      exit.kind === "exited" && exit.code === 0 ? undefined : `ended with ${how}`,
    );
  }

  /** The command of `watch-action` could not be executed. */
  commandFailed(id: number, errno: number, refusal: LaunchRefusal | undefined): void {
    this.#services.get(id)?.commandEnded(`could not be executed: ${refusal?.error ?? errnoText(errno)}`);
  }

  /** Ends all watches. */
  close(): void {
    for (const files of this.#services.values()) files.close();
    this.#services.clear();
  }

  #watchContext(name: string): WatchContext {
    const { engine, service, now, absolute, log } = this.#context;
    return {
      engine,
      service,
      now,
      absolute,
      replace: (record, why) => engine.replace(record, why),
      signal: (record, signal) => engine.signal(record, signal),
      run: (record, command) => this.#run(record, command),
      log: (text) => log(`${name}: ${text}`),
    };
  }

  /** The reason why the command cannot be executed; `undefined`: its end will be reported. */
  #run(service: ServiceRecord, command: readonly string[]): string | undefined {
    const request = { role: WATCH_COMMAND, command, mayUseConsole: false, readiness: false };
    const plan: LaunchPlan = {
      ...launchPlan(service, request, this.#context.composeEnvironment),
      activationSocket: false,
    };
    const result = this.#context.host.launch(plan);
    return "error" in result ? result.error : undefined;
  }
}
