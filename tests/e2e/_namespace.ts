/**
 * The real daemon as process 1 of new namespaces: processes, mounts, `/dev`, `/run`, `/etc`, `/usr/sbin` and `/usr/bin`
 * are private to it, and its effects on the machine end there. Needs root.
 */

import { PATIENCE, soon } from "../_patience.ts";
import { outputOf } from "../_processes.ts";
import { Dinit, dinitCommand, type Result, runDinit } from "./_dinit.ts";

/** Options of `Namespace`. */
export interface NamespaceOptions {
  /** Arguments of the daemon besides the directory of services. @default [] */
  readonly args?: readonly string[];
  /** Additional environment of the daemon. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether `/dev/console` is a terminal, or missing; the output is then what process 1 was started with. @default true */
  readonly console?: boolean;
  /** The path of the control socket in the arguments. @default a path that can be reached from outside */
  readonly socket?: string;
  /** The daemon's program. @default the one under test */
  readonly program?: readonly string[];
  /** Lines of the shell that prepare the namespace further, as process 1 that becomes the daemon. @default "" */
  readonly setUp?: string;
}

/** The stand-in for `/usr/sbin/shutdown`: it prints its arguments and its caller. */
const SHUTDOWN = '#!/bin/sh\\necho "shutdown as $$ of $PPID: $0 $*"\\n';

/** Creates the private parts. `$W` is the directory of the test, `$TTY` the console, if there is one. */
const PREPARE = `
mount -t tmpfs tmpfs "$W/private"; cd "$W/private"; mkdir dev dev/pts run sbin log upper work
for name in null zero full random urandom tty; do : > dev/$name; mount --bind /dev/$name dev/$name; done
mount --bind /dev/pts dev/pts
if [ -n "$TTY" ]; then : > dev/console; mount --bind "$TTY" dev/console; fi
over() {
  mkdir -p "upper$1" "work$1"
  mount -t overlay -o "lowerdir=$1,upperdir=$W/private/upper$1,workdir=$W/private/work$1" overlay "$1"
}
over /etc; over /usr/bin; over /var/lib
mount --rbind dev /dev; mount --bind run /run; mount --bind sbin /usr/sbin; mount --bind log /var/log
printf '${SHUTDOWN}' > /usr/sbin/shutdown; chmod +x /usr/sbin/shutdown
cp "$W/again" /usr/bin/dinit; chmod +x /usr/bin/dinit
cd "$W"
`;

/** Namespaces with a daemon in them. Its console can be read and typed at. */
export class Namespace implements AsyncDisposable {
  readonly #dinit: Dinit;
  readonly #words: readonly string[];
  readonly #options: NamespaceOptions;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  #text = "";
  #errors = "";
  #changed: () => void = () => {};
  #ended = false;

  /** Starts the daemon with these services: names and texts. */
  constructor(services: Readonly<Record<string, string>>, options: NamespaceOptions = {}) {
    const { args = [], env = {}, console = true } = options;
    this.#dinit = new Dinit(services);
    this.#options = options;
    const socket = options.socket ?? this.#dinit.ownSocket;
    const paths = ["--services-dir", `${this.directory}/sd`, "--socket-path", socket];
    this.#words = [...options.program ?? dinitCommand([]), ...paths, ...args];
    this.#writeScripts();
    const outside = `${this.directory}/outside`;
    const command = console ? ["script", "-qec", `sh ${outside}`, "/dev/null"] : ["sh", outside];
    this.#child = new Deno.Command(command[0], {
      args: command.slice(1),
      env: { NO_COLOR: "1", ...env, W: this.directory, SHELL: "/bin/sh" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = Promise.all([this.#read(), this.#readErrors()]);
    this.#child.status.then(() => this.#ended = true);
  }

  /** Starts the daemon and waits until this text is printed. */
  static async started(
    services: Readonly<Record<string, string>>,
    options: NamespaceOptions,
    text: string,
  ): Promise<Namespace> {
    const namespace = new Namespace(services, options);
    try {
      await namespace.printed(text);
      return namespace;
    } catch (error) {
      await namespace[Symbol.asyncDispose]();
      throw error;
    }
  }

  #writeScripts(): void {
    const { setUp = "", console = true } = this.#options;
    const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
    // The standard streams of process 1 are not the console, so that tests can distinguish the two.
    const streams = console ? '< /dev/null > "$W/inherited" 2>&1' : "< /dev/null";
    const program = dinitCommand([]).map(quote).join(" ");
    this.#dinit.write("again", `#!/bin/sh\necho "again as $$: $*"\nexec ${program} "$@"\n`);
    this.#dinit.write(
      "inside",
      `set -e\n${PREPARE}\n${setUp}\nexec ${this.#words.map(quote).join(" ")} ${streams}\n`,
    );
    const unshare = "unshare --pid --mount --fork --mount-proc --propagation private";
    this.#dinit.write(
      "outside",
      `echo $$ > "$W/outside.pid"\nTTY=$(tty) || TTY=\nexport TTY\nexec ${unshare} sh "$W/inside"\n`,
    );
    Deno.mkdirSync(`${this.directory}/private`);
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) {
      this.#text += decoder.decode(chunk, { stream: true }).replaceAll("\r", "");
      this.#changed();
    }
  }

  /** Errors of the namespace go here, and are shown only when a wait fails. */
  async #readErrors(): Promise<void> {
    this.#errors = await new Response(this.#child.stderr).text();
  }

  #inVain(what: string): Error {
    const other = this.read("inherited") + this.#errors;
    return new Error(`waited too long for ${what}; printed:\n${this.#text}\n${other}`);
  }

  /** The directory of the test, which is the same inside and outside. */
  get directory(): string {
    return this.#dinit.directory;
  }

  /** The output on the console, or on standard output if there is none. */
  get text(): string {
    return this.#text;
  }

  /** The same line by line, without what depends on the control groups of the machine. */
  get lines(): string[] {
    return this.#text.split("\n").filter((line) => line !== "" && !line.includes("cgroup root path"));
  }

  /** Reads a file below the directory of the test; empty if it does not exist. */
  read(path: string): string {
    return this.#dinit.read(path);
  }

  /** The process id of the daemon outside of the namespace. Throws if it has ended. */
  get pid(): number {
    const unshare = Number(this.read("outside.pid"));
    const pid = Number(Deno.readTextFileSync(`/proc/${unshare}/task/${unshare}/children`));
    if (pid === 0) throw this.#inVain("the daemon, which has ended");
    return pid;
  }

  /** Sends process 1 a signal. */
  kill(signal: Deno.Signal): void {
    Deno.kill(this.pid, signal);
  }

  /** Runs a shell command inside, and returns its output. `limit`: the longest time, in milliseconds. */
  async run(script: string, limit?: number): Promise<string> {
    const args = ["--target", String(this.pid), "--pid", "--mount", "sh", "-c", script];
    const { stdout } = await outputOf("nsenter", { args, stdin: "null" }, limit);
    return new TextDecoder().decode(stdout);
  }

  /** Types at the console. */
  async type(keys: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(keys));
  }

  /** Runs `dinit ctl` against the daemon. */
  ctl(...args: string[]): Promise<Result> {
    return runDinit(["ctl", "--socket-path", this.#dinit.ownSocket, ...args]);
  }

  /** Waits until this text has been printed `count` times. */
  async printed(text: string, count = 1): Promise<void> {
    await this.until(() => this.#text.split(text).length > count, `"${text}"`);
  }

  /** Waits until something is so. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!await condition()) {
      if (this.#ended || performance.now() > end) {
        throw this.#inVain(what);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Waits for the end of the namespace, and returns the status of process 1. */
  async ended(): Promise<number> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.#end();
    }, PATIENCE);
    const { code } = await this.#child.status;
    clearTimeout(timer);
    await soon(this.#reading, "the end of the output");
    if (late) throw this.#inVain("the end");
    return code;
  }

  #end(): void {
    if (this.#ended) return;
    try {
      this.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof Error)) throw error; // it ended in between
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await this.ended();
    await this.#input.close().catch(() => {});
    await this.#dinit[Symbol.asyncDispose]();
  }
}
