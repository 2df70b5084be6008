/** Shows a long text: on a terminal with a pager, otherwise unchanged. */

import { encodeBytes } from "../../model/bytes.ts";
import type { CtlIo } from "./io.ts";

/** Exits at once if the text fits the screen, supports colours, and leaves the text on the screen. */
const LESS = ["less", "-FRX"];

/**
 * Shows a text with the pager in `PAGER`, or `less`. Prints it without a terminal, without a pager or without the grant
 * to run one.
 */
export async function showText(text: string, io: CtlIo): Promise<void> {
  const command = io.terminal() === undefined ? undefined : pagerCommand(io);
  if (command === undefined || !await runPager(command, text)) io.out(text);
}

/** The command of the pager; `undefined` if the user wants none, or the grant is missing. */
function pagerCommand(io: CtlIo): string[] | undefined {
  const pager = io.env("PAGER")?.trim();
  if (pager === "" || pager === "cat") return undefined;
  const command = pager === undefined ? LESS : ["/bin/sh", "-c", pager];
  // Ask first: otherwise the runtime would prompt at the terminal.
  const { state } = Deno.permissions.querySync({ name: "run", command: command[0] });
  return state === "granted" ? command : undefined;
}

/** False if there is no such program. */
async function runPager([program, ...args]: string[], text: string): Promise<boolean> {
  let pager: Deno.ChildProcess;
  try {
    pager = new Deno.Command(program, { args, stdin: "piped" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  const ignore = () => {}; // Ctrl-C is for the pager
  Deno.addSignalListener("SIGINT", ignore);
  try {
    const writer = pager.stdin.getWriter();
    await writer.write(encodeBytes(text)).then(() => writer.close()).catch(ignore); // it may exit before the end of the text
    const { code } = await pager.status;
    return code !== COMMAND_NOT_FOUND;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

/** The exit status of a shell for a missing program. */
const COMMAND_NOT_FOUND = 127;
