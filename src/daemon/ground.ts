/**
 * What the daemon stands on before it has an engine: the host, the place of the control socket, and the journal beside
 * it, which proves that no other daemon has them.
 */

import { environmentVariable } from "../inherited/mod.ts";
import type { ServiceManager } from "../engine/mod.ts";
import type { DaemonHost, DescriptorStream } from "../host/mod.ts";
import type { MessageLog } from "../log/mod.ts";
import { hostForDaemon } from "./host_for_daemon.ts";
import { JournalKeeper } from "./journal_keeper.ts";
import type { DaemonOptions } from "./options.ts";
import { type PathContext, socketPath } from "./paths.ts";

/** What comes later, and what the host calls. */
export interface Built {
  readonly manager: ServiceManager;
  /** Serves the control connection of a process. */
  serveControl(stream: DescriptorStream): void;
}

/** The ground of a daemon. */
export class Ground {
  readonly host: DaemonHost;
  readonly paths: PathContext;
  readonly socketPath: string;
  readonly journal: JournalKeeper;
  #built: Built | undefined;

  /** Throws `HostUnavailableError` if the requested host is not available. */
  constructor(options: DaemonOptions, log: MessageLog) {
    this.host = hostForDaemon(options, {
      manager: () => this.#built!.manager,
      record: () => this.journal.record,
      serveControl: (stream) => this.#built!.serveControl(stream),
      warn: (text) => log.message("warn", text),
    });
    const { users, bootClock: clock } = this.host;
    this.paths = {
      env: environmentVariable,
      passwdHome: () => users.userById(Deno.uid() ?? 0)?.home,
    };
    this.socketPath = socketPath(options, this.paths);
    this.journal = new JournalKeeper({ socketPath: this.socketPath, clock, log });
  }

  /** From now on the host reports to these. It must not do anything before. */
  carry(built: Built): void {
    this.#built = built;
  }
}
