import { reasonText } from "../../model/grants.ts";
import { FollowedLog } from "../../rotation/followed_log.ts";
import { ctlFailure } from "../shared/failure.ts";
import { notRegular } from "./logs/log_source.ts";

/** Reads a log file in pieces, also after its rotations. Throws `ToolFailure`. */
export class LogFileReader implements Disposable {
  readonly #path: string;
  readonly #log: FollowedLog;
  /** A file loses nothing. */
  readonly missing = 0;

  /** Opens the file. Throws `ToolFailure` if that fails or it is no regular file. */
  constructor(path: string) {
    this.#path = path;
    this.#log = this.#worded(() => {
      if (!Deno.statSync(path).isFile) {
        throw notRegular(path);
      }
      return new FollowedLog(path);
    });
  }

  /** The next piece of the file; empty at its end. Throws `ToolFailure`. */
  next(): Uint8Array {
    return this.#worded(() => this.#log.next());
  }

  [Symbol.dispose](): void {
    this.#log[Symbol.dispose]();
  }

  #worded<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) throw ctlFailure(`log file ${this.#path} does not exist`);
      if (error instanceof Error && error.name === "ToolFailure") throw error;
      throw ctlFailure(`cannot read log file ${this.#path}: ${reasonText(error)}`);
    }
  }
}
