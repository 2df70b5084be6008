/** The view of `dinit up`: the lines of all services, the summary below them, keys and signals. */

import { type ControlClient, ControlError } from "../../client/mod.ts";
import { Client } from "../../client/library.ts";
import { nameSelector } from "../ctl/selection.ts";
import type { CtlIo } from "../shared/io.ts";
import { textStyle } from "../shared/style.ts";
import { printable } from "../shared/text_width.ts";
import { type Board, Boards, failedRows } from "./board.ts";
import { KEY_HELP, type KeyRequest, Keys } from "./keys.ts";
import { showLines, Visibility } from "./lines.ts";
import { Screen } from "./screen.ts";
import { resultOf, secondsText, summaryLines } from "./summary.ts";
import type { Terminal } from "./terminal.ts";

/** What the view shows. */
export interface ViewContext {
  readonly io: CtlIo;
  /** Two connections to the same daemon: the logs use one of them all the time. */
  readonly clients: readonly [ControlClient, ControlClient];
  /** The folder of the project. */
  readonly root: string;
  /** Whether leaving the view stops the services. */
  readonly owns: boolean;
  /** Whether a service that has failed for good ends everything. */
  readonly exitOnFailure: boolean;
  /**
   * Stops the daemon. Not called for a signal if the daemon is this process, which has received the signal itself.
   * @default signals the process of the daemon
   */
  readonly stop?: () => void;
  /** The keys and signals. */
  readonly terminal: Terminal;
}

/** Earlier lines of each service: all that a new one has said before the view begins, or a few to know where it stands. */
const LINES_OF_NEW = 200;
const LINES_OF_RUNNING = 10;
/**
 * When to look at the daemon after an event, each time in milliseconds after the look before: several events in a row
 * are one look, and a service opens its port some time after its start.
 */
const LOOKS = [40, 300, 700, 2000];
/** The summary takes this part of the terminal at most. */
const PART_OF_SCREEN = 0.5;

/** Shows the services until the daemon ends or the view is left. Returns the exit status. */
export async function showView(context: ViewContext): Promise<number> {
  const view = new View(context);
  try {
    return await view.run();
  } finally {
    view.close();
  }
}

class View {
  readonly #context: ViewContext;
  readonly #client: Client;
  readonly #screen: Screen;
  readonly #boards: Boards;
  readonly #visibility = new Visibility();
  readonly #keys = new Keys((request) => void this.#obey(request));
  readonly #left = Promise.withResolvers<void>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The place in `LOOKS` of the next look. */
  #step = LOOKS.length;
  #ended = false;
  #board: Board | undefined;
  #printed = "";
  #stopAt: number | undefined;
  #status = 0;
  #pid: number | undefined;

  constructor(context: ViewContext) {
    const { io, root, owns, clients: [client] } = context;
    this.#context = context;
    this.#client = new Client(client);
    this.#screen = new Screen((text) => io.out(text), textStyle(io).symbols === true);
    this.#boards = new Boards({ root, isNew: owns });
  }

  async run(): Promise<number> {
    const { io, clients: [, logs], owns, terminal } = this.#context;
    terminal.listen({
      typed: (text) => {
        this.#keys.type(text);
        this.#draw();
      },
      stop: () => this.#leave(this.#context.stop !== undefined),
      resized: () => this.#draw(),
    });
    const above: CtlIo = {
      ...io,
      out: (data) => typeof data === "string" && !this.#screen.add(data) ? false : undefined,
    };
    const lines = showLines(logs, above, this.#visibility, owns ? LINES_OF_NEW : LINES_OF_RUNNING);
    const ended = logs.closed.then(() => this.#ended = true);
    const watching = this.#watch();
    watching.catch(() => {}); // its errors come out below
    await Promise.race([lines, this.#left.promise, watching.then(() => ended)]);
    if (owns && !this.#ended) { // nobody reads the output
      if (this.#stopAt === undefined) this.#stop();
      await ended;
    }
    this.#screen.block = [];
    return this.#end();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#context.terminal.close();
    this.#screen.end();
    for (const client of this.#context.clients) client.close();
  }

  /** The last words, and the exit status. */
  #end(): number {
    const { io, owns } = this.#context;
    if (this.#stopAt !== undefined) {
      this.#say(`stopped in ${secondsText(io.now() - this.#stopAt)}`);
      return this.#status;
    }
    if (!owns && !this.#ended) {
      this.#say("left; the services go on. 'dinit up' shows them again, 'dinit down' stops them");
      return 0;
    }
    this.#say("all services have ended");
    return owns && this.#board !== undefined && failedRows(this.#board).length > 0 ? 1 : 0;
  }

  /** Looks at the daemon whenever something has happened. */
  async #watch(): Promise<void> {
    const stream = this.#client.events();
    await stream.ready;
    this.#changed();
    try {
      for await (const _event of stream) this.#changed();
    } catch (error) {
      if (!(error instanceof ControlError)) throw error;
    }
  }

  /** Something has happened: looks soon, and then again, later and later. */
  #changed(): void {
    if (this.#step === 0) return;
    this.#step = 0;
    this.#lookLater();
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    if (this.#step >= LOOKS.length) return;
    this.#timer = setTimeout(() => {
      this.#step += 1;
      void this.#look().finally(() => this.#lookLater());
    }, LOOKS[this.#step]);
  }

  async #look(): Promise<void> {
    try {
      const info = await this.#client.overview();
      this.#pid = info.daemon?.pid;
      this.#board = this.#boards.look(info, this.#context.io.now());
      this.#show(this.#board);
    } catch (error) {
      if (!(error instanceof ControlError)) throw error; // the daemon has ended
    }
  }

  #show(board: Board): void {
    this.#draw();
    if (!board.settled || this.#stopAt !== undefined) return;
    if (!textStyle(this.#context.io).symbols && resultOf(board) !== this.#printed) {
      this.#printed = resultOf(board);
      this.#screen.add(`${summaryLines(board, { style: {} }).join("\n")}\n`);
    }
    if (!this.#context.exitOnFailure || failedRows(board).length === 0) return;
    this.#say("a service has failed: stopping all others (--keep-going lets them run)");
    this.#status = 1;
    this.#stop();
  }

  #draw(): void {
    if (this.#board === undefined) return;
    const { io, terminal } = this.#context;
    const most = Math.max(3, Math.floor(terminal.rows() * PART_OF_SCREEN) - 1);
    const isStopping = this.#stopAt !== undefined;
    const footer = !terminal.hasKeys ? "" : isStopping ? "stopping; Ctrl-C again: at once" : KEY_HELP;
    const question = isStopping ? undefined : this.#keys.question;
    this.#screen.block = summaryLines(this.#board, { style: textStyle(io), most, footer, question });
  }

  #say(text: string): void {
    this.#screen.add(`dinit: ${text}\n`);
  }

  async #obey(request: KeyRequest): Promise<void> {
    if (request.kind === "quit") return this.#leave();
    if (request.kind === "logs") return this.#visibility.choose(request.pattern);
    const fits = nameSelector([request.pattern]);
    const rows = this.#board?.rows.filter(({ name }) => fits(name)) ?? [];
    if (rows.length === 0) this.#say(`no service is called '${printable(request.pattern)}'`);
    for (const { name, look } of rows) {
      const service = this.#client.service(name);
      const isUp = look === "ready" || look === "starting";
      try {
        if (request.kind === "stop") await service.stop({ force: true, wait: false });
        else if (isUp) await service.restart({ force: true, wait: false });
        else await service.start({ wait: false });
      } catch (error) {
        if (error instanceof ControlError) return; // the daemon has ended
        this.#say(`cannot ${request.kind} ${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  /**
   * Leaves the view: once in order, a second time at once.
   *
   * @param isTold whether the daemon knows already
   */
  #leave(isTold = false): void {
    if (this.#context.owns) this.#stop(isTold);
    else this.#left.resolve();
  }

  /** The daemon knows how urgent a second and a third signal are. */
  #stop(isTold = false): void {
    this.#stopAt ??= this.#context.io.now();
    if (this.#context.stop !== undefined) {
      if (!isTold) this.#context.stop();
      return this.#draw();
    }
    if (this.#pid === undefined) {
      void this.#look().then(() => this.#pid !== undefined && this.#stop());
      return;
    }
    try {
      Deno.kill(this.#pid, "SIGTERM");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // it has just ended
    }
    this.#draw();
  }
}
