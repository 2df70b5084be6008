/** Operations of the owner of a machine. Everything that could affect more than the test runs in new namespaces. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { soon } from "../_patience.ts";
import { rootOnly } from "../_needs.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { Machine } from "../../src/system/machine.ts";
import { bootRecord, SystemCallError } from "../../src/system/mod.ts";

const PROGRAM = new URL("_machine_program.ts", import.meta.url).pathname;
const SELF = [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", decodeURIComponent(PROGRAM)];

async function output(words: readonly string[]): Promise<{ pid: number; text: string; errors: string }> {
  const { pid, stdout, stderr } = await outputOf(words[0], { args: words.slice(1) });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { pid, text: text(stdout), errors: text(stderr) };
}

function temporaryDirectory(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "dinit-machine-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

Deno.test("a program replaces another: same process, its own name and environment, signals as usual", async () => {
  const script = 'echo "$$ $0 $A"; env | sort | grep -v ^_= ; grep -E "Sig(Blk|Ign)" /proc/self/status';
  const { pid, text } = await output([
    ...SELF,
    "execute",
    "/bin/bash",
    JSON.stringify(["a name", "--norc", "-c", script, "zero"]),
    JSON.stringify(["A=b c", "EMPTY="]),
  ]);
  const lines = text.split("\n");
  assertEquals(lines[0], `${pid} zero b c`);
  assert(lines.includes("EMPTY=") && !lines.some((line) => line.startsWith("HOME=")), text);
  assert(/SigBlk:\s0{16}\n/.test(text), text);
  // Signals without names may be ignored already by those who run the tests; so may INT and QUIT, in the background.
  const ignored = parseInt(/SigIgn:\s(\w+)/.exec(text)![1].slice(-8), 16);
  assertEquals(ignored & 0x7ffffff9, 0);
});

Deno.test("a program that cannot be executed gives the error number, and nothing has changed", async () => {
  const words = (path: string) => [...SELF, "execute", path, '["x"]', "[]"];
  assertEquals((await output(words("/nowhere/x"))).text, "failed: 2\n");
  assertEquals((await output(words("/etc/passwd"))).text, "failed: 13\n");
});

Deno.test("the boot is recorded in both tables, which are not created", () => {
  using directory = temporaryDirectory();
  const files = { utmp: `${directory.path}/utmp`, wtmp: `${directory.path}/wtmp` };
  const machine = Machine.open();
  assertEquals(machine.recordBoot(1_700_000_000_123, files), false);
  assertEquals([...Deno.readDirSync(directory.path)], []);

  Deno.writeFileSync(files.wtmp, bootRecord("x86_64", 1));
  assertEquals(machine.recordBoot(1_700_000_000_123, files), false, "wtmp alone is not enough");
  Deno.writeTextFileSync(files.utmp, "junk".repeat(1000));
  assertEquals(machine.recordBoot(1_700_000_000_123, files), true);
  const record = Deno.readFileSync(files.utmp);
  assertEquals(record, bootRecord(Deno.build.arch, 1_700_000_000_123));
  assertEquals(Deno.readFileSync(files.wtmp).length, 384 + 2 * record.length);
});

Deno.test("the record of a boot has its type and time, and nothing else", () => {
  const record = bootRecord("x86_64", 1_700_000_000_123.75);
  assertEquals(record.length, 384);
  const view = new DataView(record.buffer);
  assertEquals(view.getInt16(0, true), 2);
  assertEquals(view.getInt32(340, true), 1_700_000_000);
  assertEquals(view.getInt32(344, true), 123_000);
  record.fill(0, 0, 2).fill(0, 340, 348);
  assertEquals(record, new Uint8Array(384));
  const wide = new DataView(bootRecord("aarch64", 1_700_000_000_123).buffer);
  assertEquals([wide.byteLength, wide.getBigInt64(344, true), wide.getBigInt64(352, true)], [
    400,
    1_700_000_000n,
    123_000n,
  ]);
});

/** The program on a separate terminal, which `script` makes, and its visible output. */
class OnTerminal implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #keys: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #seen = "";
  #changed = Promise.withResolvers<void>();

  constructor(args: readonly string[], wrapper: readonly string[] = []) {
    const command = [...wrapper, ...SELF, ...args].map((word) => `'${word}'`).join(" ");
    this.#process = new Deno.Command("script", {
      args: ["-qec", `exec ${command}`, "/dev/null"],
      env: { SHELL: "/bin/sh" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#keys = this.#process.stdin.getWriter();
    this.#reading = this.#read();
  }

  async type(keys: string): Promise<void> {
    await this.#keys.write(new TextEncoder().encode(keys));
  }

  /** Waits until a text is visible. */
  async shows(text: string): Promise<void> {
    while (!this.#seen.includes(text)) {
      await soon(this.#changed.promise, () => `${JSON.stringify(text)} in ${JSON.stringify(this.#seen)}`);
    }
  }

  /** All that was shown, when the program has ended. */
  async ended(): Promise<string[]> {
    await endOf(this.#process, () => `the program, which printed:\n${this.#seen}\n`);
    await this.#reading;
    return this.#seen.split("\r\n");
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.#process.stdout) {
      this.#seen += decoder.decode(bytes, { stream: true });
      this.#changed.resolve();
      this.#changed = Promise.withResolvers();
    }
    this.#changed.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killUnlessEnded(this.#process);
    await endOf(this.#process);
    await this.#reading;
    await this.#keys.close().catch(() => {});
  }
}

Deno.test("one key is enough; input before and after it is discarded", async () => {
  using directory = temporaryDirectory();
  await using terminal = new OnTerminal(["key", `${directory.path}/go`]);
  await terminal.shows("ready\r\n");
  await terminal.type("abc");
  await terminal.shows("abc");
  Deno.writeTextFileSync(`${directory.path}/go`, "");
  await terminal.shows("asking\r\n");
  await terminal.type("x");
  await terminal.shows("restored");
  assertEquals(await terminal.ended(), [
    "ready",
    "abcicanon false, echo true, waits false",
    "asking",
    "xkey 120",
    "restored true, waits true",
    "",
  ]);
});

Deno.test("after a cancelled wait for a key, the next reader gets all input", async () => {
  await using terminal = new OnTerminal(["cancel"]);
  await terminal.shows("reading\r\n");
  await terminal.type("later\n");
  await terminal.shows("read later\r\n");
  assertEquals((await terminal.ended()).slice(0, 3), [
    "key cancelled",
    "restored true, waits true",
    "reading",
  ]);
});

Deno.test("without a terminal the wait for a key fails", async () => {
  const { text, errors } = await output([...SELF, "key", "/"]);
  assertEquals(text, "ready\n");
  assert(errors.includes("SystemCallError: ioctl: Inappropriate ioctl for device"), errors);
});

/** Runs the program with another `/dev/console`, or without one. */
async function withConsole(setUp: string, args: readonly string[]): Promise<string> {
  const { text, errors } = await output([
    ...["unshare", "--mount", "--propagation", "private", "sh", "-ec", `${setUp}\nexec "$@"`, "sh"],
    ...[...SELF, ...args],
  ]);
  assertEquals(errors, "");
  return text;
}

Deno.test({
  ...rootOnly("the console becomes the standard descriptors", "needs a namespace of mounts"),
  async fn() {
    using directory = temporaryDirectory();
    const console = `${directory.path}/console`;
    Deno.writeTextFileSync(console, "");
    const bind = `mount --bind '${console}' /dev/console`;
    for (
      const [args, places] of [
        [[], "/dev/console, /dev/console, /dev/console"],
        [["output"], "as before, /dev/console, as before"],
      ] as const
    ) {
      Deno.writeTextFileSync(console, "");
      assertEquals(await withConsole(bind, ["console", ...args]), "");
      assertEquals(
        Deno.readTextFileSync(console),
        `the runtime's stream\nthe output\n${places}; terminal false\n`,
      );
    }
  },
});

Deno.test({
  ...rootOnly("a terminal as console is opened, and can be written to", "needs a namespace of mounts"),
  async fn() {
    const bind = 'mount --bind "$(tty)" /dev/console; exec "$@" </dev/null 2>/dev/null';
    const wrapper = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", bind, "sh"];
    await using terminal = new OnTerminal(["console"], wrapper);
    assertEquals(await terminal.ended(), [
      "the runtime's stream",
      "the output",
      "/dev/console, /dev/console, /dev/console; terminal true",
      "",
    ]);
  },
});

Deno.test({
  ...rootOnly("without a console the standard descriptors are kept", "needs a namespace of mounts"),
  async fn() {
    const text = await withConsole("mount -t tmpfs none /dev", ["console"]);
    assertEquals(text, "the runtime's stream\nthe output\nas before, as before, as before; terminal false\n");
  },
});

Deno.test({
  ...rootOnly("operations that the kernel does not permit are reported or ignored", "needs namespaces"),
  async fn() {
    const { text } = await output([
      ...["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"],
      ...[...SELF, "namespace"],
    ]);
    assertEquals(text, "restart: 22\n"); // a namespace has no other kernel to execute
  },
});

Deno.test("a descriptor that is not open is no connection", () => {
  const error = assertThrows(() => Machine.open().connection(987), SystemCallError);
  assertEquals((error as SystemCallError).errno, 9);
});
