/**
 * The sockets on which processes send messages about their state (`ready-notification = notify`). Loaded with the first
 * such service. docs/health.md.
 */

import type { LaunchPlan } from "../../engine/mod.ts";
import { LaunchStage } from "../../model/mod.ts";
import type { Plain, StatePart, StateStore } from "../../model/saving.ts";
import {
  type BootTime,
  type Files,
  Interest,
  type Library,
  type Poller,
  type Watch,
} from "../../system/mod.ts";
import { NotifySockets } from "../../system/watching_health.ts";
import { prepare } from "../launch/launch_errors.ts";
import type { ProcessTable } from "../processes/process_table.ts";
import { type Ids, NotifyFolder } from "./notify_folder.ts";
import { senderOf } from "./sender.ts";

const SOCKET = { what: "can't create notification socket", stage: LaunchStage.ARRANGE_FDS };
/** How many messages to read before other work gets its turn. */
const MOST_AT_ONCE = 100;
const MICROSECONDS = 1000;

/** A message from a process of a service, or a refused one. */
export type NotifyEvent =
  | { readonly kind: "message"; readonly bytes: Uint8Array; readonly pid: number }
  /** `gone`: the sender has ended already, so nobody can say whose process it was. */
  | { readonly kind: "refused"; readonly pid: number; readonly uid: number; readonly gone: boolean };

/** What the channels are given by their host. */
export interface NotifyContext {
  readonly library: Library;
  readonly files: Files;
  readonly poller: Poller;
  readonly table: ProcessTable;
  readonly clock: BootTime;
  readonly store: StateStore;
  readonly ownIds: Ids;
  /** The folder of all sockets. */
  readonly notifyFolder: () => string;
}

interface Channel {
  readonly fd: number;
  readonly owner: Ids;
  watch: Watch | undefined;
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
   */
  prepare(plan: LaunchPlan): LaunchPlan {
    const { id, notify, runAs } = plan;
    const { ownIds } = this.#context;
    const owner = { uid: runAs?.uid ?? ownIds.uid, gid: runAs?.gid ?? ownIds.gid };
    this.#drop(id);
    this.#enter(id, prepare(plan, SOCKET, () => this.#folder.bind(id, owner)), owner);
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
    channel.watch ??= this.#context.poller.watch(channel.fd, Interest.READ, () => this.read(id, deliver));
    return true;
  }

  /** Delivers at most a hundred messages that wait. */
  read(id: number, deliver: (event: NotifyEvent) => void): void {
    const { table, clock } = this.#context;
    const channel = this.#open.get(id);
    for (let count = 0; count < MOST_AT_ONCE; count++) {
      if (channel === undefined || this.#open.get(id) !== channel) return; // a message has ended the service
      const message = this.#sockets.receive(channel.fd);
      if (message === undefined) return;
      const { bytes, pid, uid } = message;
      const main = table.inRole(id, "main")?.pid;
      const sender = main === undefined ? "stranger" : senderOf(pid, main, clock);
      if (sender === "own") deliver({ kind: "message", bytes, pid });
      else deliver({ kind: "refused", pid, uid, gone: sender === "gone" });
    }
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
    const { fd, owner: { uid, gid } } = channel;
    return { fd, inode: this.#context.files.inodeOf(fd, "socket") ?? 0, uid, gid };
  }

  /** The descriptors that a replacement of the program must keep open. */
  descriptors(): number[] {
    return Array.from(this.#open.values(), ({ fd }) => fd);
  }

  /** Continues with an open socket, or makes it again at its path. Throws `SystemCallError` in the second case. */
  restore(id: number, fd: number | undefined, owner: Ids): void {
    this.#enter(id, fd ?? this.#folder.bind(id, owner), owner);
  }

  #enter(id: number, fd: number, owner: Ids): void {
    this.#open.set(id, { fd, owner, watch: undefined });
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
