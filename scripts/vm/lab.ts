/** Everything that machines need: a kernel, and new disks with the product installed. */

import { copyDisk, makeDisk } from "./disk.ts";
import { cacheDirectory, distributionRoot, kernelOf } from "./distribution.ts";
import { installProduct, OUR_INIT } from "./product.ts";
import { Machine } from "./machine.ts";

/** Machines and their disks, in a directory that is removed at the end. */
export class Lab implements Disposable {
  readonly #directory: string;
  readonly #kernel: string;
  #disks = 0;

  private constructor(directory: string, kernel: string) {
    this.#directory = directory;
    this.#kernel = kernel;
  }

  /**
   * Makes the disk that all others are copied from.
   * @param dist the output directory of `deno task compile`
   */
  static async open(dist: string): Promise<Lab> {
    const distribution = await distributionRoot();
    const directory = Deno.makeTempDirSync({ dir: cacheDirectory(), prefix: "lab-" });
    try {
      const root = `${directory}/root`;
      installProduct(distribution, root, dist);
      makeDisk(root, `${directory}/master`);
      Deno.removeSync(root, { recursive: true });
      return new Lab(directory, kernelOf(distribution));
    } catch (error) {
      Deno.removeSync(directory, { recursive: true });
      throw error;
    }
  }

  /** A new disk. */
  disk(): string {
    const copy = `${this.#directory}/disk-${++this.#disks}`;
    copyDisk(`${this.#directory}/master`, copy);
    return copy;
  }

  /** Switches a machine on. @param init the init program and its arguments */
  start(disk: string, init: readonly string[] = [OUR_INIT]): Machine {
    return new Machine({ ...this.parts(disk), init });
  }

  /** The kernel and a disk. */
  parts(disk: string): { readonly kernel: string; readonly disk: string } {
    return { kernel: this.#kernel, disk };
  }

  /** Removes all disks. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.#directory, { recursive: true });
  }
}
