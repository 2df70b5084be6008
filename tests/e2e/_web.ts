/** `dinit web` beside a real daemon. */

import { killUnlessEnded } from "../_processes.ts";
import { endOf } from "../_processes.ts";
import { soon } from "../_patience.ts";
import { dinitCommand } from "./_dinit.ts";

/** A running `dinit web`. */
export class Web implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #errors: Promise<string>;
  readonly #rest: Promise<string>;
  /** What it printed first: where to find it. */
  readonly link: string;

  private constructor(
    child: Deno.ChildProcess,
    link: string,
    rest: Promise<string>,
    errors: Promise<string>,
  ) {
    this.#child = child;
    this.link = link;
    this.#rest = rest;
    this.#errors = errors;
  }

  /** Starts it, and waits until it listens. */
  static async start(socket: string, ...args: string[]): Promise<Web> {
    const [program, ...words] = dinitCommand(["web", "--socket-path", socket, ...args]);
    const child = new Deno.Command(program, { args: words, stdin: "null", stdout: "piped", stderr: "piped" })
      .spawn();
    const errors = new Response(child.stderr).text();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await soon(reader.read(), "the link of dinit web");
      if (done) throw new Error(`dinit web has ended: ${await errors}`);
      text += value;
    }
    const rest = (async () => {
      let more = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) more += part.value;
      return more;
    })();
    return new Web(child, text.trim(), rest, errors);
  }

  /** The address without the token. */
  get address(): string {
    return this.link.split("#")[0];
  }

  /** The token in the link. */
  get token(): string {
    return this.link.split("#t=")[1];
  }

  /** Sends a request with the token. */
  ask(path: string, options: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, ...options.headers };
    return soon(fetch(`${this.address}${path}`, { ...options, headers }), `an answer to ${path}`);
  }

  /** Ends it, as a daemon ends its services. */
  async stop(): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
    killUnlessEnded(this.#child, "SIGTERM");
    const { code } = await endOf(this.#child, "dinit web");
    return { code, output: await this.#rest, errors: await this.#errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
