/**
 * A program with a fault: it installs the handlers, has the fault that its argument names, and says in the next life what
 * the handlers have told it.
 */

import { Files, openLibrary, SharedMemory, Spawner } from "../../src/system/mod.ts";
import { FaultHandlers } from "../../src/system/surviving.ts";

const library = openLibrary();
const inherited = Deno.env.get("RECORD");
if (inherited !== undefined) {
  const bytes = new Uint8Array(128);
  SharedMemory.inherit(library, Number(inherited), 4096).read(0, bytes);
  const view = new DataView(bytes.buffer);
  const isChild = library.symbols.waitpid(Number(Deno.env.get("CHILD")), new Uint8Array(4), 1) === 0;
  const blocked = /^SigBlk:\s*(\w+)$/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
  const facts = {
    pid: Deno.pid,
    signal: view.getInt32(0, true),
    code: view.getInt32(8, true),
    isChild,
    blocked,
  };
  console.log(JSON.stringify(facts));
  Deno.kill(Number(Deno.env.get("CHILD")), "SIGKILL");
  Deno.exit(0);
}

const record = SharedMemory.create(library, "record", 4096).fd;
// A child of `Deno.Command` would be killed when the runtime ends.
const child = new Spawner(library, 0n).spawn({
  path: "/bin/sleep",
  argv: ["sleep", "1000"],
  environment: [],
  directory: new Files(library).openDirectory("/"),
  descriptors: [],
  group: "session",
  foregroundOf: undefined,
  blocked: 0n,
});
const words = new TextDecoder().decode(Deno.readFileSync("/proc/self/cmdline")).split("\0").slice(0, -1);
const variables = { ...Deno.env.toObject(), RECORD: String(record), CHILD: String(child) };
const handlers = new FaultHandlers(library, {
  path: "/proc/self/exe",
  argv: words,
  environment: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
  record,
  descriptors: 256,
});
handlers.install();
console.log(JSON.stringify({ pid: Deno.pid }));
const wild = () => library.symbols.memcpyIn(1n, new Uint8Array(8), 8n);

switch (Deno.args[0]) {
  case "wild pointer":
    wild();
    break;
  case "abort":
    Deno.dlopen("libc.so.6", { abort: { parameters: [], result: "void" } }).symbols.abort();
    break;
  case "from outside":
    Deno.kill(Deno.pid, "SIGSEGV");
    break;
  case "out of memory": {
    const kept: unknown[] = [];
    for (;;) kept.push(new Array(100_000).fill(Math.random()));
  }
  case "unexpected exit":
    Deno.exit(3);
    break;
  case "uncaught error":
    throw new Error("uncaught");
  case "endless loop":
    handlers.watchTime(1);
    for (;;);
  case "busy":
    handlers.watchTime(1);
    Deno.addSignalListener("SIGURG", () => handlers.alive());
    for (const until = performance.now() + 4000; performance.now() < until;) {
      for (const turn = performance.now() + 50; performance.now() < turn;);
      for (let sent = 0; sent < 3; sent++) Deno.kill(Deno.pid, "SIGVTALRM"); // it is not the timer's
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    handlers.disarm();
    console.log("survived");
    Deno.kill(child, "SIGKILL");
    Deno.exit(5);
}
await new Promise((resolve) => setTimeout(resolve, 60_000));
