/** The reply to LISTSERVICES, which may be long. */

import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { ReplyPacket } from "../wire/layouts.ts";
import { Reply } from "../wire/protocol.ts";

/**
 * One packet for each service, made when the client takes it, and LISTDONE. Services that are loaded or unloaded
 * meanwhile may or may not be in the list. Another program continues it after the service that came last.
 */
export class ServiceList {
  readonly #manager: ControlledManager;
  readonly #services: Iterator<ControlledService>;
  #after: number;
  #isDone = false;

  /** Begins after the service with this id. @default the beginning */
  constructor(manager: ControlledManager, after = -1) {
    this.#manager = manager;
    this.#after = after;
    this.#services = manager.services()[Symbol.iterator]();
    if (after >= 0) this.#services = [...manager.services()].filter(({ id }) => id > after).values();
  }

  /** The id of the last service in the packets so far; -1: none. */
  get after(): number {
    return this.#after;
  }

  /** The next packet; `undefined` after the last one. */
  next(): ReplyPacket | undefined {
    if (this.#isDone) return undefined;
    const { value: service, done } = this.#services.next();
    if (done) {
      this.#isDone = true;
      return { type: Reply.LISTDONE };
    }
    this.#after = service.id;
    return { type: Reply.SVCINFO, name: service.name, status: this.#manager.status(service) };
  }
}
