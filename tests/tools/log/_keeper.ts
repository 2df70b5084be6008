/** A log keeper in a temporary folder, with clocks that the test sets. */

import "../../_processes.ts";
import { decodeBytes } from "../../../src/model/mod.ts";
import { archivesOf } from "../../../src/rotation/mod.ts";
import { Files, openLibrary } from "../../../src/system/mod.ts";
import { type KeeperOptions, LogKeeper } from "../../../src/tools/log/log_keeper.ts";
import { gunzipSync } from "node:zlib";

const DEFAULTS: KeeperOptions = {
  maxSize: 0,
  maxAge: 0,
  keep: 1000,
  keepSize: Infinity,
  compress: false,
  mode: 0o600,
  stamps: "no",
  format: "text",
  rateLimit: 0,
};

/** A folder with one log. */
export class Kept implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-keeper-" });
  readonly path = `${this.folder}/log`;
  /** What the keepers have reported. */
  readonly reports: string[] = [];
  /** The clocks, in milliseconds. */
  now = Date.UTC(2026, 0, 15, 12);
  elapsed = 0;

  /** Another keeper for the same log. */
  keeper(options: Partial<KeeperOptions> = {}): LogKeeper {
    return new LogKeeper(this.path, { ...DEFAULTS, ...options }, {
      files: new Files(openLibrary()),
      now: () => this.now,
      elapsed: () => this.elapsed,
      report: (text) => this.reports.push(text),
    });
  }

  /** The content of the files, the oldest first; compressed ones are decompressed. */
  files(): Uint8Array[] {
    const archives = archivesOf(this.path).reverse().map(({ path, compressed }) => {
      const bytes = Deno.readFileSync(path);
      return compressed ? new Uint8Array(gunzipSync(bytes)) : bytes;
    });
    return [...archives, Deno.readFileSync(this.path)];
  }

  /** The content of all files together, as lossless text. */
  text(): string {
    return this.files().map(decodeBytes).join("");
  }

  /** The names in the folder, sorted. */
  names(): string[] {
    return Array.from(Deno.readDirSync(this.folder), ({ name }) => name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
