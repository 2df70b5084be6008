/**
 * What Deno would answer to requests under given flags: another Deno with these flags answers them, so that the rules
 * are its own.
 */

import type { PermissionRequest } from "./permission_line.ts";

/** How the other Deno is started. */
export interface JudgeOptions {
  /** The program. */
  readonly deno: string;
  /** The flags that grant and deny, such as `--allow-net=127.0.0.1:80`. */
  readonly flags: readonly string[];
  /** Where relative paths in the flags begin. */
  readonly folder: string;
}

/** The fields of `Deno.permissions.query` for the value of a request. */
const FIELDS = {
  read: "path",
  write: "path",
  ffi: "path",
  net: "host",
  import: "host",
  env: "variable",
  run: "command",
  sys: "kind",
} as const;

/** The program of the other Deno: it answers each line, a descriptor as JSON, with `1` or `0`. */
const PROGRAM = `
const decoder = new TextDecoder();
let text = "";
for await (const bytes of Deno.stdin.readable) {
  text += decoder.decode(bytes, { stream: true });
  const lines = text.split("\\n");
  text = lines.pop();
  const answers = lines.map((line) => {
    try {
      return Deno.permissions.querySync(JSON.parse(line)).state === "granted" ? "1" : "0";
    } catch {
      return "0"; // a value that this version of Deno does not know
    }
  });
  Deno.stdout.writeSync(new TextEncoder().encode(answers.join("")));
}`;

/** Answers requests until it is closed. */
export class PermissionJudge {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting: ((granted: boolean) => void)[] = [];
  readonly #reading: Promise<void>;

  /** Throws the runtime's error if Deno cannot be started. */
  constructor({ deno, flags, folder }: JudgeOptions) {
    const code = `data:text/javascript,${encodeURIComponent(PROGRAM)}`;
    this.#child = new Deno.Command(deno, {
      args: ["run", "--no-prompt", "--no-config", "--quiet", ...flags, code],
      cwd: folder,
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Whether the flags grant what is requested. */
  async grants({ permission, value }: PermissionRequest): Promise<boolean> {
    const field = FIELDS[permission as keyof typeof FIELDS]; // undefined for a kind that is new
    const descriptor = { name: permission, ...(value === undefined ? {} : { [field]: value }) };
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push(resolve);
    try {
      await this.#input.write(new TextEncoder().encode(`${JSON.stringify(descriptor)}\n`));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      resolve(false); // Deno has ended: it refused the flags
    }
    return await promise;
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.#input.close().catch(() => {}); // it has ended
    await this.#reading;
    await this.#child.status;
  }

  async #read(): Promise<void> {
    for await (const bytes of this.#child.stdout) {
      for (const answer of bytes) this.#waiting.shift()?.(answer === 0x31);
    }
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }
}
