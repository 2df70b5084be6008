/** `dinit completion SHELL`: prints what a shell needs to complete the command lines of the tools. */

import { type Shell, SHELLS } from "../../options/programs.ts";
import { bashCompletion } from "./bash.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";
import { type CtlIo, processIo } from "../shared/io.ts";

const SCRIPTS: Readonly<Record<Shell, () => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

const USAGE = `Usage: dinit completion ${SHELLS.join("|")}

    bash:  source <(dinit completion bash)
    zsh:   source <(dinit completion zsh)
    fish:  dinit completion fish | source
`;

/**
 * Prints the script for the shell that the arguments name. Returns the exit status: 1, and the usage on standard error,
 * if they name none.
 *
 * @param io the surroundings. @default those of this process
 */
export function runCompletion(args: readonly string[], io: CtlIo = processIo()): number {
  const shell = SHELLS.find((name) => name === args[0]);
  if (args.length === 1 && args[0] === "--help") {
    io.out(USAGE);
    return 0;
  }
  if (args.length !== 1 || shell === undefined) {
    io.err(USAGE);
    return 1;
  }
  io.out(SCRIPTS[shell]());
  return 0;
}
