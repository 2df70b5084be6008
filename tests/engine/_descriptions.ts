/** Service descriptions in a temporary directory, and an engine that loads them. */

import "../_processes.ts";
import type { ServiceRecord } from "../../src/engine/mod.ts";
import { LoadError } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

/** A world over files. */
export class FileWorld extends World {
  readonly directory: string;

  constructor(directory: string) {
    super({ directories: [directory] });
    this.directory = directory;
  }

  /** Writes files; `⏎` stands for the end of a line. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = `${this.directory}/${name}`;
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(path, text.replaceAll("⏎", "\n"));
    }
  }

  /** Loads a service as for the command line or a request. Returns the service, or the logged text about it. */
  tryLoad(name: string, occasion: "command-line" | "request" = "command-line"): ServiceRecord | string[] {
    this.log.messages.length = 0;
    try {
      return this.manager.load(name, occasion);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      return this.messages();
    }
  }

  /** Reloads a service; returns the logged lines. */
  reload(name: string): string[] {
    this.log.messages.length = 0;
    this.manager.reload(this.service(name));
    return this.messages();
  }

  /** What was logged since the last load, with `<SD>` for the directory. */
  messages(): string[] {
    return this.log.messages.map((text) => text.replaceAll(this.directory, "<SD>").replace(/^error /, ""));
  }
}

/** Runs a test with files, and removes them afterwards. */
export function withFiles(files: Readonly<Record<string, string>>, test: (world: FileWorld) => void): void {
  const directory = Deno.makeTempDirSync({ prefix: "engine-" });
  try {
    const world = new FileWorld(directory);
    world.write(files);
    test(world);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** The names and kinds of a service's dependencies, for example `b 0`. */
export function dependenciesOf(service: ServiceRecord): string[] {
  return service.dependencies.map(({ to, kind }) => `${to.name} ${kind}`);
}
