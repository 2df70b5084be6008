import { decodeBytes } from "../../model/mod.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { LogPart } from "../wire/documents.ts";

/**
 * The buffered output of services. Clients clear the buffers only through this object, so it can count how often a
 * buffer was cleared.
 */
export class BufferedLogs {
  readonly #manager: ControlledManager;
  readonly #generations = new WeakMap<ControlledService, number>();

  constructor(manager: ControlledManager) {
    this.#manager = manager;
  }

  /** The whole buffer, as CATLOG returns it; `undefined` if the service has no buffer. */
  read(service: ControlledService, options: { readonly clear: boolean }): Uint8Array | undefined {
    const log = this.#manager.bufferedLog(service, options);
    if (options.clear) this.#generations.set(service, this.#generation(service) + 1);
    return log?.bytes;
  }

  /**
   * The buffered output after an offset; `undefined` if the service has no buffer. If `start` is greater than the
   * offset, the output between was overwritten or cleared.
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
