import { errnoText, PRODUCT_VERSION, Signal } from "../../model/mod.ts";
import type { Plain } from "../../model/saving.ts";
import {
  type BootTime,
  type Files,
  type Poller,
  type Processes,
  type Sockets,
  type Spawner,
  SystemCallError,
} from "../../system/mod.ts";
import { LineChannel } from "../../system/keeping.ts";
import type { OwnDescriptors, ProcessHandles } from "../../system/surviving.ts";
import type { NullDevice } from "../launch/null_device.ts";
import { ownProgram, spawnOwn } from "../own_program.ts";
import { waitsForDevice } from "../processes/exiting.ts";
import { endEarlierKeeper } from "./earlier_keeper.ts";
import { orderLine, type Saying, sayingIn } from "./orders.ts";
import type { SavedKeeper } from "./saved_keeping.ts";

/** The pauses before a keeper that has never been ready is started again, in milliseconds. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
/** How long a keeper may take until it is ready, in milliseconds. */
const READY_LIMIT = 30_000;
/** How long it may take to end, in milliseconds. */
const END_LIMIT = 5_000;
/** How long all keepers together may take to write everything at the end, in milliseconds. */
const FINISH_LIMIT = 15_000;

/** What the keeper's process is given. */
export interface KeeperProcessContext {
  readonly files: Files;
  readonly poller: Poller;
  readonly processes: Processes;
  readonly handles: ProcessHandles;
  readonly descriptors: OwnDescriptors;
  readonly clock: BootTime;
  readonly sockets: Sockets;
  readonly spawner: Spawner;
  readonly nothing: NullDevice;
  /** Writes a warning to the daemon's log. */
  warn(text: string): void;
  /** How long a keeper may take to write everything and to end, in milliseconds. @default 5000 */
  readonly endLimit?: number;
}

/** What happens to the keeper. */
export interface KeeperEvents {
  /** It takes orders from now on. */
  ready(): void;
  said(saying: Saying): void;
  /** It has ended, and will be started again. It touches nothing any more. */
  ended(): void;
  /** What a later program must know has changed. */
  changed(): void;
}

/** The running process. */
interface Keeper {
  readonly channel: LineChannel;
  readonly inode: number;
  readonly version: string;
  pid: number | undefined;
  seen: number;
  ready: boolean;
  /** It may have orders: it uses the pipes and stages of logs until it ends. */
  ordered: boolean;
  /** It does not answer. */
  silent: boolean;
  killed: boolean;
  limit: ReturnType<typeof setTimeout> | undefined;
}

/** Keeps one process of `dinit log-keeper` running. The end of the channel says that the process has ended. */
export class KeeperProcess {
  readonly #context: KeeperProcessContext;
  readonly #events: KeeperEvents;
  #keeper: Keeper | undefined;
  /** How many keepers in a row have ended before they were ready. */
  #failures = 0;
  /** How many keepers in a row did not answer, and how many in all. */
  #silentInARow = 0;
  #silentOnes = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  /** It is ended for good; resolves when it has ended. */
  #finished: PromiseWithResolvers<void> | undefined;
  #isOver = false;
  /** An earlier keeper must end first. */
  #isWaiting = false;

  constructor(context: KeeperProcessContext, events: KeeperEvents) {
    this.#context = context;
    this.#events = events;
  }

  /** The id of the process, if it runs. */
  get pid(): number | undefined {
    return this.#keeper?.pid;
  }

  /** Whether it takes orders. */
  get isReady(): boolean {
    return this.#keeper?.ready === true;
  }

  /** How many keepers were replaced because they did not answer, since this program has begun. */
  get silentOnes(): number {
    return this.#silentOnes;
  }

  /** Whether a keeper, also an earlier one, may still use the pipes and stages of logs. */
  get usesLogs(): boolean {
    const keeper = this.#keeper;
    if (keeper === undefined || !keeper.ordered) return this.#isWaiting;
    const { killed, pid } = keeper;
    return !(killed && pid !== undefined && waitsForDevice(this.#context.files, pid));
  }

  /** It does not answer: kills it, and starts another one; after a pause if that has just happened before. */
  replace(): void {
    const keeper = this.#keeper;
    if (keeper?.ready !== true) return;
    keeper.ready = false;
    keeper.silent = true;
    this.#silentOnes++;
    this.#silentInARow++;
    if (this.#silentInARow === 1) {
      this.#context.warn(`The keeper of logs (process ${keeper.pid}) does not answer; it is replaced`);
    }
    this.#kill(keeper);
    this.#events.changed();
  }

  /** It has given a sign of life. */
  answered(): void {
    this.#silentInARow = 0;
  }

  /** Starts it, unless it runs. */
  start(): void {
    if (this.#keeper !== undefined || this.#again !== undefined || this.#isWaiting || this.#isOver) return;
    try {
      this.#start();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#failed(`it cannot be started: ${error.call}: ${errnoText(error.errno)}`);
    }
  }

  /** Sends an order. */
  send(line: string): void {
    this.#keeper?.channel.send(line);
  }

  /**
   * Lets it write everything and end; if it is killed meanwhile, another one does it. Resolves when it has ended; it is
   * killed if that takes too long.
   */
  async finish(): Promise<void> {
    const finished = this.#finished ??= Promise.withResolvers<void>();
    const limit = setTimeout(() => this.#giveUp(), FINISH_LIMIT);
    if (this.isReady && this.#keeper !== undefined) this.#end(this.#keeper);
    else this.start();
    await finished.promise;
    clearTimeout(limit);
    clearTimeout(this.#again);
  }

  #giveUp(): void {
    this.#isOver = true;
    this.#context.warn("The keeper of logs does not end; output that it has not written is lost");
    if (this.#keeper !== undefined) this.#kill(this.#keeper);
    this.#finished?.resolve();
  }

  // ---- State -------------------------------------------------------------------------------------------------

  document(): Plain | undefined {
    if (this.#keeper === undefined) return undefined;
    const { channel, inode, pid, seen, ready, version } = this.#keeper;
    return { fd: channel.fd, inode, seen, ready, version, ...(pid === undefined ? {} : { pid }) };
  }

  descriptors(): number[] {
    return this.#keeper === undefined ? [] : [this.#keeper.channel.fd];
  }

  /** Continues with the keeper of the program before in the same process. */
  inherit({ fd, inode, pid, seen, ready, version }: SavedKeeper): void {
    const { files, descriptors } = this.#context;
    if (files.inodeOf(fd, "socket") !== inode) return;
    descriptors.setPassesExec(fd, false);
    const keeper = this.#follow(fd, { pid, seen, ready, version });
    keeper.ordered = true;
    // The rest of a line that the program before has begun ends here.
    keeper.channel.send("");
    // What it said before the fault may be lost; and another release may understand other orders.
    if (!ready || version !== PRODUCT_VERSION) this.#end(keeper);
  }

  /** Ends the keeper of a killed daemon, which writes what it has. None is started before it has ended. */
  endEarlier(saved: SavedKeeper): void {
    this.#isWaiting = endEarlierKeeper(saved, this.#context, () => {
      this.#isWaiting = false;
      this.start();
    });
  }

  // ---- Process -----------------------------------------------------------------------------------------------

  #start(): void {
    const program = ownProgram();
    if (program === undefined) return this.#failed("dinit may not read /proc (grant --allow-read)");
    const { sockets, files, clock, nothing } = this.#context;
    const [own, its] = sockets.pair();
    // The next program must know of the channel before there is a process.
    const keeper = this.#follow(own, {
      pid: undefined,
      seen: clock.now().latest,
      ready: false,
      version: PRODUCT_VERSION,
    });
    try {
      const argv = [...program.words, "log-keeper"];
      const pid = spawnOwn(
        { path: program.path, argv },
        [its, nothing.output, nothing.output],
        this.#context,
      );
      Object.assign(keeper, { pid, seen: clock.now().latest });
      keeper.limit = setTimeout(() => this.#kill(keeper), READY_LIMIT);
    } catch (error) {
      keeper.channel.close();
      this.#keeper = undefined;
      throw error;
    } finally {
      files.close(its);
      this.#events.changed();
    }
  }

  #follow(fd: number, facts: Pick<Keeper, "pid" | "seen" | "ready" | "version">): Keeper {
    const { files, poller } = this.#context;
    const channel = new LineChannel(fd, files, poller, {
      line: (line) => {
        const saying = sayingIn(line);
        if (saying?.said === "ready") this.#ready(keeper);
        else if (saying?.said === "finished") this.#isOver = this.#finished !== undefined;
        else if (saying !== undefined) this.#events.said(saying);
      },
      closed: () => this.#ended(keeper),
    });
    const inode = files.inodeOf(fd, "socket") ?? 0;
    const { ready } = facts;
    const keeper: Keeper = {
      channel,
      inode,
      limit: undefined,
      ordered: ready,
      silent: false,
      killed: false,
      ...facts,
    };
    this.#keeper = keeper;
    this.#events.changed();
    return keeper;
  }

  #ready(keeper: Keeper): void {
    clearTimeout(keeper.limit);
    keeper.ready = keeper.ordered = true;
    this.#failures = 0;
    this.#events.changed();
    this.#events.ready();
    if (this.#finished !== undefined) this.#end(keeper);
  }

  #end(keeper: Keeper): void {
    keeper.ready = false;
    keeper.channel.send(orderLine({ order: "finish" }));
    clearTimeout(keeper.limit);
    keeper.limit = setTimeout(() => this.#kill(keeper), this.#context.endLimit ?? END_LIMIT);
  }

  #kill(keeper: Keeper): void {
    const { pid } = keeper;
    keeper.killed = true;
    // Its number is its own: while the channel is open, the process has not ended.
    if (pid !== undefined) this.#context.processes.kill(pid, Signal.KILL);
  }

  #ended(keeper: Keeper): void {
    const { ready, silent, pid, limit } = keeper;
    clearTimeout(limit);
    this.#keeper = undefined;
    this.#events.changed();
    this.#events.ended();
    if (this.#isOver) return this.#finished?.resolve();
    if (this.#finished !== undefined) return this.start();
    if (silent) return this.#startIn(pauseAfter(this.#silentInARow - 1));
    if (!ready) return this.#failed("it ended before it was ready");
    this.#context.warn(`The keeper of logs (process ${pid}) has ended; it is started again`);
    this.start();
  }

  #failed(why: string): void {
    this.#failures++;
    // The first failure may be a keeper that was killed while it started.
    if (this.#failures === 2) {
      this.#context.warn(`The keeper of logs does not run: ${why}; it is tried again`);
    }
    if (!this.#isOver) this.#startIn(pauseAfter(this.#failures));
  }

  #startIn(pause: number): void {
    this.#again = setTimeout(() => {
      this.#again = undefined;
      this.start();
    }, pause);
  }
}

/** The pause after a number of failures in a row, in milliseconds. */
function pauseAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (failures - 1));
}
