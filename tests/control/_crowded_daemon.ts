/**
 * A control server in a process without free file descriptors. It prints `full` when none is left, and a line for each
 * log message; when standard input ends, it frees descriptors again.
 */

import { ControlServer } from "../../src/control/mod.ts";
import { FakeManager } from "./_fake_manager.ts";
import { OVERVIEW } from "./_overview.ts";

// As the daemon has: Deno 2.9 begins to listen to SIGUSR1 after half a second, and panics if it has no descriptor then.
Deno.addSignalListener("SIGTERM", () => Deno.exit());

const [path] = Deno.args;
const server = new ControlServer(new FakeManager(), {
  overview: () => OVERVIEW,
  log: (level, message) => console.log(`${level}: ${message}`),
  acceptRetryDelay: 20,
});
await server.open(path);
const files: Deno.FsFile[] = [];
for (;;) {
  try {
    files.push(Deno.openSync("/dev/null"));
  } catch {
    break;
  }
}
console.log("full");
await Deno.stdin.read(new Uint8Array(1));
for (const file of files) file.close();
