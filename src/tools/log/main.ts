/** `dinit-log`: writes standard input to a rotated log. */

import { encodeBytes, reasonText } from "../../model/mod.ts";
import type { LogOptions } from "../../options/dinit_log.ts";
import { Files, LibcUnavailableError, openLibrary, SystemCallError } from "../../system/mod.ts";
import { typed } from "../../model/mod.ts";
import { scanLogArguments, UsageError } from "./arguments.ts";
import { Input } from "./input.ts";
import { LogKeeper } from "./log_keeper.ts";

const STDIN = 0;
/** The name of the log in a directory. */
const IN_DIRECTORY = "current";

/** Runs `dinit-log` with the given arguments, without the program's name, until the input ends. Returns the exit status. */
export async function runLog(args: readonly string[]): Promise<number> {
  try {
    const options = scanLogArguments(args);
    if (options.help) {
      const { logHelp } = await typed(import("../../options/dinit_log_help.ts"));
      write(Deno.stdout, logHelp());
      return 0;
    }
    const target = options.target ?? "";
    if (options.inPlace) await cut(target, options);
    else await keep(target, options);
    return 0;
  } catch (error) {
    const text = failureText(error);
    if (text === undefined) throw error;
    write(Deno.stderr, `${text}\n`);
    return 1;
  }
}

async function keep(target: string, options: LogOptions): Promise<void> {
  const files = new Files(openLibrary());
  const input = new Input(STDIN);
  const keeper = new LogKeeper(pathOf(target), { ...options, keepSize: options.keepSize || Infinity }, {
    files,
    now: Date.now,
    elapsed: () => performance.now(),
    report,
  });
  const reactions: readonly [Deno.Signal, () => void][] = [
    ["SIGHUP", () => keeper.reopen()],
    ["SIGTERM", () => input.stop()],
    ["SIGINT", () => {}],
  ];
  for (const [signal, react] of reactions) Deno.addSignalListener(signal, react);
  let end;
  try {
    end = await input.read((bytes) => keeper.write(bytes));
  } finally {
    await keeper.close({ ended: end === "ended" });
  }
}

/** Prints the result, for the program that has started this one. */
async function cut(target: string, options: LogOptions): Promise<void> {
  const { rotateInPlace } = await typed(import("./in_place.ts"));
  try {
    const result = await rotateInPlace(
      target,
      { ...options, keepSize: options.keepSize || Infinity },
      (error) => {
        report(`cannot compress an archive of ${target}: ${reasonText(error)}`);
      },
    );
    write(Deno.stdout, `${result}\n`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new RotationError(target, error);
  }
}

/** A log could not be rotated in place. The message is complete. */
class RotationError extends Error {
  override readonly name = "RotationError";

  constructor(path: string, cause: Error) {
    super(`dinit-log: cannot rotate ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: Error): string {
  return error.name === "InPlaceError" ? error.message : reasonText(error);
}

/** The path of the log: a file, or a file in a directory. */
function pathOf(target: string): string {
  if (target.endsWith("/")) return `${target}${IN_DIRECTORY}`;
  try {
    return Deno.statSync(target).isDirectory ? `${target}/${IN_DIRECTORY}` : target;
  } catch (error) {
    if (error instanceof Error) return target; // not there yet, or hidden: opening it will tell
    throw error;
  }
}

function report(text: string): void {
  write(Deno.stderr, `dinit-log: ${text}\n`);
}

/** Nobody may read it. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    stream.writeSync(encodeBytes(text));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** The message for an expected failure; `undefined` for a bug of this program. */
function failureText(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof RotationError) return error.message;
  if (error instanceof LibcUnavailableError) {
    return `dinit-log: ${error.message.replace("the native host needs", "it needs")}`;
  }
  if (error instanceof SystemCallError) return `dinit-log: cannot read standard input: ${reasonText(error)}`;
  return undefined;
}
