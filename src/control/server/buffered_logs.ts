import { decodeBytes } from "../../model/mod.ts";
import type { ControlledManager, ControlledService } from "./controlled_manager.ts";
import type { LogPart } from "../wire/documents.ts";

/**
 * The buffered output of services. Clients clear the buffers only through this object, so it can count how often a
 * buffer was cleared.
 */
export class BufferedLogs {
  readonly #manager: ControlledManager;
  /** By the id of the service. */
  readonly #generations = new Map<number, number>();
  readonly #changed: (service: number) => void;

  /** `changed` receives the id of a service whose buffer was cleared. */
  constructor(manager: ControlledManager, changed: (service: number) => void) {
    this.#manager = manager;
    this.#changed = changed;
  }

  /** How often the buffer of the service with this id was cleared; `undefined`: never. */
  cleared(service: number): number | undefined {
    return this.#generations.get(service);
  }

  /** Continues a count. */
  restore(service: number, cleared: number): void {
    this.#generations.set(service, cleared);
  }

  /** The service is unloaded. */
  forget({ id }: ControlledService): void {
    if (this.#generations.delete(id)) this.#changed(id);
  }

  /** The whole buffer, as CATLOG returns it; `undefined` if the service has no buffer. */
  read(service: ControlledService, options: { readonly clear: boolean }): Uint8Array | undefined {
    const log = this.#manager.bufferedLog(service, options);
    if (options.clear) {
      this.#generations.set(service.id, this.#generation(service) + 1);
      this.#changed(service.id);
    }
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
    return this.#generations.get(service.id) ?? 0;
  }
}
