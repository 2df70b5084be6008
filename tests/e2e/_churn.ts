/** A daemon with services of all types and in all situations, whose program is replaced while services come and go. */

import { type Client, connect, type ServiceInfo } from "../../src/client/library.ts";
import { soon, until } from "../_patience.ts";
import type { Dinit } from "./_dinit.ts";
import { awaitFile, enter, internal, process, scripted, type Services, settings, shell } from "./_hosts.ts";

/** Services whose processes are killed, and that are stopped and started again. */
const MOVING = ["moving-0", "moving-1", "moving-2", "moving-3"] as const;

/** Each start of a moving service leaves a line in the journal of the directory. */
const moving = (name: string) =>
  process(`${enter(name)}; exec sleep 1000`, "restart = yes", "restart-delay = 0", "restart-limit-count = 0");

/** Services of all types by turns, which nobody disturbs. */
function still(count: number, directory: string): Services {
  const kinds = [
    () => process("exec sleep 1000"),
    (name: string) =>
      settings(
        "type = bgprocess",
        `command = ${shell(`sleep 1000 & echo $! >${directory}/${name}.pid`)}`,
        `pid-file = ${directory}/${name}.pid`,
      ),
    () => scripted("true", "stop-command = true"),
    () => internal(),
    () => settings("type = triggered"),
  ];
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `still-${index}`,
      kinds[index % kinds.length](`still-${index}`),
    ]),
  );
}

const isTriggered = (name: string) => /^still-\d*[49]$/.test(name);

/** Services in all situations, for a daemon with this directory. */
export function services(count: number, directory: string): Services {
  const all: Services = {
    ...still(count, directory),
    ...Object.fromEntries(MOVING.map((name) => [name, moving(name)])),
    starting: process(
      `${enter("starting")}; ${awaitFile("go")}; echo 1 >&3; exec sleep 1000`,
      "ready-notification = pipefd:3",
      "start-timeout = 0",
    ),
    stopping: process(
      `trap '' TERM; ${enter("stopping")}; ${awaitFile("end")}`,
      "stop-timeout = 0",
    ),
    delayed: process(`${enter("delayed")}; exec sleep 1000`, "restart = yes", "restart-delay = 1000"),
    full: process(
      "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done; exec sleep 1000",
      "log-type = buffer",
      "log-buffer-size = 1024",
    ),
    producer: process(
      "while read line; do echo $line; done <../pipe",
      "log-type = pipe",
    ),
    consumer: process("exec cat >../consumed", "consumer-of = producer"),
    listening: process("exec sleep 1000", `socket-listen = ${directory}/listening`),
    pinned: process("exec sleep 1000"),
  };
  const wanted = Object.keys(all).filter((name) =>
    !["starting", "stopping", "delayed", "pinned"].includes(name)
  );
  return { ...all, boot: internal(...wanted.map((name) => `waits-for = ${name}`)) };
}

/** What the program of a daemon uses. */
export interface Usage {
  readonly descriptors: number;
  readonly threads: number;
  /** Private memory, in KiB. */
  readonly memory: number;
}

/** The use of a process. */
export function usageOf(pid: number): Usage {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const field = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(status)?.[1]);
  const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
  return { descriptors, threads: field("Threads"), memory: field("RssAnon") };
}

/** What of a service must not change. */
function lasting({ name, state, target, pid, since, restarts, explicit, exit }: ServiceInfo) {
  return { name, state, target, pid, since: since?.getTime(), restarts, explicit, exit };
}

/** The churn. */
export class Churn implements Disposable {
  readonly #dinit: Dinit;
  readonly #client: Client;
  readonly #pipe: Deno.FsFile;
  /** How often each moving service must have started. */
  readonly #starts = new Map<string, number>(MOVING.map((name) => [name, 1]));
  #sent = "";
  #before: unknown;

  private constructor(dinit: Dinit, client: Client, pipe: Deno.FsFile) {
    this.#dinit = dinit;
    this.#client = client;
    this.#pipe = pipe;
  }

  /** Brings all services into their situations. The daemon has `services`; there must be a named pipe at `pipe`. */
  static async begin(dinit: Dinit): Promise<Churn> {
    const pipe = await Deno.open(`${dinit.directory}/pipe`, { read: true, write: true });
    // The socket exists a moment before it listens.
    const client = await until(
      () => connect({ socketPath: dinit.socket }).catch(() => undefined),
      "the control socket",
      20,
    );
    for (const { name } of await client.services()) {
      if (isTriggered(name)) await client.service(name).trigger();
    }
    await dinit.printed("[  OK  ] boot");
    client.service("starting").start().catch(() => {}); // it ends with the connection
    await client.service("pinned").start({ pin: true });
    await client.service("stopping").start();
    await dinit.until(() => dinit.read("journal").includes("stopping"), "the trap");
    client.service("stopping").stop().catch(() => {});
    const churn = new Churn(dinit, client, pipe);
    Deno.kill((await client.service("delayed").start()).pid!, "SIGKILL");
    await until(
      async () => (await churn.#info("delayed")).waitingFor?.includes("restart-delay"),
      "the delay",
    );
    await churn.#settled();
    churn.#before = await churn.#shown();
    return churn;
  }

  async #info(name: string): Promise<ServiceInfo> {
    const all = await soon(this.#client.services(), "the services");
    return all.find((service) => service.name === name)!;
  }

  /** Does something to a moving service. It need not be complete when the program is replaced. */
  async move(choice: number): Promise<void> {
    const name = MOVING[choice % MOVING.length];
    if (choice % 3 === 0) {
      await soon(this.#client.service(name).stop(), `the stop of ${name}`);
      await soon(this.#client.service(name).start(), `the start of ${name}`);
    } else {
      Deno.kill((await this.#info(name)).pid!, "SIGKILL");
    }
    this.#starts.set(name, this.#starts.get(name)! + 1);
  }

  async upgrade(): Promise<void> {
    await soon(this.#client.upgrade(), "the upgrade");
  }

  /** Waits until everything that has been done is complete, and finds that nothing else has changed. */
  async check(): Promise<{ readonly before: unknown; readonly now: unknown }> {
    await this.#settled();
    const line = `line ${this.#sent.length}\n`;
    this.#sent += line;
    await this.#pipe.write(new TextEncoder().encode(line));
    await this.#dinit.until(
      () => this.#dinit.read("consumed") === this.#sent,
      "the line in the other service",
    );
    await this.#findListening();
    return { before: this.#before, now: await this.#shown() };
  }

  /** The socket of a service that accepts nothing takes connections, until its queue is full. Without it they fail. */
  async #findListening(): Promise<void> {
    try {
      (await Deno.connect({ transport: "unix", path: `${this.#dinit.directory}/listening` })).close();
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
    }
  }

  async #settled(): Promise<void> {
    const { read } = this.#dinit;
    const started = () => {
      const words = read.call(this.#dinit, "journal").split("\n");
      return Object.fromEntries(MOVING.map((name) => [name, words.filter((word) => word === name).length]));
    };
    await until(
      async () => {
        const services = await soon(this.#client.services(), "the services");
        const isUp = MOVING.every((name) => services.find((one) => one.name === name)?.state === "started");
        return isUp && MOVING.every((name) => started()[name] >= this.#starts.get(name)!);
      },
      () => `starts ${JSON.stringify([...this.#starts])}, there were ${JSON.stringify(started())}`,
      50,
    );
  }

  /** Everything that must stay the same, and how often each process was started. */
  async #shown(): Promise<unknown> {
    const services = (await soon(this.#client.services(), "the services")).filter(({ name }) =>
      !name.startsWith("moving-")
    );
    const log = await this.#dinit.ctl("catlog", "full");
    const words = this.#dinit.read("journal").trim().split("\n");
    const extra = MOVING.map((name) =>
      words.filter((word) => word === name).length - this.#starts.get(name)!
    );
    return {
      services: services.map(lasting),
      log: log.stdout,
      others: words.filter((word) => !word.startsWith("moving-")),
      extra,
    };
  }

  /** How a service that nobody disturbs can be looked at, for the states in which the test wants it. */
  async states(): Promise<Readonly<Record<string, string>>> {
    const all = await soon(this.#client.services(), "the services");
    return Object.fromEntries(all.map(({ name, state }) => [name, state]));
  }

  [Symbol.dispose](): void {
    this.#client.close();
    this.#pipe.close();
  }
}
