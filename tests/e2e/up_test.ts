/** `dinit up` in a real terminal of 80 columns and in a pipe, as the developer of a project uses it. */

import { assert, assertEquals } from "@std/assert";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { until } from "../_patience.ts";
import { dinitCommand } from "./_dinit.ts";

/** The services end only when they are asked to; `stubborn` not even then. */
const SERVICES = `
[service.web]
command = ["/bin/sh", "-c", "echo web is here; exec sleep 1000"]
waits-for = "db"

[service.db]
command = ["/bin/sh", "-c", "echo db is here; exec sleep 1000"]
`;
const STUBBORN = `
[service.stubborn]
command = ["/bin/sh", "-c", "trap 'echo not yet' TERM; echo stubborn is here; while :; do sleep 0.1; done"]
stop-timeout = 0
`;

/** A project in a temporary folder. What it has started ends with the test. */
class ProjectFolder implements AsyncDisposable {
  readonly path = Deno.makeTempDirSync({ prefix: "dinit-up-" });
  readonly #programs: Program[] = [];

  constructor(services: string) {
    Deno.writeTextFileSync(`${this.path}/dinit.toml`, services);
  }

  /** Runs the program to its end. */
  async run(...args: string[]) {
    const [program, ...words] = dinitCommand(args);
    const env = { DENO: Deno.execPath() };
    const { code, stdout, stderr } = await outputOf(program, { args: words, cwd: this.path, env });
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  }

  /** The output of `ctl` for this instance. */
  async ctl(...args: string[]): Promise<string> {
    return (await this.run("ctl", "-p", `${this.path}/.dinit/socket`, ...args)).out;
  }

  /** Starts the program in a terminal. */
  inTerminal(...args: string[]): Program {
    const line = dinitCommand(args).map((word) => `'${word}'`).join(" ");
    const command = ["--quiet", "--return", "--command", `stty cols 80 rows 24; exec ${line}`, "/dev/null"];
    return this.#start("script", command);
  }

  /** Starts the program with its output in a pipe. */
  inPipe(...args: string[]): Program {
    const [program, ...words] = dinitCommand(args);
    return this.#start(program, words);
  }

  #start(name: string, args: string[]): Program {
    const program = new Program(name, args, this.path);
    this.#programs.push(program);
    return program;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program.close();
    await this.ctl("signal", "KILL", "stubborn");
    await this.run("down");
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** A program whose output is read while it runs. */
class Program {
  output = "";
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;

  constructor(program: string, args: string[], cwd: string) {
    const env = { TERM: "xterm", NO_COLOR: "1" };
    const streams = { stdin: "piped", stdout: "piped", stderr: "inherit" } as const;
    this.#child = new Deno.Command(program, { args, cwd, env, ...streams }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) this.output += decoder.decode(chunk, { stream: true });
  }

  /** Waits until the output contains a text. @param from only behind this position. @default 0 */
  async shows(text: string, from = 0): Promise<void> {
    await until(() => this.output.includes(text, from), () => `"${text}" in:\n${this.output}`);
  }

  async type(text: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(text));
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async ended(): Promise<number> {
    const { code } = await endOf(this.#child, () => `up, which printed:\n${this.output}\nIt`);
    await this.#input.close().catch(() => {}); // the terminal has gone
    await this.#reading;
    return code;
  }

  async close(): Promise<void> {
    killUnlessEnded(this.#child, "SIGTERM");
    await this.ended();
  }
}

const CTRL_C = "\x03";

Deno.test("up shows lines and a summary, its keys steer services, a second up leaves them, and Ctrl-C stops them", async () => {
  await using project = new ProjectFolder(SERVICES);
  const up = project.inTerminal("up");
  await up.shows("web is here");
  await up.shows("db is here");
  await up.shows("2 of 2 ready in ");
  assert(up.output.includes(" ✓ web  ready"), up.output);
  assert(up.output.includes("l logs  r restart  s stop  q quit"), up.output);
  assertEquals(Deno.statSync(`${project.path}/.dinit`).mode! & 0o777, 0o700);
  assertEquals(Deno.readTextFileSync(`${project.path}/.dinit/.gitignore`), "*\n");

  let from = up.output.length;
  await up.type("sweb\r");
  await up.shows(" – web  stopped", from);
  from = up.output.length;
  await up.type("rweb\r");
  await up.shows(" ✓ web  ready", from);

  const second = project.inTerminal("up");
  await second.shows("2 of 2 ready");
  await second.type(CTRL_C);
  assertEquals(await second.ended(), 0);
  assert(second.output.includes("the services go on"), second.output);
  assert((await project.ctl("list")).includes("web"));

  await up.type(CTRL_C);
  assertEquals(await up.ended(), 0);
  assert(up.output.includes("dinit: stopped in "), up.output);
  assertEquals((await project.run("down")).err, `dinit down: nothing runs in ${project.path}\n`);
});

Deno.test("a second Ctrl-C does not wait for a service that does not stop", async () => {
  await using project = new ProjectFolder(STUBBORN);
  const up = project.inTerminal("up");
  await up.shows("stubborn is here");
  await up.shows("1 of 1 ready");
  await up.type(CTRL_C);
  await up.shows("not yet");
  // The daemon takes two signals within a fifth of a second for one, so the key is pressed until it counts.
  const pressing = setInterval(() => void up.type(CTRL_C).catch(() => {}), 300);
  try {
    assertEquals(await up.ended(), 0);
  } finally {
    clearInterval(pressing);
  }
});

Deno.test("in a pipe, up writes plain lines, and ends with status 1 when a service has failed for good", async () => {
  const broken = '[service.bad]\ncommand = ["/bin/sh", "-c", "echo no luck; exit 3"]\nrestart = false\n';
  await using project = new ProjectFolder(SERVICES + broken);
  const { code, out, err } = await project.run("up");
  assertEquals([code, err], [1, ""]);
  assert(/^web +\| web is here$/m.test(out), out);
  assert(out.includes(" x bad  exit 3: no luck\n"), out);
  assert(out.includes("dinit: a service has failed: stopping all others"), out);
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x1b\r]/.test(out), false, out);

  const going = project.inPipe("up", "--keep-going");
  await going.shows(" x bad  exit 3: no luck\n");
  going.signal("SIGTERM");
  assertEquals(await going.ended(), 0);
});

Deno.test("up --detach returns when the services are ready, down stops them, and a mistake starts nothing", async () => {
  await using project = new ProjectFolder(SERVICES);
  const { code, out } = await project.run("up", "--detach", "db");
  assertEquals(
    [code, /^ [+] db {2}ready .*\n1 of 1 ready in .*\n$/.test(out)],
    [0, true],
    JSON.stringify(out),
  );
  // Of several calls at the same time, none starts a second daemon.
  const calls = await Promise.all(["web", "db"].map((name) => project.run("up", "--detach", name)));
  assertEquals(calls.map(({ code }) => code), [0, 0]);
  assertEquals(await project.ctl("stop", "w*"), "Service 'web' stopped.\n");
  assertEquals((await project.ctl("start", "--all")).includes("Service 'web' started."), true);
  assertEquals((await project.run("down", "./dinit.toml")).code, 0);

  Deno.writeTextFileSync(`${project.path}/dinit.toml`, `${SERVICES}\nwait-for = "db"\n`);
  const wrong = await project.run("up");
  assertEquals([wrong.code, wrong.out], [1, ""]);
  assertEquals(
    wrong.err,
    "dinit: the descriptions have mistakes; nothing was started\n" +
      "    Service 'db' (dinit.toml:9:1): unknown setting: 'wait-for'.\n" +
      "        did you mean `waits-for`?\n",
  );
});

Deno.test("up makes descriptions from services in TypeScript, which run beside the plain ones of the folder", async () => {
  await using project = new ProjectFolder("");
  const folder = `${project.path}/dinit.d`;
  const webFile = (command: string) =>
    'import { defineService } from "@dinit/dinit/service";\n' +
    `export default defineService({ command: ${command}, "env-file": "web.env", "depends-on": "db" });\n`;
  Deno.mkdirSync(folder);
  Deno.writeTextFileSync(`${folder}/db`, "type = process\ncommand = /bin/sleep 1000\n");
  Deno.writeTextFileSync(`${folder}/web.env`, "GREETING=hello\n");
  Deno.writeTextFileSync(
    `${folder}/web.service.ts`,
    webFile('["/bin/sh", "-c", "echo $GREETING >greeting; exec sleep 1000"]'),
  );
  const { code, out, err } = await project.run("up", "--detach");
  assertEquals([code, err], [0, ""]);
  assert(out.includes(" + db   ready") && out.includes(" + web  ready"), out);
  await until(() => exists(`${folder}/greeting`), "the file of the service");
  assertEquals((await project.run("down")).code, 0);

  Deno.writeTextFileSync(
    `${folder}/web.service.ts`,
    webFile("3 as unknown as string").replace("depends-on", "depend-on"),
  );
  const wrong = await project.run("up");
  assertEquals([wrong.code, wrong.out], [1, ""]);
  assert(wrong.err.includes("Service 'web' (dinit.d/web.service.ts:2:"), wrong.err);
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}
