import { reasonText } from "../../model/mod.ts";
import {
  type KeptLogOrder,
  type Order,
  orderIn,
  type Saying,
  sayingLine,
} from "../../host/keeping/orders.ts";
import { type Files, type Library, type Poller, releaseMemory, SystemCallError } from "../../system/mod.ts";
import { LineChannel } from "../../system/keeping.ts";
import { PRODUCT_VERSION } from "../../model/mod.ts";
import { KeptLog } from "./kept_log.ts";

/** When no log was added for this time, unused memory is given back, in milliseconds. */
const SETTLED = 1000;

/** What a keeper is given. */
export interface KeeperContext {
  readonly library: Library;
  readonly files: Files;
  readonly poller: Poller;
  /** One end of the channel to the daemon. */
  readonly channel: number;
}

/**
 * Keeps the logs of a daemon's services. If the daemon is gone, it goes on until the last service has ended, or the next
 * daemon ends it.
 */
export class Keeper {
  readonly #context: KeeperContext;
  readonly #channel: LineChannel;
  readonly #logs = new Map<number, KeptLog>();
  readonly #ended = Promise.withResolvers<void>();
  #hasDaemon = true;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(context: KeeperContext) {
    const { channel, files, poller } = this.#context = context;
    this.#channel = new LineChannel(channel, files, poller, {
      line: (text) => {
        const order = orderIn(text);
        if (order !== undefined) this.#obey(order);
      },
      closed: () => {
        this.#hasDaemon = false;
        this.#endIfAlone();
      },
    });
    this.#say({ said: "ready", version: PRODUCT_VERSION });
  }

  /** Resolves when there is nothing to keep any more. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Opens all files again. */
  reopen(): void {
    for (const log of this.#logs.values()) log.reopen();
  }

  /** Writes everything, and ends. `ended`: the services have ended, so lines will not continue. */
  async finish({ ended }: { readonly ended: boolean }): Promise<void> {
    const logs = [...this.#logs.values()];
    this.#logs.clear();
    await Promise.all(logs.map((log) => log.close({ ended })));
    this.#say({ said: "finished" });
    this.#ended.resolve();
  }

  #obey(order: Order): void {
    const { id, number } = order;
    switch (order.order) {
      case "keep":
        if (order.log !== undefined) this.#keep(order.log, order.daemon);
        break;
      case "only":
        for (const known of [...this.#logs.keys()]) if (!order.ids.includes(known)) this.#leave(known);
        break;
      case "leave":
        this.#leave(id);
        break;
      case "rotate": {
        const log = this.#logs.get(id);
        this.#say({ said: "rotated", id, number, text: log === undefined ? "it is not kept" : log.rotate() });
        break;
      }
      case "sync":
        this.#logs.get(id)?.sync();
        this.#say({ said: "synced", id, number });
        break;
      case "finish":
        void this.finish({ ended: true });
    }
  }

  /** A daemon adds many logs at once, and then none for a long time. */
  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => releaseMemory(this.#context.library), SETTLED);
  }

  #keep(order: KeptLogOrder, daemon: number): void {
    const { id } = order;
    this.#settle();
    const report = (text: string) => this.#say({ said: "problem", id, text });
    const known = this.#logs.get(id);
    if (known !== undefined) {
      known.change(order).catch(reportError);
      return;
    }
    try {
      this.#logs.set(
        id,
        new KeptLog(order, daemon, { ...this.#context, report, ended: () => this.#leave(id) }),
      );
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      report(`its output cannot be read by the keeper of logs: ${reasonText(error)}`);
    }
  }

  #leave(id: number): void {
    const log = this.#logs.get(id);
    this.#logs.delete(id);
    const left = () => {
      this.#say({ said: "left", id });
      this.#endIfAlone();
    };
    if (log === undefined) left();
    else log.close({ ended: true }).then(left, reportError);
  }

  #endIfAlone(): void {
    if (!this.#hasDaemon && this.#logs.size === 0) this.#ended.resolve();
  }

  #say(saying: Pick<Saying, "said"> & Partial<Saying>): void {
    this.#channel.send(sayingLine(saying));
  }
}
