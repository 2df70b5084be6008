/**
 * A daemon that causes one fault itself. `ILL` says which: `memory`, `loop` or `pointer`; `ILL_AT` says when: at
 * `boot`, while the first services start, or at the first `query` of a client. Then the file `ill` is there.
 */

import { isOpen, parseCommandLine, runDaemon } from "../../src/daemon/mod.ts";
import { ServiceManager } from "../../src/engine/mod.ts";

const DONE = `${Deno.env.get("W")}/ill`;

const illnesses: Record<string, () => void> = {
  memory: () => {
    for (const kept: number[][] = [];;) kept.push(new Array(100_000).fill(0.5));
  },
  loop: () => {
    for (;;);
  },
  pointer: () => {
    new Deno.UnsafePointerView(Deno.UnsafePointer.create(8n)!).getUint8(); // not null
  },
};

function fallIll(): void {
  try {
    Deno.writeTextFileSync(DONE, "", { createNew: true });
  } catch {
    return;
  }
  illnesses[Deno.env.get("ILL") ?? ""]();
}

const { start, overview } = ServiceManager.prototype;
if (Deno.env.get("ILL_AT") === "boot") {
  ServiceManager.prototype.start = function (...words) {
    queueMicrotask(fallIll); // when the first service is starting
    return start.apply(this, words);
  };
} else {
  ServiceManager.prototype.overview = function (...words) {
    fallIll();
    return overview.apply(this, words);
  };
}

const commandLine = parseCommandLine(Deno.args, { pid: Deno.pid, uid: Deno.uid() ?? 0, isOpen });
if (commandLine.action !== "run") throw new Error("bad arguments");
Deno.exit((await runDaemon(commandLine.options)).status);
