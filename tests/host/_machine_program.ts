/** Performs one operation of a machine, for tests that need a separate process, terminal or namespace. */

import { Machine } from "../../src/system/machine.ts";
import { type Library, openLibrary } from "../../src/system/mod.ts";

const [what, ...args] = Deno.args;
const library = openLibrary();
const machine = new Machine(library);

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Blocks every signal, and ignores SIGPIPE, as a program in trouble might find them. */
function blockSignals({ symbols }: Library): void {
  symbols.pthread_sigmask(2, new Uint8Array(128).fill(255), null);
}

/** What `stty` says of the terminal. */
function settings(): string {
  const { stdout } = new Deno.Command("stty", { args: ["-a"], stdin: "inherit" }).outputSync();
  return new TextDecoder().decode(stdout).replaceAll(/\s+/g, " ");
}

function isWaiting(): boolean {
  const flags = /^flags:\s+(\d+)$/m.exec(Deno.readTextFileSync("/proc/self/fdinfo/0"))![1];
  return (parseInt(flags, 8) & 0o4000) === 0;
}

async function exists(path: string): Promise<void> {
  for (;;) {
    try {
      Deno.statSync(path);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

switch (what) {
  case "execute": {
    blockSignals(library);
    const [path, argv, environment] = args;
    print(`failed: ${machine.execute(path, JSON.parse(argv), JSON.parse(environment))}`);
    break;
  }
  case "key": {
    const before = settings();
    print("ready");
    await exists(args[0]);
    const { key } = machine.awaitKey();
    const during = settings();
    print(`icanon ${!/ -icanon /.test(during)}, echo ${!/ -echo /.test(during)}, waits ${isWaiting()}`);
    print("asking");
    print(`key ${await key}`);
    print(`restored ${settings() === before}, waits ${isWaiting()}`);
    break;
  }
  case "cancel": {
    const before = settings();
    const { key, cancel } = machine.awaitKey();
    cancel();
    print(`key ${await key}`);
    print(`restored ${settings() === before}, waits ${isWaiting()}`);
    print("reading");
    const { stdout } = await new Deno.Command("head", { args: ["-n1"], stdin: "inherit" }).output();
    print(`read ${new TextDecoder().decode(stdout).trim()}`);
    break;
  }
  case "console": {
    const links = () => [0, 1, 2].map((fd) => Deno.readLinkSync(`/proc/self/fd/${fd}`));
    const before = links();
    machine.openConsole({ onlyOutput: args[0] === "output" });
    const places = links().map((link, fd) => link === before[fd] ? "as before" : link);
    print("the runtime's stream");
    await machine.output.write(new TextEncoder().encode("the output\n"));
    print(`${places.join(", ")}; terminal ${machine.hasTerminal()}`);
    break;
  }
  case "namespace": {
    // In a new user namespace none of this is permitted, and none of it may fail.
    machine.quietKernel();
    machine.sync();
    print(`restart: ${machine.restart("kexec")}`);
    break;
  }
}
Deno.exit(0);
