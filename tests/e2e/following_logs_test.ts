/** `dinitctl logs` against the real daemon, in pipes and in a real terminal of 80 columns. */

import { assert, assertEquals } from "@std/assert";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { soon, until } from "../_patience.ts";
import { Dinit, dinitCommand } from "./_dinit.ts";

const SERVICES = {
  boot: "type = internal\nwaits-for = file\nwaits-for = buffer\n",
  file: 'type = scripted\ncommand = /bin/sh -c "echo in the file"\nlogfile = file.log\n',
  buffer: 'type = scripted\ncommand = /bin/sh -c "echo in the buffer"\nlog-type = buffer\n',
  later: 'type = scripted\ncommand = /bin/sh -c "echo brief"\nlogfile = later.log\n',
  "later-buffer": 'type = scripted\ncommand = /bin/sh -c "echo brief in the buffer"\nlog-type = buffer\n',
  failing: 'type = process\ncommand = /bin/sh -c "echo going; sleep 0.1; exit 3"\nlogfile = failing.log\n' +
    "restart = yes\nrestart-delay = 0.01\nrestart-limit-count = 1\n",
};

/** `dinitctl logs -f` in a process. */
class Following implements AsyncDisposable {
  output = "";
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;

  constructor(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [program, ...args] = command;
    this.#child = new Deno.Command(program, { args, env, stdin: "null", stdout: "piped", stderr: "inherit" })
      .spawn();
    this.#reading = this.#read();
  }

  static of(dinit: Dinit, ...args: string[]): Following {
    return new Following(dinitCommand(["ctl", "-p", dinit.socket, "logs", "-f", ...args]));
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) this.output += decoder.decode(chunk, { stream: true });
  }

  /** Waits until the output contains a text. */
  async shows(text: string): Promise<void> {
    await until(() => this.output.includes(text), () => `"${text}" in:\n${this.output}`);
  }

  async ended(): Promise<number> {
    const { code } = await endOf(this.#child, () => `logs -f, which printed:\n${this.output}\nIt`);
    await soon(this.#reading, "the end of its output");
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killUnlessEnded(this.#child, "SIGKILL");
    await this.ended();
  }
}

async function withDaemon(test: (dinit: Dinit) => Promise<void>): Promise<void> {
  const relative = Object.entries(SERVICES);
  await using dinit = new Dinit({});
  for (const [name, text] of relative) {
    dinit.write(`sd/${name}`, text.replace(/^logfile = /m, `logfile = ${dinit.directory}/`));
  }
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  await test(dinit);
}

Deno.test("logs shows files and buffers alike, also of a process that lived a few milliseconds", () =>
  withDaemon(async (dinit) => {
    const { stdout, stderr } = await dinit.ctl("logs");
    assertEquals([stdout.split("\n").sort(), stderr], [
      ["", "buffer | in the buffer", "file   | in the file"],
      "",
    ]);
    await dinit.ctl("start", "later");
    assertEquals((await dinit.ctl("logs", "later")).stdout, "brief\n");
  }));

Deno.test("logs -f shows services that are loaded later, restarts and their reasons, and ends with the daemon", () =>
  withDaemon(async (dinit) => {
    await using following = Following.of(dinit);
    await following.shows("buffer | in the buffer");
    await dinit.ctl("start", "later", "later-buffer");
    await following.shows("| brief\n");
    await following.shows("later-buffer | brief in the buffer\n");
    await dinit.ctl("start", "--no-wait", "failing");
    await following.shows("-- failing restarted (exit 3) --\n");
    await following.shows("-- failing stopped (exit 3) --\n");
    await dinit.stop();
    assertEquals(await following.ended(), 0);
    assertEquals(following.output.match(/going/g)?.length, 2);
    assertEquals(following.output.match(/brief\n/g)?.length, 1);
  }));

Deno.test("logs -f continues when a log file is rotated or truncated", () =>
  withDaemon(async (dinit) => {
    await using following = Following.of(dinit, "-n", "0", "file");
    const path = `${dinit.directory}/file.log`;
    const append = (text: string) => Deno.writeTextFileSync(path, text, { append: true });
    let count = 0;
    // The first line that it shows tells that it follows.
    await until(
      () => {
        append(`line ${++count}\n`);
        return following.output !== "";
      },
      "the first line",
      50,
    );
    append("before\n");
    Deno.renameSync(path, `${path}.1`);
    append("after\n");
    await following.shows("before\nafter\n");
    Deno.truncateSync(path);
    append("x\n");
    await following.shows("after\nx\n");
    assert(!following.output.includes("in the file"));
  }));

Deno.test("logs in a terminal of 80 columns has coloured names and marks, and wraps long lines beside the names", () =>
  withDaemon(async (dinit) => {
    Deno.writeTextFileSync(`${dinit.directory}/file.log`, `${"0123456789".repeat(10)}\n`, { append: true });
    const words = dinitCommand(["ctl", "-p", dinit.socket, "logs"]).map((word) => `'${word}'`).join(" ");
    const { stdout } = await outputOf("script", {
      args: ["--quiet", "--return", "--command", `stty cols 80; ${words}`, "/dev/null"],
      env: { TERM: "xterm", NO_COLOR: "" },
      stdin: "null",
    });
    const lines = new TextDecoder().decode(stdout).replaceAll("\r\n", "\n").split("\n");
    // deno-lint-ignore no-control-regex
    const plain = lines.map((line) => line.replaceAll(/\x1b\[\d*m/g, ""));
    assert(plain.includes("buffer │ in the buffer"), plain.join("\n"));
    const digits = "0123456789".repeat(10);
    const at = plain.indexOf(`file   │ ${digits.slice(0, 71)}`);
    assert(at >= 0 && plain[at].length === 80, plain.join("\n"));
    assertEquals(plain[at + 1], `file   │ ${digits.slice(71)}`);
    // deno-lint-ignore no-control-regex
    assert(/^\x1b\[\d+mfile {3}│\x1b\[0m /.test(lines[at]), lines[at]);
  }));
