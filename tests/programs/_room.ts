/**
 * A room for real programs: private processes, mounts, network, `/run`, `/tmp`, `/etc` and `/var`. Whatever runs in it ends
 * with it, and nothing that it writes to these folders reaches the machine. Needs root.
 */

import { isRunning } from "../e2e/_dinit.ts";
import { PATIENCE, soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";

/** What a program in the room has printed, and its exit status. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Prepares the room. `$W` is the folder of the test, which both sides see. */
const PREPARE = `set -e
mount --make-rprivate /
mkdir -p "$W/private"; mount -t tmpfs tmpfs "$W/private"
over() {
  mkdir -p "$W/private/upper$1" "$W/private/work$1"
  mount -t overlay -o "lowerdir=$1,upperdir=$W/private/upper$1,workdir=$W/private/work$1" overlay "$1"
}
over /etc; over /var
mount -t tmpfs tmpfs /run
mount --bind "$W" /run/test 2>/dev/null || { mkdir /run/test; mount --bind "$W" /run/test; }
ip link set lo up
: > "$W/ready"
# The first process takes in orphans. It ends with the file, or when it is killed.
while [ -e "$W/ready" ]; do sleep 1 & wait $!; done
`;

/** The namespaces, and the programs in them. */
export class Room implements AsyncDisposable {
  /** A folder that both sides see. */
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-room-" });
  readonly #holder: Deno.ChildProcess;
  readonly #spawned: Deno.ChildProcess[] = [];
  #init = 0;

  private constructor() {
    this.#holder = new Deno.Command("unshare", {
      args: [
        "--pid",
        "--mount",
        "--net",
        "--ipc",
        "--uts",
        "--fork",
        "--kill-child",
        "--mount-proc",
        "sh",
        "-c",
        PREPARE,
      ],
      env: { W: this.folder },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** Makes a room and waits until it is ready. */
  static async open(): Promise<Room> {
    const room = new Room();
    try {
      await until(() => room.has("ready"), "the namespaces", 20);
      const { pid } = room.#holder;
      room.#init = Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim());
      return room;
    } catch (error) {
      await room[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The words that run a program in the room. */
  command(...words: string[]): string[] {
    if (this.#init < 2) throw new Error("the room is not open");
    return ["nsenter", `--target=${this.#init}`, "--all", "--wdns=/", "--", ...words];
  }

  /** Runs a program in the room to its end. */
  async run(words: readonly string[], limit = PATIENCE): Promise<Outcome> {
    const [program, ...args] = this.command(...words);
    const { code, stdout, stderr } = await outputOf(program, { args, env: { LC_ALL: "C" } }, limit);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  }

  /** Runs a script of the shell, which must succeed. Returns what it prints. */
  async script(text: string, limit = PATIENCE): Promise<string> {
    const { code, out, err } = await this.run(["sh", "-ec", text], limit);
    if (code !== 0) throw new Error(`status ${code} of: ${text}\n${out}${err}`);
    return out;
  }

  /** Starts a program in the room that goes on. Its output is added to a file of the folder; `OUTPUT.pid` has its number there. */
  spawn(words: readonly string[], output: string): Deno.ChildProcess {
    const [program, ...args] = this.command(
      "sh",
      "-c",
      'echo $$ >"$0.pid"; exec "$@" >>"$0" 2>&1',
      `${this.folder}/${output}`,
      ...words,
    );
    const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
    this.#spawned.push(child);
    return child;
  }

  /** Whether a file of the folder exists. */
  has(name: string): boolean {
    try {
      Deno.lstatSync(`${this.folder}/${name}`);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** The text of a file of the folder; empty if it does not exist. */
  read(name: string): string {
    return this.has(name) ? Deno.readTextFileSync(`${this.folder}/${name}`) : "";
  }

  /** Writes a file of the folder. */
  write(name: string, text: string, mode?: number): void {
    Deno.mkdirSync(`${this.folder}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${this.folder}/${name}`, text, { mode });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.kill("SIGKILL"); // `--kill-child`: the first process of the room ends, and all others with it
    await soon(endOf(this.#holder, "the room"), "the end of the room");
    // nsenter stops with its program, and would not take note of its end.
    for (const child of this.#spawned) killUnlessEnded(child);
    await soon(Promise.all(this.#spawned.map(({ status }) => status)), "the ends of the programs");
    // The first process is dead only after all others of the room.
    if (this.#init > 1) await until(() => !isRunning(this.#init), "the end of all programs in the room", 20);
    Deno.removeSync(this.folder, { recursive: true });
  }
}
