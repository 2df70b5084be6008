/** A part of the daemon with an engine that makes no processes, services in a folder, and a log that is kept. */

import "../_processes.ts";
import type { Key } from "../../src/system/machine.ts";
import type { DaemonLog, LogLevel } from "../../src/log/mod.ts";
import { World } from "../engine/_world.ts";

/** A log that only remembers. */
export class KeptLog {
  /** `LEVEL TEXT` of each message, also of those for the main log or the console alone. */
  readonly lines: string[] = [];
  readonly explained: string[] = [];

  message(level: LogLevel, text: string): void {
    this.lines.push(`${level} ${text}`);
  }

  record(level: LogLevel, text: string): void {
    this.lines.push(`main log: ${level} ${text}`);
  }

  show(level: LogLevel, text: string): void {
    this.lines.push(`console: ${level} ${text}`);
  }

  explain(line: string): void {
    this.explained.push(line);
  }

  /** For parts that are given the daemon's log, of which they use what is here. */
  get asDaemonLog(): DaemonLog {
    return this as unknown as DaemonLog;
  }
}

/** A machine that does nothing but remember what was asked of it. */
export class PaperMachine {
  readonly calls: string[] = [];
  terminal = true;
  /** What is typed, in order. When all of it is used up, nobody types any more. */
  keys: Key[] = [];
  /** The error number of every execution: there is no such program. */
  errno = 2;

  sync(): void {
    this.calls.push("sync");
  }

  hasTerminal(): boolean {
    return this.terminal;
  }

  awaitKey(): { key: Promise<Key>; cancel(): void } {
    const { promise, resolve } = Promise.withResolvers<Key>();
    if (this.keys.length > 0) resolve(this.keys.shift());
    return { key: promise, cancel: () => resolve("cancelled") };
  }

  execute(program: string, argv: readonly string[]): number {
    this.calls.push(`execute ${program}: ${argv.join(" ")}`);
    return this.errno;
  }

  /** What somebody types. */
  type(text: string): void {
    this.keys.push(...Array.from(text, (character) => character.charCodeAt(0)));
  }
}

/** An engine with descriptions in a folder, which is removed at the end. */
export class Scene implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-daemon-" });
  readonly world = new World({ directories: [this.folder] });
  readonly log = new KeptLog();
  readonly machine = new PaperMachine();
  readonly printed: string[] = [];

  /** Writes descriptions: names and texts. */
  constructor(services: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(services)) this.write(name, text);
  }

  write(name: string, text: string): string {
    Deno.writeTextFileSync(`${this.folder}/${name}`, text);
    return `${this.folder}/${name}`;
  }

  print(text: string): Promise<void> {
    this.printed.push(text);
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
