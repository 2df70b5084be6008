/**
 * The example of `examples/container` as an OCI runtime runs it: the program is process 1 of new namespaces, in a root
 * that is read-only except for `/run`, with an environment that has only a `PATH`. Needs root.
 */

import { endOf } from "../_processes.ts";
import { PATIENCE } from "../_patience.ts";
import { dinitCommand, type Result, ROOT, runDinit } from "../e2e/_dinit.ts";

/** The folder of the example, with a final slash. */
export const EXAMPLE = `${ROOT}examples/container/`;

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Other folders of the machine in the container, if they exist. */
const SHARED = ["bin", "sbin", "lib", "lib64", "usr", "dev"];

/** Mounts the directories up to `--` in the root `$1`, and becomes process 1 in it. */
const BEGIN = `
root=$1; shift
mount --bind "$root" "$root"
while [ "$1" != -- ]; do mount --rbind "/$1" "$root/$1"; shift; done
shift
mount -t proc proc "$root/proc"
mount --bind "$root/run" "$root/run"
mount -o remount,bind,ro "$root"
exec env -i PATH="$PATH" $MORE chroot "$root" "$@"
`;

/** A container with the example's services. */
export class Container implements AsyncDisposable {
  readonly #directory = Deno.makeTempDirSync({ prefix: "dinit-container-" });
  readonly #root = `${this.#directory}/root`;
  readonly #mounted: string[] = [];
  #child: Deno.ChildProcess | undefined;
  #hasEnded = false;
  #output = "";
  #reading: Promise<void> | undefined;
  #changed: () => void = () => {};

  constructor() {
    for (const name of ["proc", "run", "tmp"]) Deno.mkdirSync(`${this.#root}/${name}`, { recursive: true });
    for (const name of SHARED) {
      const kind = kindOf(`/${name}`);
      if (kind === "link") Deno.symlinkSync(Deno.readLinkSync(`/${name}`), `${this.#root}/${name}`);
      else if (kind === "directory") this.#mount(name);
    }
    Deno.mkdirSync(`${this.#root}/etc`);
    Deno.writeTextFileSync(`${this.#root}/etc/passwd`, "root:x:0:0:root:/root:/bin/sh\n");
    copyTree(`${EXAMPLE}rootfs`, this.#root);
  }

  /** Mounts a directory of this machine at the same path, unless one of its parents is mounted. */
  #mount(name: string): void {
    if (this.#mounted.some((other) => name === other || name.startsWith(`${other}/`))) return;
    Deno.mkdirSync(`${this.#root}/${name}`, { recursive: true });
    this.#mounted.push(name);
  }

  /** Replaces a part of a description. */
  change(service: string, from: string, to: string): void {
    const path = `${this.#root}/etc/dinit.d/${service}`;
    const text = Deno.readTextFileSync(path);
    if (!text.includes(from)) throw new Error(`no "${from}" in ${service}`);
    Deno.writeTextFileSync(path, text.replace(from, to));
  }

  /** Starts `dinit` with these arguments, be it the binary or the sources. */
  start(args: readonly string[]): this {
    const command = dinitCommand(args);
    const isBinary = command.length === args.length + 1;
    this.#mount(directoryOf(command[0]));
    if (!isBinary) this.#mount(ROOT.slice(1, -1));
    this.#child = new Deno.Command("unshare", {
      args: [
        ...["--pid", "--mount", "--ipc", "--uts", "--fork", "--kill-child", "--propagation", "private", "--"],
        ...["sh", "-ec", BEGIN, "sh", this.#root, ...this.#mounted, "--", ...command],
      ],
      // The sources are compiled again, into the container's own cache.
      env: { PATH, MORE: isBinary ? "" : "DENO_DIR=/run/deno" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#reading = Promise.all([this.#child.stdout, this.#child.stderr].map((stream) => this.#read(stream)))
      .then(() => {
        this.#hasEnded = true;
        this.#changed();
      });
    return this;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.#output += decoder.decode(chunk, { stream: true });
      this.#changed();
    }
  }

  /** The log of the container, line by line. */
  get lines(): string[] {
    return this.#output.split("\n").filter((line) => line !== "");
  }

  /** Waits until this line is in the log. */
  async logged(line: string): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!this.lines.includes(line)) {
      if (this.#hasEnded || performance.now() > end) {
        throw new Error(`waited too long for "${line}"; the log:\n${this.#output}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Runs `dinitctl`, from outside: the directory of its socket is not hidden. */
  ctl(...args: string[]): Promise<Result> {
    return runDinit(["ctl", "--socket-path", `${this.#root}/run/dinitctl`, ...args]);
  }

  /** Sends process 1 of the container a signal. */
  kill(signal: Deno.Signal): void {
    const outer = this.#child!.pid;
    const [pid] = Deno.readTextFileSync(`/proc/${outer}/task/${outer}/children`).split(" ").map(Number);
    if (!(pid > 1)) throw new Error("process 1 of the container has ended");
    Deno.kill(pid, signal);
  }

  /** Waits for the end of the container; its status. */
  async ended(): Promise<number> {
    const child = this.#child!;
    // When it is killed, all that is in the container is.
    const { code } = await endOf(child, () => `the container; its log:\n${this.#output}\nIt`);
    await this.#reading;
    this.#child = undefined;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined) {
      // This also ends process 1, and everything in the container.
      if (!this.#hasEnded) this.#child.kill("SIGKILL");
      await this.ended();
    }
    Deno.removeSync(this.#directory, { recursive: true });
  }
}

/** The directory of a file, without the slash in front. */
function directoryOf(path: string): string {
  return Deno.realPathSync(path).replace(/^\/|\/[^/]*$/g, "");
}

function kindOf(path: string): "link" | "directory" | undefined {
  try {
    return Deno.lstatSync(path).isSymlink ? "link" : "directory";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function copyTree(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(from)) {
    if (isDirectory) copyTree(`${from}/${name}`, `${to}/${name}`);
    else if (isSymlink) Deno.symlinkSync(Deno.readLinkSync(`${from}/${name}`), `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}
