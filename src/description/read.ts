/** Reading a description (service description 2.4, steps 5 to 7). */

import type { ServiceDescription } from "../model/mod.ts";
import { finishDescription } from "./finish.ts";
import { DescriptionReader } from "./reader.ts";
import type { DescriptionFile } from "./find.ts";
import type { ReadOptions } from "./read_options.ts";

/**
 * Reads a description that was found: all lines in order, then the environment, then the final checks.
 *
 * The caller makes the checks that need other services: cycles, depth, log consumers, and changes that a reload may
 * make.
 *
 * @throws {LoadError} The first error; with `problem`, the first error after which reading cannot continue. Errors in
 * the text and of kind `load` name the service by its base name.
 */
export function readDescription(file: DescriptionFile, options: ReadOptions): ServiceDescription {
  const reader = new DescriptionReader(file, options);
  reader.readLines();
  return finishDescription(reader.draft, reader, options);
}
