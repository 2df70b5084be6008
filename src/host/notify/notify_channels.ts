/**
 * The sockets on which processes send messages about their state (`ready-notification = notify`). Loaded with the first
 * such service. docs/health.md.
 */

import type { LaunchPlan } from "../../engine/mod.ts";
import { LaunchStage } from "../../model/mod.ts";
import { type Plain, type StatePart, type StateStore, toPlain } from "../../model/saving.ts";
import {
  type BootTime,
  type Files,
  Interest,
  type Library,
  type Poller,
  type ProcessStat,
  type Watch,
} from "../../system/mod.ts";
import { type NotifyMessage, NotifySockets } from "../../system/watching_health.ts";
import { prepare } from "../launch/launch_errors.ts";
import { adoptNamed, mainPidIn, type NamedProcess, type NamedProcessContext } from "./named_process.ts";
import { type Ids, NotifyFolder } from "./notify_folder.ts";
import { isInGroup, senderOf } from "./sender.ts";

const SOCKET = { what: "can't create notification socket", stage: LaunchStage.ARRANGE_FDS };
/** How many messages to read before other work gets its turn. */
const MOST_AT_ONCE = 100;
const MICROSECONDS = 1000;

/** A message from a process of a service, or a refused one. */
export type NotifyEvent =
  | { readonly kind: "message"; readonly bytes: Uint8Array; readonly pid: number }
  /** A process says which one is the main process. */
  | { readonly kind: "main"; readonly pid: number }
  /** `gone`: the sender has ended already, so nobody can say whose process it was. */
  | { readonly kind: "refused"; readonly pid: number; readonly uid: number; readonly gone: boolean };

/** What the channels are given by their host. */
export interface NotifyContext extends NamedProcessContext {
  readonly library: Library;
  readonly files: Files;
  readonly poller: Poller;
  readonly clock: BootTime;
  readonly store: StateStore;
  readonly ownIds: Ids;
  /** The folder of all sockets. */
  readonly notifyFolder: () => string;
}

interface Channel {
  readonly fd: number;
  readonly owner: Ids;
  /** The control group of the service, as `/proc/PID/cgroup` shows it; `undefined`: it has none to itself. */
  readonly group: string | undefined;
  watch: Watch | undefined;
  deliver: ((event: NotifyEvent) => void) | undefined;
  /** The main process of the service, also after its end. */
  lastMain: number | undefined;
  /** The main process that a process has named, until the launcher has ended. */
  named: number | undefined;
}

/** What is saved about a channel, besides its socket. */
export interface ChannelFacts extends Ids {
  readonly group: string | undefined;
  readonly named: number | undefined;
}

/** The sockets of all services. Their documents are in the part `notify`, by the id of the service. */
export class NotifyChannels implements StatePart {
  readonly name = "notify";
  readonly #context: NotifyContext;
  readonly #sockets: NotifySockets;
  readonly #folder: NotifyFolder;
  readonly #open = new Map<number, Channel>();

  constructor(context: NotifyContext) {
    this.#context = context;
    this.#sockets = new NotifySockets(context.library);
    this.#folder = new NotifyFolder(context.files, this.#sockets, context.ownIds, context.notifyFolder);
  }

  /**
   * Opens the socket for a process that is about to be launched, and adds it to its environment. An earlier socket of
   * the service, and messages of its last process, are dropped. Throws `PreparationError`.
   *
   * @param group the control group that only this service has, below its mount point. @default none
   */
  prepare(plan: LaunchPlan, group?: string): LaunchPlan {
    const { id, notify, runAs } = plan;
    const { ownIds } = this.#context;
    const owner = { uid: runAs?.uid ?? ownIds.uid, gid: runAs?.gid ?? ownIds.gid };
    this.#drop(id);
    const fd = prepare(plan, SOCKET, () => this.#folder.bind(id, owner));
    this.#enter(id, fd, { ...owner, group: group?.replace(/^\/unified(?=\/)/, ""), named: undefined });
    const environment = new Map(plan.environment).set("NOTIFY_SOCKET", this.#folder.pathOf(id));
    // Without WATCHDOG_PID every process of the service may send signs of life; only the kernel knows the number yet.
    environment.delete("WATCHDOG_PID");
    if (notify === undefined || notify.watchdog === 0) environment.delete("WATCHDOG_USEC");
    else environment.set("WATCHDOG_USEC", String(notify.watchdog * MICROSECONDS));
    return { ...plan, environment };
  }

  /**
   * Delivers the messages of a service, including those that wait. Call it when its process is known: before that,
   * nothing says who belongs to it. False: it has no socket.
   */
  listen(id: number, deliver: (event: NotifyEvent) => void): boolean {
    const channel = this.#open.get(id);
    if (channel === undefined) return false;
    channel.lastMain = this.#context.table.inRole(id, "main")?.pid ?? channel.lastMain;
    channel.deliver = deliver;
    channel.watch ??= this.#context.poller.watch(channel.fd, Interest.READ, () => this.read(id, deliver));
    return true;
  }

  /** A process has named the main process, while the launcher runs. */
  remember(id: number, pid: number): void {
    const channel = this.#open.get(id);
    if (channel === undefined) return;
    channel.named = pid;
    this.#context.store.changed(this, id);
  }

  /**
   * The launcher of a service has ended: takes the process that was named, if there is one. Messages that wait may name
   * it. `undefined`: none was named.
   */
  adoptRemembered(id: number, name: string): NamedProcess | undefined {
    const channel = this.#open.get(id);
    if (channel === undefined) return undefined;
    this.read(id, (event) => {
      if (event.kind === "main") channel.named = event.pid;
      else channel.deliver?.(event);
    });
    const { named } = channel;
    channel.named = undefined;
    return named === undefined ? undefined : adoptNamed(id, name, named, this.#context);
  }

  /** Takes a process as the main process of a service that is up. */
  adopt(id: number, name: string, pid: number): NamedProcess {
    const taken = adoptNamed(id, name, pid, this.#context);
    const channel = this.#open.get(id);
    if (channel !== undefined && "pid" in taken) channel.lastMain = taken.pid;
    return taken;
  }

  /**
   * Delivers at most a hundred messages that wait. A message leaves the socket when what follows from it is saved: after
   * a fault in between, the next program delivers it again.
   */
  read(id: number, deliver: (event: NotifyEvent) => void): void {
    const channel = this.#open.get(id);
    for (let count = 0; count < MOST_AT_ONCE; count++) {
      if (channel === undefined || this.#open.get(id) !== channel) return; // a message has ended the service
      const message = this.#sockets.look(channel.fd);
      if (message === undefined) return;
      this.#context.store.step(() => this.#deliver(id, message, channel, deliver));
      if (this.#open.get(id) === channel) this.#sockets.drop(channel.fd);
    }
  }

  #deliver(
    id: number,
    { bytes, pid, uid }: NotifyMessage,
    channel: Channel,
    deliver: (event: NotifyEvent) => void,
  ): void {
    const sender = this.#sender(id, pid, channel);
    if (sender !== "own") return deliver({ kind: "refused", pid, uid, gone: sender === "gone" });
    const named = mainPidIn(bytes);
    if (named !== undefined) deliver({ kind: "main", pid: named });
    deliver({ kind: "message", bytes, pid });
  }

  #sender(id: number, pid: number, { group, lastMain }: Channel): ReturnType<typeof senderOf> {
    const { table, clock, processes } = this.#context;
    if (group !== undefined && isInGroup(pid, group)) return "own";
    const main = table.inRole(id, "main")?.pid ?? lastMain;
    if (main === undefined) return "stranger";
    const sender = senderOf(pid, main, clock);
    if (sender !== "stranger" || !hasEnded(clock.look(main))) return sender;
    // The launcher has ended, and what it has left became a child of the daemon.
    const isOrphan = table.find(pid) === undefined && processes.look(pid).kind === "running";
    return isOrphan ? "own" : sender;
  }

  /** Closes and removes the socket of a service. */
  close(id: number): void {
    if (!this.#open.has(id)) return;
    this.#drop(id);
    this.#folder.remove(id);
  }

  document(id: number): Plain | undefined {
    const channel = this.#open.get(id);
    if (channel === undefined) return undefined;
    const { fd, owner: { uid, gid }, group, named } = channel;
    return toPlain({
      fd,
      inode: this.#context.files.inodeOf(fd, "socket") ?? 0,
      uid,
      gid,
      ...(group === undefined ? {} : { group }),
      ...(named === undefined ? {} : { named }),
    });
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    return Array.from(this.#open.values(), ({ fd }) => fd);
  }

  /** Continues with an open socket, or makes it again at its path. Throws `SystemCallError` in the second case. */
  restore(id: number, fd: number | undefined, facts: ChannelFacts): void {
    this.#enter(id, fd ?? this.#folder.bind(id, facts), facts);
  }

  #enter(id: number, fd: number, { uid, gid, group, named }: ChannelFacts): void {
    const owner = { uid, gid };
    this.#open.set(id, {
      fd,
      owner,
      group,
      named,
      watch: undefined,
      deliver: undefined,
      lastMain: undefined,
    });
    this.#context.store.changed(this, id);
  }

  #drop(id: number): void {
    const channel = this.#open.get(id);
    if (channel === undefined) return;
    channel.watch?.end();
    this.#context.files.close(channel.fd);
    this.#open.delete(id);
    this.#context.store.changed(this, id);
  }
}

/** Whether a process is gone, or waits for its reaper. */
function hasEnded(found: ProcessStat | undefined): boolean {
  return found === undefined || found.state === "Z" || found.state === "X";
}
