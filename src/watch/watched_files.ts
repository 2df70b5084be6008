/** The watched files of one service: what follows when they change. */

import { isReplaceable, logFilePath, type ServiceRecord, type SignalResult } from "../engine/mod.ts";
import { ServiceState, type WatchSettings } from "../model/mod.ts";
import { Feedback } from "./feedback.ts";
import { FileChanges } from "./file_changes.ts";
import type { Found } from "./folders.ts";
import { Patterns } from "./patterns.ts";
import { QuietTime } from "./quiet_time.ts";
import { endedByItself, revive, type RevivingEngine } from "./revival.ts";

/** Who carries out what follows. */
export interface WatchContext {
  readonly engine: RevivingEngine;
  service(id: number): ServiceRecord | undefined;
  absolute(path: string): string;
  /** The time by the engine's clock. */
  now(): number;
  /** Replaces the process of a service that is up; false if it is not. */
  replace(service: ServiceRecord, why: string): boolean;
  signal(service: ServiceRecord, signal: number): SignalResult;
  /** Runs a command for the service; the reason if it cannot be executed. `commandEnded` follows otherwise. */
  run(service: ServiceRecord, command: readonly string[]): string | undefined;
  /** Writes a line about the service to the log, at a level that the console shows. */
  log(text: string): void;
}

/** The watch of one service, for one version of its description. */
export class WatchedFiles {
  readonly #id: number;
  readonly #context: WatchContext;
  readonly #settings: WatchSettings;
  readonly #directory: string;
  readonly #patterns: Patterns;
  readonly #changes: FileChanges;
  readonly #quiet: QuietTime;
  readonly #catchesUp: boolean;
  #feedback = new Feedback();
  /** The time of the first change that nothing has followed yet, by the engine's clock. */
  #firstChange: number | undefined;
  /** What has changed while the service could not be restarted. */
  #waiting: string | undefined;
  #isPaused = false;
  #isRunning = false;
  #runAgain = false;

  /** Begins to watch. `catchesUp`: files that are newer than the process have changed. */
  constructor(service: ServiceRecord, context: WatchContext, catchesUp: boolean) {
    const { description } = service;
    const { workingDir, directory, watch } = description;
    this.#id = service.id;
    this.#context = context;
    this.#catchesUp = catchesUp;
    this.#settings = watch;
    this.#directory = context.absolute(workingDir === "" ? directory : workingDir);
    const log = logFilePath(description);
    const own = [log, description.pidFile, description.socketPath].filter((path) =>
      path !== undefined && path !== ""
    );
    this.#patterns = new Patterns(
      watch.patterns,
      this.#directory,
      own.map((path) => context.absolute(path ?? "")),
    );
    this.#quiet = new QuietTime(watch.delay, (paths) => this.#changed(paths));
    this.#changes = new FileChanges(this.#patterns, {
      changed: (path) => {
        this.#firstChange ??= context.now();
        this.#quiet.add(path);
      },
      begun: (found) => this.#begun(found),
      trouble: (text) => context.log(text),
    });
  }

  /** Whether this watch is for what the description of the service says now. */
  isFor({ description: { watch, workingDir, directory } }: ServiceRecord): boolean {
    return watch === this.#settings &&
      this.#context.absolute(workingDir === "" ? directory : workingDir) === this.#directory;
  }

  /** The service does something else now. */
  look(service: ServiceRecord): void {
    if (this.#waiting === undefined) return;
    if (isReplaceable(service) || endedByItself(service)) this.#restart(service, this.#waiting);
    else if (service.state === ServiceState.STOPPED) this.#waiting = undefined; // a command has stopped it
  }

  /** A process begins with the files as they are now. A service that somebody starts may be watched again. */
  launched(): void {
    this.#waiting = undefined;
  }

  /** The command has ended. `trouble`: what went wrong. */
  commandEnded(trouble: string | undefined): void {
    this.#isRunning = false;
    if (trouble !== undefined) {
      this.#context.log(`watch-action: '${this.#settings.command.join(" ")}' ${trouble}`);
    }
    const service = this.#context.service(this.#id);
    if (this.#runAgain && service !== undefined) this.#run(service);
  }

  /** Ends the watch. */
  close(): void {
    this.#changes.close();
    this.#quiet.cancel();
  }

  #begun({ files }: Found): void {
    for (const { text, matches } of this.#patterns.included) {
      const paths = [...files.keys()];
      if (!paths.some(matches)) {
        this.#context.log(`watch: no file matches '${text}' in ${this.#directory}`);
      }
    }
    const launched = this.#context.service(this.#id)?.process.lastLaunch;
    if (!this.#catchesUp || launched === undefined) return;
    const since = Date.now() - this.#context.now() + launched;
    for (const [path, time] of files) if (time > since) this.#quiet.add(path);
  }

  #changed(paths: ReadonlySet<string>): void {
    const first = this.#firstChange ?? this.#context.now();
    this.#firstChange = undefined;
    const service = this.#context.service(this.#id);
    if (service === undefined || this.#isPaused) return;
    const why = changeText([...paths], this.#directory);
    const { lastLaunch } = service.process;
    const [path] = paths;
    if (lastLaunch !== undefined && this.#feedback.note(path, first - lastLaunch)) {
      this.#pause(path);
      return;
    }
    switch (this.#settings.action) {
      case "restart":
        this.#restart(service, why);
        break;
      case "signal":
        if (this.#context.signal(service, this.#settings.signal) === "sent") {
          this.#context.log(`${why}: its process gets a signal`);
        }
        break;
      case "run":
        this.#context.log(`${why}: ${this.#settings.command.join(" ")}`);
        this.#run(service);
    }
  }

  #restart(service: ServiceRecord, why: string): void {
    this.#waiting = undefined;
    if (this.#context.replace(service, why)) return;
    if (endedByItself(service)) {
      this.#context.log(`${why}: it is started again`);
      revive(this.#context.engine, service);
    } else if (service.state !== ServiceState.STOPPED) {
      this.#waiting = why; // until it is up, has failed, or gets a new process anyway
    }
  }

  #run(service: ServiceRecord): void {
    this.#runAgain = this.#isRunning;
    if (this.#isRunning) return;
    this.#isRunning = true;
    const refusal = this.#context.run(service, this.#settings.command);
    if (refusal !== undefined) this.commandEnded(`could not be executed: ${refusal}`);
  }

  #pause(path: string): void {
    this.#isPaused = true;
    const name = shown(path, this.#directory);
    this.#context.log(
      `watching is paused: ${name} has changed each time soon after the launch, so the service seems to write it; ` +
        `exclude it (watch = … !${name}) and reload the service`,
    );
  }
}

/** The changes in a few words. */
function changeText(paths: readonly string[], directory: string): string {
  const name = shown(paths[0], directory);
  if (paths.length === 1) return `${name} has changed`;
  const others = paths.length - 1;
  return `${name} and ${others} other ${others === 1 ? "file" : "files"} have changed`;
}

function shown(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path;
}
