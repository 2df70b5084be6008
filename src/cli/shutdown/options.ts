/** Reads the command line of `shutdown` and its other names (daemon and init 7.1). Pure functions. */

import { ShutdownType } from "../../model/mod.ts";
import { namesOf, scan } from "../../options/mod.ts";
import { SHUTDOWN_OPTIONS, SHUTDOWN_TYPES, type ShutdownSettings } from "../../options/shutdown.ts";
import { ToolFailure } from "../shared/failure.ts";

/** The request of a command line. */
export interface ShutdownInvocation extends Readonly<ShutdownSettings> {
  /** The name that the program was called by. */
  readonly name: string;
}

/** The option by which main.ts passes the name of the program, in front of its arguments. */
const CALLED = "--called=";

/** Reads the arguments. Throws `ToolFailure` for an unknown option. */
export function scanShutdownArguments(args: readonly string[]): ShutdownInvocation {
  const called = args[0]?.startsWith(CALLED) ? args[0].slice(CALLED.length) : undefined;
  const name = called === undefined ? "shutdown" : called.slice(called.lastIndexOf("/") + 1);
  const type = isName(name) ? SHUTDOWN_TYPES[name] : ShutdownType.POWEROFF;
  const settings: ShutdownSettings = { help: false, type, system: false, usePassedFd: false };
  const unknown = (arg: string) =>
    new ToolFailure(`Unrecognized command-line parameter: ${arg}`).about({
      kind: "text",
      text: `'${name} --help' lists the options`,
    });
  scan(called === undefined ? args : args.slice(1), settings, {
    options: SHUTDOWN_OPTIONS,
    word: () => settings.help = true, // times and messages are not supported
    unknown(arg) {
      throw unknown(arg);
    },
    refused: ({ option }) => unknown(namesOf(option).join()),
  });
  return { name, ...settings };
}

function isName(name: string): name is keyof typeof SHUTDOWN_TYPES {
  return Object.hasOwn(SHUTDOWN_TYPES, name);
}

/** The help text for a program of this name. */
export function shutdownHelp(name: string): string {
  const names = SHUTDOWN_OPTIONS.map((option) => namesOf(option).join(", "));
  const width = Math.max(...names.map((one) => one.length));
  const rows = SHUTDOWN_OPTIONS.flatMap(({ help }, row) => {
    const [first, ...more] = help.split("\n");
    return [`  ${names[row].padEnd(width)} : ${first}`, ...more.map((line) => " ".repeat(width + 5) + line)];
  });
  return [`${name} :   shutdown the system`, ...rows, ""].join("\n");
}
