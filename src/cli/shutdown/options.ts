/** The command line of `shutdown` and its other names (daemon and init 7.1). Pure functions. */

import { ShutdownType } from "../../model/mod.ts";
import { ToolFailure } from "../shared/failure.ts";

/** One option. */
export interface ShutdownOption {
  readonly name: string;
  /** Its help text, line by line. */
  readonly help: readonly string[];
  /** The requested kind of shutdown. @default none */
  readonly type?: ShutdownType;
}

/** All options, in the order of the help text. */
export const SHUTDOWN_OPTIONS: readonly ShutdownOption[] = [
  { name: "--help", help: ["show this help"] },
  { name: "-r", help: ["reboot."], type: ShutdownType.REBOOT },
  {
    name: "-s",
    help: ["soft-reboot (restart dinit with same boot-time arguments)."],
    type: ShutdownType.SOFTREBOOT,
  },
  { name: "-h", help: ["halt system."], type: ShutdownType.HALT },
  { name: "-p", help: ["power down (default)."], type: ShutdownType.POWEROFF },
  { name: "-k", help: ["execute kernel loaded via kexec."], type: ShutdownType.KEXEC },
  {
    name: "--use-passed-cfd",
    help: [
      "use the socket file descriptor identified by the DINIT_CS_FD",
      "environment variable to communicate with the init daemon.",
    ],
  },
  {
    name: "--system",
    help: [
      "perform shutdown immediately, instead of issuing shutdown",
      "command to the init program. Not recommended for normal use.",
    ],
  },
];

/** The name of the program and its other names, with their kinds of shutdown. */
export const SHUTDOWN_NAMES: ReadonlyMap<string, ShutdownType> = new Map([
  ["shutdown", ShutdownType.POWEROFF],
  ["halt", ShutdownType.POWEROFF],
  ["poweroff", ShutdownType.POWEROFF],
  ["reboot", ShutdownType.REBOOT],
  ["soft-reboot", ShutdownType.SOFTREBOOT],
]);

/** The request of a command line. */
export interface ShutdownInvocation {
  /** The name that the program was called by. */
  readonly name: string;
  readonly help: boolean;
  readonly type: ShutdownType;
  /** Do it directly, without the daemon. */
  readonly system: boolean;
  /** Use the descriptor in `DINIT_CS_FD`. */
  readonly usePassedFd: boolean;
}

/** The option by which main.ts passes the name of the program, in front of its arguments. */
const CALLED = "--called=";

/** Reads the arguments. Throws `ToolFailure` for an unknown option. */
export function scanShutdownArguments(args: readonly string[]): ShutdownInvocation {
  const called = args[0]?.startsWith(CALLED) ? args[0].slice(CALLED.length) : undefined;
  const name = called === undefined ? "shutdown" : called.slice(called.lastIndexOf("/") + 1);
  let type = SHUTDOWN_NAMES.get(name) ?? ShutdownType.POWEROFF;
  let [help, system, usePassedFd] = [false, false, false];
  for (const word of called === undefined ? args : args.slice(1)) {
    if (!word.startsWith("-")) {
      help = true; // times and messages are not supported
      continue;
    }
    const option = SHUTDOWN_OPTIONS.find((one) => one.name === word);
    if (option === undefined) {
      throw new ToolFailure(`Unrecognized command-line parameter: ${word}`).about({
        kind: "text",
        text: `'${name} --help' lists the options`,
      });
    }
    type = option.type ?? type;
    system ||= word === "--system";
    usePassedFd ||= word === "--use-passed-cfd";
    if (word === "--help") {
      help = true;
      break;
    }
  }
  return { name, help, type, system, usePassedFd };
}

/** The width of the column of options. */
const COLUMN = Math.max(...SHUTDOWN_OPTIONS.map(({ name }) => name.length));

/** The help text for a program of this name. */
export function shutdownHelp(name: string): string {
  const rows = SHUTDOWN_OPTIONS.flatMap(({ name, help: [first, ...more] }) => [
    `  ${name.padEnd(COLUMN)} : ${first}`,
    ...more.map((line) => " ".repeat(COLUMN + 5) + line),
  ]);
  return [`${name} :   shutdown the system`, ...rows, ""].join("\n");
}
