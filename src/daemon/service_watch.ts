/** Watched files: follows services whose settings ask for it. The code for that is loaded with the first one. */

import {
  type Fact,
  type FactSink,
  type LaunchRefusal,
  type ProcessRole,
  WATCH_COMMAND,
} from "../engine/mod.ts";
import type { ExitStatus } from "../model/mod.ts";
import { typed, watchesFiles } from "../model/mod.ts";
import type { FileWatches } from "../watch/mod.ts";
import type { ProcessFollower } from "./host_for_daemon.ts";
import { absolutePath } from "./paths.ts";
import type { ServiceHealthContext } from "./service_health.ts";

/** Tells the watches of files what services and their processes do. */
export class ServiceWatch implements FactSink, ProcessFollower {
  readonly #context: ServiceHealthContext;
  /** The ids of the services that watch files. */
  readonly #watching = new Set<number>();
  #loading: Promise<FileWatches> | undefined;
  #watches: FileWatches | undefined;
  #begun = false;
  #closed = false;

  constructor(context: ServiceHealthContext) {
    this.#context = context;
  }

  /** From now on processes may be started. `continues`: some were started by an earlier program. */
  begin(continues: boolean): void {
    this.#begun = true;
    for (const { id } of this.#context.manager().services()) this.#look(id, continues);
  }

  fact(fact: Fact): void {
    if (!this.#begun || !("id" in fact)) return;
    if (fact.kind === "loaded" || fact.kind === "reloaded") this.#look(fact.id);
    else if ((fact.kind === "phase" || fact.kind === "unloaded") && this.#watching.has(fact.id)) {
      this.#lookAgain(fact.id);
      if (fact.kind === "phase" && fact.to === "launching") {
        this.#tell((watches) => watches.launched(fact.id));
      }
    }
  }

  /** Ends all watches. */
  close(): void {
    this.#closed = true;
    this.#watches?.close();
  }

  // ---- The reports of the host: true, if the process is that of `watch-action` ---------------------------------

  launched(_id: number, role: ProcessRole): boolean {
    return role === WATCH_COMMAND;
  }

  executed(_id: number, role: ProcessRole): boolean {
    return role === WATCH_COMMAND;
  }

  failed(id: number, role: ProcessRole, errno: number, refusal: LaunchRefusal | undefined): boolean {
    return role === WATCH_COMMAND && this.#tell((watches) => watches.commandFailed(id, errno, refusal));
  }

  exited(id: number, role: ProcessRole, exit: ExitStatus): boolean {
    return role === WATCH_COMMAND && this.#tell((watches) => watches.commandEnded(id, exit));
  }

  // ---- The watches --------------------------------------------------------------------------------------------

  #look(id: number, catchesUp = false): void {
    const service = this.#context.manager().graph.byId(id); // not yet found by its name
    if (service === undefined) return;
    if (!watchesFiles(service.description.watch) && !this.#watching.has(id)) return;
    this.#watching.add(id);
    this.#lookAgain(id, catchesUp);
  }

  /** Looks when the engine is at rest. */
  #lookAgain(id: number, catchesUp = false): void {
    this.#tell((watches) => {
      if (!watches.look(id, catchesUp)) this.#watching.delete(id);
    });
  }

  #tell(what: (watches: FileWatches) => void): true {
    const told = (this.#loading ??= this.#load()).then((watches) => {
      if (!this.#closed) what(watches);
    });
    told.catch((error) => this.#context.stray.report(error));
    return true;
  }

  async #load(): Promise<FileWatches> {
    const { ground: { host }, manager, composeEnvironment, log } = this.#context;
    const { FileWatches } = await typed(import("../watch/mod.ts"));
    return this.#watches = new FileWatches({
      engine: manager(),
      host,
      service: (id) => manager().graph.byId(id),
      now: () => manager().now(),
      composeEnvironment,
      absolute: absolutePath,
      log: (text) => log.message("warn", text),
    });
  }
}
