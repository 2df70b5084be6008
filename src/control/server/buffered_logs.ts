import { decodeBytes } from "../../model/mod.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { LogPart } from "../wire/documents.ts";

/**
 * The buffered output of services. Clients empty the buffers through it, and nobody else does: so it can count how often
 * a buffer has been emptied.
 */
export class BufferedLogs {
  readonly #manager: ControlledManager;
  readonly #generations = new WeakMap<ControlledService, number>();

  constructor(manager: ControlledManager) {
    this.#manager = manager;
  }

  /** All that is buffered, as CATLOG gives it; `undefined` if the service is not configured to have a buffer. */
  read(service: ControlledService, options: { readonly clear: boolean }): Uint8Array | undefined {
    const log = this.#manager.bufferedLog(service, options);
    if (options.clear) this.#generations.set(service, this.#generation(service) + 1);
    return log?.bytes;
  }

  /**
   * What is buffered of the output behind an offset; `undefined` if the service is not configured to have a buffer. If
   * `start` is greater than the offset, what lies between has been overwritten or cleared.
   *
   * @param offset the end of an earlier part
   */
  part(service: ControlledService, offset: number): LogPart | undefined {
    const log = this.#manager.bufferedLog(service, { after: offset });
    if (log === undefined) return undefined;
    const { bytes, end } = log;
    return {
      generation: this.#generation(service),
      start: end - bytes.length,
      end,
      text: decodeBytes(bytes),
    };
  }

  #generation(service: ControlledService): number {
    return this.#generations.get(service) ?? 0;
  }
}
