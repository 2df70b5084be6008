/** `top`: what services cost, live or once. The reference has nothing like it. */

import { Client, RefusedError, ServiceError } from "../../../client/library.ts";
import { type KnownService, type KnownSystem, readKnownSystem } from "../../../client/steps.ts";
import { FiguresReader, readServiceLog } from "../../../insight/mod.ts";
import { dependentsText, refusalText } from "../../../model/refusals.ts";
import type { CommandContext } from "../context.ts";
import { measure, unseen } from "../measure.ts";
import { nothingFits } from "../overview.ts";
import { renderOverview } from "../overview_text.ts";
import { nameSelector } from "../selection.ts";
import { serviceDocument } from "../service_facts.ts";
import { ctlFailure } from "../../shared/failure.ts";
import { textStyle } from "../../shared/style.ts";
import { cutText, printable } from "../../shared/text_width.ts";
import { FullTerminal } from "./terminal.ts";
import { type TopAction, TopView } from "./view.ts";

/** Between two looks at the processes, in milliseconds. */
const INTERVAL = 2000;

/** `dinitctl top [--once] [PATTERN...]` */
export async function top(context: CommandContext): Promise<number> {
  const { io, options, words } = context;
  const control = await context.connect();
  const look = async (): Promise<KnownSystem> => {
    const { services, ...others } = await readKnownSystem(control);
    return { ...others, services: words.length === 0 ? services : services.filter(selectorOf(words)) };
  };
  const system = await look();
  if (system.services.length === 0 && words.length > 0) throw nothingFits(words);
  if (options.once || options.json) return await once(context, system);
  if (io.terminal() === undefined || !Deno.stdin.isTerminal()) {
    throw ctlFailure("top needs a terminal; use top --once for the figures of this moment");
  }
  await new LiveTop(context, new Client(control), look).run(system);
  return 0;
}

function selectorOf(words: readonly string[]): (service: KnownService) => boolean {
  const fits = nameSelector(words);
  return ({ name }) => fits(name);
}

async function once(context: CommandContext, { daemon, services }: KnownSystem): Promise<number> {
  const { io, options } = context;
  const figures = await measure(services, daemon?.pid);
  context.record({
    ...(figures.daemon === undefined ? {} : { daemonFigures: figures.daemon }),
    services: services.map((service) => {
      const own = figures.services.get(service.name);
      return { ...serviceDocument(service), ...(own === undefined ? {} : { figures: own }) };
    }),
  });
  const style = textStyle(io, options.color);
  const costOf = ({ name }: KnownService) => figures.services.get(name)?.cpu ?? -1;
  const sorted = services.toSorted((a, b) => costOf(b) - costOf(a));
  const facts = { daemon: daemon ?? {}, services: sorted, figures: figures.services };
  context.print(renderOverview(facts, { ...style, now: io.now() }));
  return 0;
}

/** The live screen. */
class LiveTop {
  readonly #context: CommandContext;
  readonly #client: Client;
  readonly #look: () => Promise<KnownSystem>;
  readonly #reader = new FiguresReader();
  readonly #end = Promise.withResolvers<void>();
  /** A log is shown instead, until a key is pressed. */
  #log: readonly string[] | undefined;
  #failure: unknown;

  constructor(context: CommandContext, client: Client, look: () => Promise<KnownSystem>) {
    this.#context = context;
    this.#client = client;
    this.#look = look;
  }

  async run(first: KnownSystem): Promise<void> {
    const facts = this.#facts(first);
    if (facts.figures.seen === 0) throw unseen();
    const view = new TopView(facts);
    using terminal = new FullTerminal(() => this.#end.resolve());
    const draw = () => this.#draw(view, terminal);
    draw();
    const resized = () => {
      terminal.clear();
      draw();
    };
    Deno.addSignalListener("SIGWINCH", resized);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      timer = setTimeout(async () => {
        try {
          view.show(this.#facts(await this.#look()));
          draw();
          again();
        } catch (error) {
          this.#fail(error);
        }
      }, INTERVAL);
    };
    again();
    void this.#read(view, terminal).catch((error) => this.#fail(error));
    try {
      await this.#end.promise;
    } finally {
      clearTimeout(timer);
      Deno.removeSignalListener("SIGWINCH", resized);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  #facts({ daemon, services }: KnownSystem) {
    const figures = this.#reader.read(services, daemon?.pid);
    return { services, figures, ...(daemon === undefined ? {} : { uptime: daemon.uptime }) };
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#end.resolve();
  }

  #draw(view: TopView, terminal: FullTerminal): void {
    if (this.#log !== undefined) return;
    const { io, options } = this.#context;
    terminal.show(view.lines({ ...textStyle(io, options.color), ...terminal.size }, io.now()));
  }

  async #read(view: TopView, terminal: FullTerminal): Promise<void> {
    for await (const key of terminal.keys()) {
      if (this.#log !== undefined && key !== "interrupt") {
        this.#log = undefined;
        terminal.clear();
      } else {
        const action = view.press(key);
        if (action?.kind === "quit") break;
        if (action !== undefined) {
          void this.#perform(action, view, terminal).catch((error) => this.#fail(error));
        }
      }
      this.#draw(view, terminal);
    }
    this.#end.resolve();
  }

  async #perform(action: TopAction, view: TopView, terminal: FullTerminal): Promise<void> {
    if (action.kind === "quit") return;
    if (action.kind === "logs") return await this.#showLog(action.service, terminal);
    const service = this.#client.service(action.service);
    try {
      await (action.kind === "stop" ? service.stop({ wait: false }) : service.restart({ wait: false }));
      view.say(`The daemon has accepted the ${action.kind} of ${action.service}`);
      view.show(this.#facts(await this.#look()));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      view.say(refusedText(error));
    }
    this.#draw(view, terminal);
  }

  async #showLog(name: string, terminal: FullTerminal): Promise<void> {
    const { rows, columns } = terminal.size;
    const service = (await this.#look()).services.find((one) => one.name === name);
    const log = service && await readServiceLog(this.#client, service, Math.max(1, rows - 3));
    const text = log === undefined
      ? ["(it has no log)"]
      : log.problem === undefined
      ? log.lines
      : [log.problem];
    this.#log = text;
    terminal.clear();
    const lines = [`Log of ${name}; any key returns`, "", ...text];
    terminal.show(lines.map((line) => cutText(printable(line), columns)));
  }
}

/** Why the daemon refuses a stop or a restart. */
function refusedText(error: ServiceError): string {
  if (!(error instanceof RefusedError)) return error.message;
  const { service, code, dependents } = error;
  if (code === "dependents") return `${dependentsText(service)} ${dependents.join(" ")}`;
  const isWorded = code === "pinned-started" || code === "shutting-down" || code === "not-started";
  return isWorded ? refusalText(service, code) : error.message;
}
