import { kernelTexts } from "./kernel_file.ts";

/**
 * All words of the command line, from the name of the program on, as `decodeBytes` makes text of bytes; `undefined` if
 * the kernel does not tell. When the program runs from sources the first words are those of the runtime.
 */
export function commandLine(): readonly string[] | undefined {
  return kernelTexts("/proc/self/cmdline");
}

/**
 * The arguments, as `decodeBytes` makes text of bytes.
 *
 * @param given what the runtime makes of them; what is not text is the empty text in the binary
 *   (`scripts/compile/argument_guard.ts`) and has replacement characters elsewhere
 */
export function commandLineArguments(given: readonly string[] = Deno.args): readonly string[] {
  if (!given.some((word) => word === "" || word.includes("\ufffd"))) return given;
  const words = commandLine();
  return words === undefined || words.length < given.length
    ? given
    : words.slice(words.length - given.length);
}
