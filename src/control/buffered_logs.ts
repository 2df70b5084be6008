import { decodeBytes } from "../model/mod.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { LogPart } from "./documents.ts";

/**
 * The buffered output of services. Clients empty the buffers through it, and nobody else does: so it can tell those
 * who read a buffer bit by bit that it began anew.
 */
export class BufferedLogs {
  readonly #manager: ControlledManager;
  readonly #generations = new WeakMap<ControlledService, number>();

  constructor(manager: ControlledManager) {
    this.#manager = manager;
  }

  /** All that is buffered; `undefined` if the service is not configured to have a buffer. */
  read(service: ControlledService, options: { readonly clear: boolean }): Uint8Array | undefined {
    const log = this.#manager.bufferedLog(service, options);
    if (options.clear) this.#generations.set(service, this.#generation(service) + 1);
    return log;
  }

  /**
   * What was buffered after an earlier part, from the beginning if the buffer was emptied since then; `undefined` if
   * the service is not configured to have a buffer.
   *
   * @param generation of the earlier part
   * @param offset the end of the earlier part
   */
  part(service: ControlledService, generation: number, offset: number): LogPart | undefined {
    const log = this.#manager.bufferedLog(service, { clear: false });
    if (log === undefined) return undefined;
    const current = this.#generation(service);
    const start = generation === current ? Math.min(offset, log.length) : 0;
    return { generation: current, end: log.length, text: decodeBytes(log.subarray(start)) };
  }

  #generation(service: ControlledService): number {
    return this.#generations.get(service) ?? 0;
  }
}
