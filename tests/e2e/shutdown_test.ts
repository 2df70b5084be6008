/**
 * The shutdown program, as process 1 of a new namespace where it shuts "the machine" down (daemon and init 7.3).
 * Everything that would affect a real machine stays inside: the console is a file, and stubs are mounted over swapoff,
 * umount and the hooks.
 */

import { rootOnly } from "../_needs.ts";
import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { PATIENCE } from "../_patience.ts";
import { Dinit, ROOT } from "./_dinit.ts";

const BINARY = Deno.env.get("DINIT_BINARY");
const PROGRAM = BINARY === undefined
  ? [Deno.execPath(), "run", "--quiet", "--no-prompt", "--allow-all", `${ROOT}main.ts`]
  : [BINARY];

/** Namespaces can be made by root alone. */

/**
 * Runs in the namespace before the program. If it is not process 1, it must stop: the next steps signal every process.
 */
const SET_UP = `
set -eu
[ "$$" = 1 ] || exit 99
mkdir "$W/layers"
mount -t tmpfs none "$W/layers"
for place in etc usr/lib; do
  mkdir -p "$W/layers/$place/up" "$W/layers/$place/work"
  mount -t overlay none -o "lowerdir=/$place,upperdir=$W/layers/$place/up,workdir=$W/layers/$place/work" "/$place"
done
mkdir -p /etc/dinit /usr/lib/dinit
[ ! -e "$W/etc-hook" ] || cp -a "$W/etc-hook" /etc/dinit/shutdown-hook
[ ! -e "$W/lib-hook" ] || cp -a "$W/lib-hook" /usr/lib/dinit/shutdown-hook
mount --bind "$W/console" /dev/console
mount -t tmpfs none /run
mount --bind "$W/swapoff" /sbin/swapoff
mount --bind "$W/umount" /bin/umount
`;

/** What a helper notes of its surroundings. */
const NOTE = `#!/bin/sh
echo "$0 $*" >>"$W/calls"
grep -E '^Sig(Blk|Ign)' /proc/self/status >>"$W/signals"
`;

/** Options of a run. */
interface RunOptions {
  /** Hooks by their place: text and mode of a file, or `"directory"`. @default none */
  readonly hooks?: Partial<
    Record<"etc" | "lib", { readonly text: string; readonly mode: number } | "directory">
  >;
  /** Shell commands in the namespace before the program. @default none */
  readonly before?: string;
  /** Shell commands that start the program, which is `"$@"`. @default it replaces the shell */
  readonly start?: string;
}

/** A namespace in which the program runs. */
class Namespace implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "dinit-shutdown-" });
  readonly #process: Deno.ChildProcess;
  readonly #status: Promise<Deno.CommandStatus>;

  constructor(args: readonly string[], { hooks = {}, before = "", start = 'exec "$@"' }: RunOptions = {}) {
    this.#file("console", "", 0o600);
    this.#file("swapoff", `${NOTE}echo swapped off\n`, 0o755);
    // From here on no module can be loaded.
    this.#file("umount", `${NOTE}mount -t tmpfs none '${ROOT}src'\nprintf 'no end of line' >&2\n`, 0o755);
    for (const [place, hook] of Object.entries(hooks)) {
      if (hook === "directory") Deno.mkdirSync(`${this.directory}/${place}-hook`);
      else this.#file(`${place}-hook`, hook.text, hook.mode);
    }
    this.#process = new Deno.Command("unshare", {
      args: [
        ...["--pid", "--mount", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"],
        ...["bash", "-c", `${SET_UP}${before}\n${start}`, "bash", ...PROGRAM, "shutdown", ...args],
      ],
      env: { W: this.directory },
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
    this.#status = this.#process.status;
  }

  #file(name: string, text: string, mode: number): void {
    Deno.writeTextFileSync(`${this.directory}/${name}`, text);
    Deno.chmodSync(`${this.directory}/${name}`, mode);
  }

  /** The lines of a file; none if it does not exist. */
  lines(name: string): string[] {
    try {
      return Deno.readTextFileSync(`${this.directory}/${name}`).split("\n").filter((line) => line !== "");
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** What was to be seen on the console. */
  get console(): string[] {
    return this.lines("console");
  }

  /** Waits for the end: the exit status, or the signal that the kernel sends the parent. */
  async ended(): Promise<number | Deno.Signal> {
    const { code, signal } = await this.#within(this.#status);
    return signal ?? code;
  }

  /** Waits until the console has that line. */
  async shows(line: string): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!this.console.includes(line)) {
      if (performance.now() > end) {
        throw new Error(`waited too long for: ${line}\n${this.console.join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Whether it runs for a while yet. */
  async lasts(milliseconds: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const while_ = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(true), milliseconds));
    const lasts = await Promise.race([this.#status.then(() => false), while_]);
    clearTimeout(timer);
    return lasts;
  }

  async #within<T>(promise: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeUp = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no end; console:\n${this.console.join("\n")}`)), PATIENCE);
    });
    try {
      return await Promise.race([promise, timeUp]);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL"); // with everything in the namespace
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it has ended
    }
    await this.#status;
    Deno.removeSync(this.directory, { recursive: true });
  }
}

/** A test in a namespace. It needs root, which may make namespaces, and is not run otherwise. */
function inNamespace(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...rootOnly(name, "needs namespaces"), fn });
}

const BEGIN = "Sending TERM/KILL to all processes...";
const HELPERS = ["Turning off swap...", "swapped off", "Unmounting disks...", "no end of line"];
const KERNEL = "Issuing shutdown via kernel...";

inNamespace("shutdown case 79: power off, halt and reboot", async () => {
  await Promise.all(([
    [["--system", "-p"], "SIGINT"],
    [["--system", "-h"], "SIGINT"],
    [["--called=reboot", "--system"], "SIGHUP"],
  ] as const).map(async ([args, end]) => {
    await using space = new Namespace(args);
    assertEquals(await space.ended(), end, args.join(" "));
    assertEquals(space.console, [BEGIN, ...HELPERS, KERNEL]);
    assertEquals(space.lines("calls"), ["/sbin/swapoff -a", "/bin/umount -a -r"]);
    assertEquals(space.lines("signals").length, 4);
    for (const line of space.lines("signals")) {
      // No signal that has a name is blocked or ignored.
      assertEquals(parseInt(line.slice(-8), 16) & 0x7fffffff, 0, line);
    }
  }));
});

inNamespace("shutdown case 80: without another kernel, kexec fails, and process 1 stays", async () => {
  await using space = new Namespace(["--system", "-k"]);
  await space.shows("reboot with kexec was attempted.");
  assertEquals(space.console, [
    ...[BEGIN, ...HELPERS, KERNEL],
    "reboot: Invalid argument",
    "It is possible that no suitable kernel image was loaded before",
    "reboot with kexec was attempted.",
  ]);
  assert(await space.lasts(500));
});

const HOOK = { text: `${NOTE}echo hooked\n`, mode: 0o755 };
const HOOKED = [BEGIN, "Executing shutdown hook...", "hooked"];

inNamespace("shutdown case 81: a successful hook replaces swapoff and umount", async () => {
  await Promise.all(([["-p", "poweroff"], ["-h", "halt"], ["-r", "reboot"], ["-k", "reboot"]] as const)
    .map(async ([option, word]) => {
      await using space = new Namespace(["--system", option], { hooks: { etc: HOOK } });
      await space.shows(KERNEL);
      assertEquals(space.console.slice(0, 4), [...HOOKED, KERNEL]);
      assertEquals(space.lines("calls"), [`/etc/dinit/shutdown-hook ${word}`]);
    }));
});

inNamespace("shutdown case 82: after a hook that fails, swapoff and umount run", async () => {
  await Promise.all(([
    [{ text: `${NOTE}echo hooked\nexit 3\n`, mode: 0o700 }, "hooked"],
    [{ text: "exit 0\n", mode: 0o755 }, "/etc/dinit/shutdown-hook: Exec format error"],
    ["directory", "/etc/dinit/shutdown-hook: Permission denied"],
  ] as const).map(async ([hook, line]) => {
    await using space = new Namespace(["--system"], { hooks: { etc: hook, lib: HOOK } });
    assertEquals(await space.ended(), "SIGINT");
    assertEquals(space.console, [BEGIN, "Executing shutdown hook...", line, ...HELPERS, KERNEL]);
  }));
});

inNamespace("shutdown case 83: a hook without an execute bit is skipped", async () => {
  await using space = new Namespace(["--system"], { hooks: { etc: { ...HOOK, mode: 0o644 } } });
  assertEquals(await space.ended(), "SIGINT");
  assertEquals(space.console, [BEGIN, ...HELPERS, KERNEL]);
  await using other = new Namespace(["--system"], { hooks: { etc: { ...HOOK, mode: 0o644 }, lib: HOOK } });
  assertEquals(await other.ended(), "SIGINT");
  assertEquals(other.lines("calls"), ["/lib/dinit/shutdown-hook poweroff"]);
});

/** Processes that record TERM, and one that ignores it. */
const PROCESSES = `
exec 2>/dev/null # the shell tells of their ends
sh -c 'trap "echo TERM >>\\"$W/calls\\"" TERM; echo $$ >"$W/pid"; while :; do sleep 0.05; done' &
while [ ! -s "$W/pid" ]; do sleep 0.01; done
`;

/**
 * The hook sends its parent, the program, all signals that can be caught, and checks that all other processes are dead.
 */
const INSISTENT = `${NOTE}
for signal in HUP INT QUIT USR1 USR2 PIPE ALRM TERM 16 TSTP TTIN TTOU XCPU XFSZ VTALRM PROF WINCH IO PWR; do
  kill -$signal $PPID
done
grep ^State "/proc/$(cat "$W/pid")/status" 2>/dev/null >>"$W/calls" || echo gone >>"$W/calls"
exit 1
`;

inNamespace("shutdown case 84: a soft reboot needs no kernel, as a child of process 1", async () => {
  await using space = new Namespace(["--called=soft-reboot", "--system"], {
    hooks: { lib: { text: INSISTENT, mode: 0o755 } },
    before: PROCESSES,
    start: '"$@"; exit $?',
  });
  assertEquals(await space.ended(), 0);
  assertEquals(space.console, [BEGIN, "Executing shutdown hook...", ...HELPERS]);
  const [term, hook, state, ...helpers] = space.lines("calls");
  assertEquals([term, hook], ["TERM", "/lib/dinit/shutdown-hook soft"]);
  assert(state === "gone" || state === "State:\tZ (zombie)", state);
  assertEquals(helpers, ["/sbin/swapoff -a", "/bin/umount -a -r"]);
});

inNamespace("shutdown case 85: the last kind wins", async () => {
  await using space = new Namespace(["-r", "--system", "-p", "-s"]);
  assertEquals(await space.ended(), 0);
  assertEquals(space.console, [BEGIN, ...HELPERS]);
});

inNamespace("without console and helpers the machine still shuts down", async () => {
  await using space = new Namespace(["--system", "-r"], {
    before: 'mount -t tmpfs none /dev; chmod 0 "$W/swapoff" "$W/umount"',
    start: 'exec "$@" >"$W/console"',
  });
  assertEquals(await space.ended(), "SIGHUP");
  assertEquals(space.console, [
    BEGIN,
    "Turning off swap...",
    "/sbin/swapoff: Permission denied",
    "Unmounting disks...",
    "/bin/umount: Permission denied",
    KERNEL,
  ]);
});

inNamespace("shutdown case 78: the program asks the real daemon, and waits for its own end", async () => {
  await using space = new Namespace([], {
    start: `
mkdir "$W/sd"
echo 'type = internal' >"$W/sd/boot"
dinit=("\${@:1:$# - 1}") # without the word for the tool
"\${dinit[@]}" --system --services-dir "$W/sd" >"$W/daemon" &
daemon=$!
while [ ! -S /run/dinitctl ]; do sleep 0.01; done
"$@" >"$W/out" 2>&1 &
client=$!
wait $daemon
kill $client # it is still there
exit 0`,
  });
  assertEquals(await space.ended(), 0);
  assertEquals(space.lines("out"), ["Issuing shutdown command..."]);
  assert(space.lines("daemon").includes("[STOPPD] boot"), space.lines("daemon").join("\n"));
});

Deno.test("a service shuts the daemon down over the connection that it was given", async () => {
  await using dinit = new Dinit({
    boot: "type = internal\ndepends-on: job",
    job: `type = process\noptions = pass-cs-fd\ncommand = ${PROGRAM.join(" ")} shutdown --use-passed-cfd -r`,
  });
  dinit.start();
  const { signal } = await dinit.ended();
  assertEquals(signal, "SIGINT"); // a daemon that does not own the machine reports a reboot by this signal
  assert(dinit.lines.includes("[STOPPD] boot"), dinit.lines.join("\n"));
});

Deno.test("a descriptor that is not open is no connection", async () => {
  const { code, stderr } = await outputOf(PROGRAM[0], {
    args: [...PROGRAM.slice(1), "shutdown", "--use-passed-cfd"],
    env: { DINIT_CS_FD: "987" },
  });
  assertEquals([code, new TextDecoder().decode(stderr)], [1, "shutdown: DINIT_CS_FD: Bad file descriptor\n"]);
});
