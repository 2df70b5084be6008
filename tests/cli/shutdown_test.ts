/** The shutdown program: its command line, and its requests to the daemon (daemon and init 7.1, 7.2). */

import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { outputOf } from "../_processes.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import type { ByteStream } from "../../src/client/mod.ts";
import { manualSources } from "../../src/cli/manual/main.ts";
import { runShutdown, type ShutdownIo } from "../../src/cli/shutdown/main.ts";
import { type OutputSink, ShutdownOutput } from "../../src/cli/shutdown/output.ts";
import { shutDown, type ShutdownMachine } from "../../src/cli/shutdown/direct.ts";
import { ShutdownType } from "../../src/model/mod.ts";
import type { RunEnd } from "../../src/system/machine_run.ts";
import { type Answer, FakeIo, StandIn } from "./_stand_in.ts";

const HELP = `shutdown :   shutdown the system
  --help           : show this help
  -r               : reboot.
  -s               : soft-reboot (restart dinit with same boot-time arguments).
  -h               : halt system.
  -p               : power down (default).
  -k               : execute kernel loaded via kexec.
  --use-passed-cfd : use the socket file descriptor identified by the DINIT_CS_FD
                     environment variable to communicate with the init daemon.
  --system         : perform shutdown immediately, instead of issuing shutdown
                     command to the init program. Not recommended for normal use.
`;

/** Surroundings in which nothing can be shut down. */
class ShutdownSurroundings extends FakeIo implements ShutdownIo {
  readonly socketPath: string;
  /** The shutdowns that were performed directly. */
  readonly done: ShutdownType[] = [];
  /** The descriptors that were to be used. */
  readonly descriptors: number[] = [];
  slept = false;

  constructor(socketPath = "/nowhere/socket", env: Record<string, string> = {}) {
    super({ env });
    this.socketPath = socketPath;
  }

  async connection(fd: number): Promise<ByteStream> {
    this.descriptors.push(fd);
    return await Deno.connect({ transport: "unix", path: this.socketPath });
  }

  shutDown(type: ShutdownType): Promise<number> {
    this.done.push(type);
    return Promise.resolve(0);
  }

  sleep(): Promise<void> {
    this.slept = true;
    return Promise.resolve();
  }
}

async function run(args: readonly string[], io = new ShutdownSurroundings()) {
  const status = await runShutdown(args, io);
  return { out: io.output, err: io.errors, status, io };
}

Deno.test("shutdown case 75: help, also for words, is a failure", async () => {
  for (const args of [["--help"], ["now"], ["-r", "+5", "--system"], [""]]) {
    const { out, err, status, io } = await run(args);
    assertEquals([out, err, status, io.done], [HELP, "", 1, []], args.join(" "));
  }
  const { out } = await run(["--called=/sbin/soft-reboot", "--help"]);
  assertEquals(out, HELP.replace("shutdown :", "soft-reboot :"));
});

Deno.test("shutdown case 76: an unknown option is reported, unless --help comes before it", async () => {
  for (const args of [["-x"], ["now", "-x"], ["--system", "-x"], ["-x", "--help"]]) {
    const { out, err, status, io } = await run(args);
    const message = "Unrecognized command-line parameter: -x\n";
    assertEquals([out, err, status, io.done], ["", message, 1, []], args.join(" "));
  }
  assertEquals((await run(["--help", "-x"])).out, HELP);
  for (const word of ["-", "--", "-rp", "--called=halt"]) {
    assertEquals((await run(["-r", word])).err, `Unrecognized command-line parameter: ${word}\n`);
  }
});

Deno.test("shutdown case 77: no daemon, or no answer at the socket", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-shutdown-" });
  const path = `${directory}/socket`;
  const { out, err, status } = await run([], new ShutdownSurroundings(path));
  assertEquals([out, err, status], ["", "connect: No such file or directory\n", 1]);
  // A socket without a listener is left by a listener that did not clean up: Deno's does.
  const program = "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])";
  assert((await outputOf("python3", { args: ["-c", program, path] })).success);
  assertEquals((await run([], new ShutdownSurroundings(path))).err, "connect: Connection refused\n");
  Deno.removeSync(directory, { recursive: true });
});

const ACK: Answer = { type: Reply.ACK };

/** Runs the program against a daemon that answers as given. */
async function ask(args: readonly string[], answers: readonly Answer[] = [ACK], script = {}, env = {}) {
  await using daemon = new StandIn({ ...script, on: { [Request.SHUTDOWN]: answers } });
  const result = await run(args, new ShutdownSurroundings(daemon.path, env));
  return { ...result, kinds: daemon.received(Request.SHUTDOWN).map(({ kind }) => kind) };
}

Deno.test("shutdown case 78: each name and option asks for its kind of shutdown, and waits for the end", async () => {
  const { HALT, KEXEC, POWEROFF, REBOOT, SOFTREBOOT } = ShutdownType;
  for (
    const [args, kind] of [
      [[], POWEROFF],
      [["--called=shutdown"], POWEROFF],
      [["--called=halt"], POWEROFF],
      [["--called=poweroff"], POWEROFF],
      [["--called=/usr/sbin/reboot"], REBOOT],
      [["--called=soft-reboot"], SOFTREBOOT],
      [["--called=something"], POWEROFF],
      [["-h"], HALT],
      [["--called=reboot", "-p"], POWEROFF],
      [["-k"], KEXEC],
      [["-s"], SOFTREBOOT],
      [["-r", "-h"], HALT],
    ] as const
  ) {
    const { out, err, io, kinds } = await ask(args);
    assertEquals(
      [out, err, kinds, io.slept],
      ["Issuing shutdown command...\n", "", [kind], true],
      args.join(),
    );
  }
});

Deno.test("shutdown case 85: with --system the last kind wins as well, and no daemon is asked", async () => {
  assertEquals((await run(["-r", "--system", "-p", "-s"])).io.done, [ShutdownType.SOFTREBOOT]);
  assertEquals((await run(["--system"])).io.done, [ShutdownType.POWEROFF]);
  assertEquals((await run(["--called=reboot", "--system"])).io.done, [ShutdownType.REBOOT]);
});

Deno.test("a daemon that refuses, exits, or has another protocol version", async () => {
  const protocol = "shutdown: control socket protocol error\n";
  const lost = "shutdown: control socket read failure or protocol error\n";
  for (
    const [answers, err] of [
      [[{ type: Reply.NAK }], protocol],
      [[{ type: Reply.BADREQ }, "close"], protocol],
      [[new Uint8Array([7])], protocol],
      [["close"], lost],
    ] as const
  ) {
    const result = await ask([], answers);
    assertEquals([result.err, result.status, result.io.slept], [err, 1, false]);
    assertEquals(result.out, "Issuing shutdown command...\n");
  }
  const tooOld = "shutdown: server too old or protocol error\n";
  for (
    const [script, err] of [
      [{ minimum: 6, version: 9 }, "shutdown: too old (server reports newer protocol version)\n"],
      [{ version: 0, minimum: 0 }, tooOld],
    ] as const
  ) {
    const result = await ask([], [ACK], script);
    assertEquals([result.out, result.err, result.status, result.kinds], ["", err, 1, []]);
  }
  assertEquals((await ask([], [ACK], { minimum: 5, version: 9 })).io.slept, true);

  await using strange = new StandIn({ on: { [Request.QUERYVERSION]: [ACK] } });
  assertEquals((await run([], new ShutdownSurroundings(strange.path))).err, tooOld);
});

Deno.test("information between request and reply is skipped", async () => {
  const information = new Uint8Array([127, 4, 0, 0]);
  assertEquals((await ask([], [information, ACK])).io.slept, true);
});

Deno.test("--use-passed-cfd takes the descriptor, or the socket if there is none", async () => {
  for (
    const [value, descriptors] of [["7", [7]], [" 8x", [8]], ["x7", []], ["", []], [undefined, []]] as const
  ) {
    const env = value === undefined ? {} : { DINIT_CS_FD: value };
    const { io } = await ask(["--use-passed-cfd"], [ACK], {}, env);
    assertEquals([io.descriptors, io.slept], [descriptors, true], value);
  }
  assertEquals((await ask([], [ACK], {}, { DINIT_CS_FD: "7" })).io.descriptors, []);
});

/** A machine that only records its calls. */
class PaperMachine implements ShutdownMachine {
  readonly steps: string[] = [];
  readonly #ends: Record<string, RunEnd | Error>;
  readonly #restart: number;
  readonly output: OutputSink = {
    write: (bytes) => {
      this.steps.push(new TextDecoder().decode(bytes).trimEnd());
      return Promise.resolve(bytes.length);
    },
  };

  constructor(ends: Record<string, RunEnd | Error> = {}, restart = 0) {
    this.#ends = ends;
    this.#restart = restart;
  }

  openConsole(): void {
    this.steps.push("(console)");
  }
  signalAll(signal: number): void {
    this.steps.push(`(signal ${signal})`);
  }
  run(path: string, args: readonly string[]): Promise<RunEnd> {
    this.steps.push(`(run ${path} ${args.join(" ")})`);
    const end = this.#ends[path] ?? { exit: { kind: "exited", code: 0 } };
    return end instanceof Error ? Promise.reject(end) : Promise.resolve(end);
  }
  sync(): void {
    this.steps.push("(sync)");
  }
  restart(kind: string): number {
    this.steps.push(`(restart ${kind})`);
    return this.#restart;
  }
}

/** The calls and messages, in order; a message may be recorded slightly after its call. */
async function steps(type: ShutdownType, machine: PaperMachine) {
  await shutDown(type, machine);
  const said = machine.steps.filter((step) => !step.startsWith("("));
  return { said, done: machine.steps.filter((step) => step.startsWith("(")) };
}

Deno.test("the machine is taken down step by step", async () => {
  const { said, done } = await steps(ShutdownType.POWEROFF, new PaperMachine());
  assertEquals(said, [
    "Sending TERM/KILL to all processes...",
    "Turning off swap...",
    "Unmounting disks...",
    "Issuing shutdown via kernel...",
  ]);
  assertEquals(done, [
    "(console)",
    "(signal 15)",
    "(signal 9)",
    "(run /sbin/swapoff -a)",
    "(run /bin/umount -a -r)",
    "(sync)",
    "(restart poweroff)",
  ]);
});

Deno.test("each failure is reported, and the other steps are done", async () => {
  const machine = new PaperMachine({
    "/sbin/swapoff": { errno: 11 },
    "/bin/umount": { errno: 2 },
  }, 1);
  const { said, done } = await steps(ShutdownType.KEXEC, machine);
  assertEquals(said.slice(1), [
    "Turning off swap...",
    "Couldn't fork for swapoff: Resource temporarily unavailable",
    "Unmounting disks...",
    "/bin/umount: No such file or directory",
    "Issuing shutdown via kernel...",
    "reboot: Operation not permitted",
    "It is possible that no suitable kernel image was loaded before",
    "reboot with kexec was attempted.",
  ]);
  assertEquals(done.slice(-2), ["(sync)", "(restart kexec)"]);

  const broken = await steps(
    ShutdownType.REBOOT,
    new PaperMachine({ "/sbin/swapoff": new Error("out of luck") }),
  );
  assert(broken.said.includes("shutdown: out of luck"));
  assertEquals(broken.done.slice(-2), ["(sync)", "(restart reboot)"]);
});

/** A sink that takes nothing until it is opened. */
function gate() {
  const opened = Promise.withResolvers<void>();
  const texts: string[] = [];
  const sink: OutputSink = {
    write: async (bytes) => {
      await opened.promise;
      const part = bytes.subarray(0, 1000); // short writes happen
      texts.push(new TextDecoder().decode(part));
      return part.length;
    },
  };
  return { sink, open: () => opened.resolve(), text: () => texts.join("") };
}

const LOST = "[Some output has not been shown due to buffer overflow]\n";

Deno.test("unread output is kept up to a limit, in whole lines, and a line says what is missing", async () => {
  const { sink, open, text } = gate();
  const output = new ShutdownOutput(sink);
  const lines = Array.from({ length: 1000 }, (_, number) => `line ${number} ${"x".repeat(number % 50)}\n`);
  const bytes = new TextEncoder().encode(lines.join(""));
  for (let at = 0; at < bytes.length; at += 777) output.add(bytes.subarray(at, at + 777));
  open();
  await output.flush(1000);
  output.say("afterwards");
  await output.flush(1000);
  const [kept, rest] = text().split(LOST);
  assert(lines.join("").startsWith(kept) && kept.endsWith("\n"), kept);
  assert(kept.length <= 4096 && kept.length > 4096 - 2 * LOST.length - 70, `${kept.length}`);
  // Shorter lines may have fitted after the first dropped one.
  assert(rest.endsWith("afterwards\n"), rest);
});

Deno.test("a line beyond the limit is dropped, and an unfinished line is completed", async () => {
  const { sink, open, text } = gate();
  open();
  const output = new ShutdownOutput(sink);
  output.add(new TextEncoder().encode(`${"x".repeat(5000)}\nnext\nlast`));
  await output.flush(1000);
  output.say("message");
  await output.flush(1000);
  assertEquals(text(), `${LOST}next\nlast\nmessage\n`);
});

Deno.test("a console that fails or is stuck blocks nothing", async () => {
  const failing = new ShutdownOutput({ write: () => Promise.reject(new Error("gone")) });
  for (let line = 0; line < 1000; line++) failing.say("line");
  await failing.flush(60_000);
  const stuck = new ShutdownOutput(gate().sink);
  stuck.say("line");
  await soon(stuck.flush(20), "the end of its time");
});

Deno.test("the manual page has all names, options and places", () => {
  const source = manualSources().get("shutdown")!;
  assert(source.includes("shutdown, halt, poweroff, reboot, soft\\-reboot \\- power off"), source);
  for (const name of HELP.matchAll(/^ {2}(-\S+)/gm)) {
    assert(source.includes(`.B ${name[1].replaceAll("-", "\\-")}\n`), name[1]);
  }
  assert(source.includes("/etc/dinit/shutdown\\-hook"), source);
});
