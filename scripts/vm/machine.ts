/** A running machine and a simulated person at its serial console. */

import { PASSWORD } from "./distribution.ts";
import { type MachineOptions, QEMU, qemuArguments } from "./qemu.ts";
import { SerialConsole } from "./serial_console.ts";

/** The longest time for one step, in seconds. An emulated machine on a busy host is slow; this limit is for hangs. */
const PATIENCE = 180;

/** The result of a command that was typed at a shell. */
export interface Answer {
  readonly status: number;
  readonly output: string;
}

/** A running machine. */
export class Machine implements AsyncDisposable {
  readonly console = new SerialConsole();
  readonly #process: Deno.ChildProcess;
  readonly #keyboard: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #prompt = "";

  /** Switches it on. */
  constructor(options: MachineOptions) {
    this.#process = new Deno.Command(QEMU, {
      args: [...qemuArguments(options), "-serial", "stdio"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#keyboard = this.#process.stdin.getWriter();
    this.#reading = this.#read(performance.now());
  }

  async #read(begin: number): Promise<void> {
    for await (const bytes of this.#process.stdout) this.console.push(bytes, performance.now() - begin);
    this.console.end();
  }

  /** Waits for a text on the console; returns the text before it. */
  see(wanted: string, seconds: number = PATIENCE): Promise<string> {
    return this.console.see(wanted, seconds);
  }

  /** Presses keys; `\n` is the return key. */
  async type(keys: string): Promise<void> {
    await this.#keyboard.write(new TextEncoder().encode(keys));
  }

  /** Waits for the login prompt and logs in as root. */
  async logIn(): Promise<void> {
    await this.see("vm login: ");
    await this.type("root\n");
    await this.see("Password: ");
    await this.type(`${PASSWORD}\n`);
    await this.useShell("root@vm:~# ");
  }

  /** Waits for a shell with this prompt, to type commands there. */
  async useShell(prompt: string): Promise<void> {
    await this.see(prompt);
    this.#prompt = prompt;
    // Its line editor would break long lines.
    await this.enter("stty columns 250");
  }

  /** Types a command at the shell, waits until it has ended, and returns its output and status. */
  async run(command: string): Promise<Answer> {
    const output = await this.enter(command);
    const status = Number(await this.enter("echo $?"));
    return { status, output };
  }

  /** Types a line at the shell and returns the text before the next prompt. */
  async enter(line: string): Promise<string> {
    await this.type(`${line}\n`);
    await this.see(`${line}\n`);
    return await this.see(this.#prompt);
  }

  /** Waits until it is switched off. @throws {Error} if that does not happen */
  async ended(): Promise<void> {
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), PATIENCE * 1000);
    const { success } = await this.#process.status;
    clearTimeout(timer);
    await this.#reading;
    if (!success) {
      throw new Error(`the machine was not switched off; its console ends:\n${this.#lastWords()}`);
    }
  }

  #lastWords(): string {
    return this.console.text.slice(-3000);
  }

  /** Ends the emulator, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // it is off
    }
    await this.#process.status;
    await this.#reading;
    await this.#keyboard.close().catch(() => {}); // the emulator no longer reads it
  }
}
