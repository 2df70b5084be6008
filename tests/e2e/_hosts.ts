/** Tests of the whole daemon that are run with each of its hosts. */

import { Dinit } from "./_dinit.ts";

/** The hosts, by the words of the option `--host`. */
const HOSTS = ["native", "command"] as const;

/** Services by name, with what their descriptions say. */
export type Services = Readonly<Record<string, string>>;

/** Starts the daemon with some services; without words it starts `boot`. */
export type Start = (services: Services, ...words: string[]) => Dinit;

/** One test for each host. The daemon is ended, and its directory removed, by `await using`. */
export function both(name: string, test: (start: Start) => Promise<void>): void {
  for (const host of HOSTS) {
    Deno.test(`${name} (${host} host)`, () => {
      return shown(
        test((services, ...words) => new Dinit(services).start({ args: ["--host", host, ...words] })),
      );
    });
  }
}

/** A test of what only the native host can do. */
export function native(name: string, test: (start: Start) => Promise<void>): void {
  Deno.test(
    `${name} (native host)`,
    () =>
      shown(
        test((services, ...words) => new Dinit(services).start({ args: ["--host", "native", ...words] })),
      ),
  );
}

/** The end of a test. If it and then the end of its daemon failed, both are in the message: the runtime shows neither. */
async function shown(test: Promise<void>): Promise<void> {
  try {
    await test;
  } catch (error) {
    if (!(error instanceof SuppressedError)) throw error;
    throw new Error(`${error.suppressed.stack}\nThen: ${error.error.stack}`);
  }
}

/** A description: one setting a line. */
export function settings(...lines: string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** A group of services. */
export const internal = (...lines: string[]) => settings("type = internal", ...lines);

/** A scripted service whose command is a script of the shell. The directory above has `journal`. */
export const scripted = (script: string, ...lines: string[]) =>
  settings("type = scripted", `command = ${shell(script)}`, ...lines);

/** A process that runs a shell script. */
export const process = (script: string, ...lines: string[]) =>
  settings("type = process", `command = ${shell(script)}`, ...lines);

/** A script of the shell as a setting has it. Scripts use single quotes. */
export const shell = (script: string) => `sh -c "${script.replaceAll("$", "$$$$")}"`;

/** Enters a word into the journal. */
export const enter = (word: string) => `echo ${word} >>../journal`;

/** Waits for a file in the directory above. */
export const awaitFile = (name: string) => `until [ -e ../${name} ]; do sleep 0.1; done`;

/** Enters `up` into the journal when TERM is waited for, and does something when it comes. */
export const untilTerm = (script: string) =>
  `trap '${script}; exit 0' TERM; ${enter("up")}; while :; do sleep 0.1; done`;
