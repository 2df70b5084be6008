/** What the tests of `enable` and `disable` share. */

import { Reply, Request } from "../../src/control/wire/protocol.ts";
import type { WireStatus } from "../../src/control/wire/status_buffer.ts";
import { type Answer, ctlAlone, type Script, StandIn, status } from "./_stand_in.ts";

export const UP = status({ state: 2, target: 2, explicit: true });
export const DOWN = status();

export const ENABLED = "Service 'a' has been enabled.\n";
export const DISABLED = "Service 'a' has been disabled.\n";

/** A service directory with `boot` (which has `boot.d`), `a` and `other`, and other files of a test. */
export class Services implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "dinit-enable-" });

  constructor(files: Readonly<Record<string, string>> = {}) {
    const usual = { boot: "waits-for.d = boot.d\n", a: "", other: "waits-for.d: ${DIR}/other.d\n" };
    Deno.mkdirSync(`${this.directory}/boot.d`);
    for (const [name, text] of Object.entries({ ...usual, ...files })) {
      Deno.writeTextFileSync(`${this.directory}/${name}`, text);
    }
  }

  /** The target of a link; `undefined` if there is none. */
  link(path: string): string | undefined {
    try {
      return Deno.readLinkSync(`${this.directory}/${path}`);
    } catch {
      return undefined;
    }
  }

  /** Runs `dinitctl` for a user without a daemon. */
  offline(...args: string[]) {
    return ctlAlone(["-o", "-u", "-d", this.directory, ...args], { uid: 7 });
  }

  /** A daemon that has loaded these services from here. */
  daemon(script: Script = {}, services: Record<string, WireStatus> = {}): StandIn {
    const environment: Answer = { type: Reply.ALLENV, entries: [`DIR=${this.directory}`, "E=a=b"] };
    return new StandIn({
      directory: this.directory,
      services: { boot: UP, a: DOWN, other: UP, ...services },
      ...script,
      on: { [Request.GETALLENV]: [environment], ...script.on },
    });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}
