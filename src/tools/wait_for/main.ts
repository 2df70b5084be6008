/** `dinit wait-for`: waits until ports or sockets accept connections. */

import { reasonText, typed } from "../../model/mod.ts";
import {
  defaultWaitForOptions,
  DINIT_WAIT_FOR_OPTIONS,
  type WaitForOptions,
} from "../../options/dinit_wait_for.ts";
import { scan } from "../../options/mod.ts";
import { processToolIo, reportFailures, type ToolIo } from "../shared/carry_out.ts";
import { UsageError } from "../shared/usage_error.ts";
import { type Address, parseAddress } from "./address.ts";

/** How long one attempt may take, in milliseconds: a name server or a network may never answer. */
const ATTEMPT = 5000;
/** The pause between two attempts, in milliseconds. */
const PAUSE = 250;

/** Nothing has answered in time. The message is complete, without the tool's name. */
class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/**
 * Runs `dinit wait-for` with the given arguments, without the program's name. Returns the exit status: 0 when all
 * addresses have accepted a connection, and 1 after the timeout or a mistake.
 *
 * @param io the surroundings. @default those of this process
 */
export function runWaitFor(args: readonly string[], io: ToolIo = processToolIo()): Promise<number> {
  return reportFailures("dinit-wait-for", io, [TimeoutError], async () => {
    const options = scanWaitForArguments(args);
    if (options.help) {
      io.out((await typed(import("./help.ts"))).waitForHelp());
      return 0;
    }
    const end = options.timeout === 0 ? Infinity : performance.now() + options.timeout;
    for (const text of options.addresses) await waitFor(text, end);
    return 0;
  });
}

/** Scans the arguments, up to `--help`. Throws `UsageError`. */
export function scanWaitForArguments(args: readonly string[]): WaitForOptions {
  const options = defaultWaitForOptions();
  scan(args, options, {
    options: DINIT_WAIT_FOR_OPTIONS,
    word(word) {
      if (parseAddress(word) === undefined) {
        throw usage(`'${word}' is no address: write tcp:HOST:PORT, tcp:[IPV6]:PORT or unix:PATH`);
      }
      options.addresses.push(word);
    },
    unknown(arg) {
      throw usage(`unknown option: ${arg}`);
    },
    refused: ({ option }) => usage(option.value?.missing ?? `${option.long} takes no value`),
  });
  if (!options.help && options.addresses.length === 0) throw usage("no address is named");
  return options;
}

function usage(text: string): UsageError {
  return new UsageError("dinit-wait-for", text);
}

/** @param end on the clock of `performance` */
async function waitFor(text: string, end: number): Promise<void> {
  const address = parseAddress(text);
  for (let reason = "no answer"; address !== undefined;) {
    const left = end - performance.now();
    if (left <= 0) throw new TimeoutError(`${text} did not accept a connection in time: ${reason}`);
    const failure = await attempt(address, Math.min(ATTEMPT, left));
    if (failure === undefined) return;
    reason = failure;
    await new Promise((resolve) =>
      setTimeout(resolve, Math.min(PAUSE, Math.max(end - performance.now(), 0)))
    );
  }
}

/** Why a connection is not possible now; `undefined` if it is. */
async function attempt(address: Address, limit: number): Promise<string | undefined> {
  const connection = address.transport === "unix" ? Deno.connect(address) : Deno.connect(address);
  const closed = connection.then((one) => one.close()).then(() => undefined, (error: unknown) => {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    return reasonText(error);
  });
  const timer = Promise.withResolvers<string>();
  const id = setTimeout(() => timer.resolve("no answer"), limit);
  try {
    return await Promise.race([closed, timer.promise]);
  } finally {
    clearTimeout(id);
  }
}
