/** Shows a long text: in a terminal with a pager, and otherwise as it stands. */

import { encodeBytes } from "../../model/mod.ts";
import type { CtlIo } from "./io.ts";

/** Leaves at once if the text fits the screen, understands colours, and leaves the text on the screen. */
const LESS = ["less", "-FRX"];

/**
 * Shows a text with the pager that `PAGER` names, or `less`. Without a terminal, without a pager or without leave to
 * run one it is printed.
 */
export async function showText(text: string, io: CtlIo): Promise<void> {
  const command = io.terminal() === undefined ? undefined : pagerCommand(io);
  if (command === undefined || !await runPager(command, text)) io.out(text);
}

/** The words of the pager; `undefined` if none is wanted, or none may be run. */
function pagerCommand(io: CtlIo): string[] | undefined {
  const pager = io.env("PAGER")?.trim();
  if (pager === "" || pager === "cat") return undefined;
  const command = pager === undefined ? LESS : ["/bin/sh", "-c", pager];
  // Without this question the runtime would ask at the terminal.
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
    await writer.write(encodeBytes(text)).then(() => writer.close()).catch(ignore); // it may end before the text does
    const { code } = await pager.status;
    return code !== COMMAND_NOT_FOUND;
  } finally {
    Deno.removeSignalListener("SIGINT", ignore);
  }
}

/** How a shell says that there is no such program. */
const COMMAND_NOT_FOUND = 127;
