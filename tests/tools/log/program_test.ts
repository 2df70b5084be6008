/** `dinit log` as a process: signals, and log files that are missing, full, replaced or no files at all. */

import { assert, assertEquals } from "@std/assert";
import { encodeBytes } from "../../../src/model/mod.ts";
import { endOf, killUnlessEnded, outputOf } from "../../_processes.ts";
import { soon, until } from "../../_patience.ts";
import { rootOnly } from "../../_needs.ts";
import { dinitCommand, runDinit } from "../../e2e/_dinit.ts";

/** A folder, and a running `dinit log`. */
class Program implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-log-" });
  #child: Deno.ChildProcess | undefined;
  #input: WritableStreamDefaultWriter<Uint8Array> | undefined;
  /** What it has printed on standard error. */
  errors = "";
  #reading: Promise<void> = Promise.resolve();

  start(...args: string[]): this {
    const [program, ...words] = dinitCommand(["log", ...args]);
    const child = new Deno.Command(program, {
      args: words,
      cwd: this.folder,
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#reading = this.#read(child.stderr);
    return this;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) this.errors += decoder.decode(chunk, { stream: true });
  }

  async write(text: string): Promise<void> {
    await soon(this.#input!.write(encodeBytes(text)), "room in the pipe");
  }

  signal(signal: Deno.Signal): void {
    this.#child!.kill(signal);
  }

  /** The content of a file in the folder; empty if it does not exist. */
  read(name: string): string {
    try {
      return Deno.readTextFileSync(`${this.folder}/${name}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  /** The names in the folder. */
  names(): string[] {
    return Array.from(Deno.readDirSync(this.folder), ({ name }) => name);
  }

  /** Waits until a file has this content. */
  async has(name: string, text: string): Promise<void> {
    await until(() => this.read(name) === text, () => `${name}: ${this.read(name)}; errors: ${this.errors}`);
  }

  /** The exit status after the end of its input, or after a signal. */
  async end({ close = true } = {}): Promise<number> {
    const child = this.#child!;
    if (close) await this.#input!.close().catch(() => {});
    const { code } = await endOf(child, () => `dinit log; it printed: ${this.errors}\nIt`);
    await soon(this.#reading, "the end of its output");
    this.#child = undefined;
    if (!close) await this.#input!.close().catch(() => {});
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined) {
      killUnlessEnded(this.#child);
      await this.end({ close: false });
    }
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("the input goes to DIR/current, or to the named file", async () => {
  await using program = new Program().start("new/");
  await program.write("one\n");
  await program.has("new/current", "one\n");
  assertEquals(await program.end(), 0);
  program.start("new", "--timestamps=no");
  await program.write("two");
  assertEquals(await program.end(), 0);
  program.start("file");
  await program.write("three\n");
  assertEquals(await program.end(), 0);
  assertEquals([program.read("new/current"), program.read("file"), program.errors], [
    "one\ntwo",
    "three\n",
    "",
  ]);
});

Deno.test("HUP opens the file again", async () => {
  await using program = new Program().start("log");
  await program.write("one\n");
  await program.has("log", "one\n");
  Deno.renameSync(`${program.folder}/log`, `${program.folder}/renamed`);
  program.signal("SIGHUP");
  // Nothing is written meanwhile: only the signal makes it create the file.
  await until(() => program.names().includes("log"), () => `the new file; errors: ${program.errors}`);
  await program.write("two\n");
  await program.has("log", "two\n");
  assertEquals(await program.end(), 0);
  assertEquals(program.read("renamed"), "one\n");
});

Deno.test("TERM writes what the pipe holds, and leaves later output to the successor", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    // The shell keeps both ends of the pipe. The writer writes while programs come and go.
    const log = dinitCommand(["log", "log", "--max-size=0"]).map((word) => `'${word}'`).join(" ");
    const script = `mkfifo pipe && exec 3<>pipe && touch log
      (i=0; while [ ! -e stop ]; do i=$((i+1)); echo "line $i"; done; echo "line $((i+1))"; echo end) >&3 &
      for turn in 1 2 3 4; do
        size=$(stat -c %s log)
        ${log} <&3 & log=$!
        while [ $(stat -c %s log) = $size ]; do sleep 0.01; done
        kill -TERM $log; wait $log || exit 1
      done
      touch stop
      ${log} <&3 & log=$!
      while [ "$(tail -n 1 log)" != end ]; do sleep 0.05; done
      kill -TERM $log; wait $log`;
    const { code, stderr } = await outputOf("/bin/sh", { args: ["-c", script], cwd: folder });
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    const lines = Deno.readTextFileSync(`${folder}/log`).split("\n");
    assertEquals(lines.splice(-2), ["end", ""]);
    assertEquals(lines.findIndex((line, index) => line !== `line ${index + 1}`), -1);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a folder that is removed or replaced, and a file that is removed or truncated, get the next lines", async () => {
  await using program = new Program().start("dir/", "--max-size=1K");
  await program.write("one\n");
  await program.has("dir/current", "one\n");
  let line = 0;
  const arrives = async (name: string) => {
    const own = `line ${++line}\n`;
    // Lines of the first half second may still go to the removed file.
    await until(
      async () => {
        await program.write(own);
        return program.read(name).includes(own);
      },
      () => `the next line in ${name}; errors: ${program.errors}`,
      50,
    );
  };
  Deno.removeSync(`${program.folder}/dir`, { recursive: true });
  await arrives("dir/current");
  Deno.renameSync(`${program.folder}/dir`, `${program.folder}/old`);
  Deno.mkdirSync(`${program.folder}/dir`);
  await arrives("dir/current");
  Deno.removeSync(`${program.folder}/dir/current`);
  await arrives("dir/current");
  Deno.truncateSync(`${program.folder}/dir/current`);
  await arrives("dir/current");
  assertEquals([await program.end(), program.errors], [0, ""]);
});

Deno.test("output is held until the folder of the log exists, and no line is lost", async () => {
  await using program = new Program().start("later/there/log");
  await program.write("one\n");
  await until(() => program.errors !== "", "the message");
  assertEquals(
    program.errors,
    "dinit-log: cannot write later/there/log: No such file or directory; the last 1 MB of output are kept in memory\n",
  );
  await program.write("two\n");
  Deno.mkdirSync(`${program.folder}/later`);
  await program.has("later/there/log", "one\ntwo\n");
  assertEquals(await program.end(), 0);
  assert(program.errors.endsWith("\ndinit-log: later/there/log is written again\n"), program.errors);
});

Deno.test("a FIFO, a device and a link are written, and only the target of a link is rotated", async () => {
  await using program = new Program();
  const path = (name: string) => `${program.folder}/${name}`;
  await outputOf("mkfifo", { args: [path("fifo")] });
  program.start("fifo", "--max-size=10");
  await program.write("before the reader\n");
  const reader = new Deno.Command("head", { args: ["-n", "3", path("fifo")], stdout: "piped" }).spawn();
  await program.write("second line\nthird line\n");
  const { stdout } = await soon(reader.output(), "the reader of the FIFO");
  assertEquals(new TextDecoder().decode(stdout), "before the reader\nsecond line\nthird line\n");
  assertEquals(await program.end(), 0);

  program.start("/dev/null", "--max-size=10");
  await program.write("first line\nsecond line\n");
  assertEquals(await program.end(), 0);

  Deno.mkdirSync(path("target"));
  Deno.symlinkSync("target/real", path("link"));
  program.start("link", "--max-size=10");
  await program.write("first line\nsecond line\n");
  assertEquals(await program.end(), 0);
  assertEquals([program.read("target/real.1"), program.read("link")], ["first line\n", "second line\n"]);
  assertEquals(Deno.lstatSync(path("link")).isSymlink, true);
});

/** Runs a script of the shell in a namespace with a file system of 5 MB in `mount`. */
async function withSmallDisk(script: (log: string) => string): Promise<string> {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-log-" });
  try {
    Deno.mkdirSync(`${folder}/mount`);
    const log = dinitCommand(["log"]).map((word) => `'${word}'`).join(" ");
    const text = `set -e; mount -t tmpfs -o size=5M none mount; ${script(log)}`;
    const { stdout, stderr } = await outputOf("unshare", {
      args: ["--mount", "/bin/sh", "-c", text],
      cwd: folder,
    });
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test({
  ...rootOnly(
    "a full disk is reported once, and when there is room the log continues with the last lines",
    "mounts",
  ),
  fn: async () => {
    const output = await withSmallDisk((log) => `
      head -c 4900000 /dev/zero > mount/filling
      { seq -f 'line %07g of a service that writes' 1 100000; touch written; while [ -e mount/filling ]; do sleep 0.05; done; 
        until grep -q 'line 0100000' mount/log; do sleep 0.05; done; echo last; } | ${log} mount/log --max-size=0 2>errors & log=$!
      until [ -e written ] && [ -s errors ]; do sleep 0.05; done
      rm mount/filling; wait $log
      cat errors; grep -c . mount/log; tail -n 2 mount/log; grep -n 'dinit-log' mount/log; 
      grep -v 'dinit-log\\|^last$' mount/log | sort -c && echo sorted
      grep -v '^line [0-9]* of a service that writes$' mount/log | grep -v '^last$\\|dinit-log' | wc -l`);
    const lines = output.trim().split("\n");
    assertEquals(
      lines.slice(0, 1),
      ["dinit-log: cannot write mount/log: No space left on device; the last 1 MB of output are kept in memory"],
      output,
    );
    assert(/^dinit-log: mount\/log is written again; \d+ bytes of output were lost$/.test(lines[1]), output);
    assertEquals(lines.at(-2), "sorted", output);
    assert(output.includes("bytes of output were lost: No space left on device)"), output);
    // Only the line in which the disk was full is incomplete.
    assert(Number(lines.at(-1)) <= 1, output);
    assert(lines.includes("last"), output);
  },
});

Deno.test({
  ...rootOnly(
    "a log on a file system that is read-only at first gets its lines when it is writable",
    "mounts",
  ),
  fn: async () => {
    const output = await withSmallDisk((log) => `
      mount -o remount,ro mount
      { seq 1 1000; until [ -s mount/log ]; do sleep 0.05; done; } | ${log} mount/log 2>errors & log=$!
      until [ -s errors ]; do sleep 0.05; done
      mount -o remount,rw mount; wait $log; cat errors; seq 1 1000 | cmp - mount/log && echo same`);
    assertEquals(output.trim().split("\n"), [
      "dinit-log: cannot write mount/log: Read-only file system; the last 1 MB of output are kept in memory",
      "dinit-log: mount/log is written again",
      "same",
    ]);
  },
});

Deno.test("a wrong command line is refused with the reason, and nothing is written", async () => {
  for (
    const [args, reason] of [
      [[], "no directory or file is named"],
      [["a", "b"], "more than one file: a, b"],
      [["--bad", "a"], "unknown option: --bad"],
      [["--max-size=1x", "a"], "--max-size should be followed by a size such as 512K, 10M or 1G"],
      [["--max-age", "x", "a"], "--max-age should be followed by a duration such as 90m, 1h or 1d"],
      [["--format=xml", "a"], "--format should be followed by one of: text, json"],
      [["a", "--keep"], "--keep should be followed by a number"],
    ] as const
  ) {
    const { code, stderr } = await runDinit(["log", ...args]);
    assertEquals([code, stderr], [1, `dinit-log: ${reason} (use --help for help)\n`]);
  }
});
