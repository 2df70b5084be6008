import { kernelTexts } from "./kernel_file.ts";

/**
 * All words of the command line, beginning with the name of the program, decoded with `decodeBytes`; `undefined` if the
 * kernel does not show them. From sources, the first words are those of the runtime.
 */
export function commandLine(): readonly string[] | undefined {
  return kernelTexts("/proc/self/cmdline");
}

/**
 * The arguments, decoded with `decodeBytes`.
 *
 * @param given the runtime's version of the arguments. Instead of an argument that is not UTF-8, the binary gives an
 *   empty text (`scripts/compile/argument_guard.ts`), and Deno from sources a text with replacement characters
 */
export function commandLineArguments(given: readonly string[] = Deno.args): readonly string[] {
  if (!given.some((word) => word === "" || word.includes("\ufffd"))) return given;
  const words = commandLine();
  return words === undefined || words.length < given.length
    ? given
    : words.slice(words.length - given.length);
}
