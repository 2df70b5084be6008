/** Why a service has failed, in one line with a remedy. */

import type { ServiceInfo } from "../../client/library.ts";
import { signalNameOf } from "../../model/signals.ts";
import { Errno, errnoText } from "../../model/errno.ts";
import { printable } from "../shared/text_width.ts";
import { tellingOutput } from "./last_output.ts";
import { holderOf, type PortHolder } from "./ports.ts";

/** What the explanation of a failure needs besides the service. */
export interface FailureContext {
  /** Who listens on a port. @default looks into /proc */
  readonly holder?: (port: number) => PortHolder | undefined;
  /** The service with this process, if it is one. */
  serviceOf(pid: number): string | undefined;
  /** The folder of the project: other folders are shown relative to its parent. */
  readonly root: string;
}

/** A port is in use: the words of most runtimes and of the C library. */
const IN_USE =
  /EADDRINUSE|address (?:is )?already in use|port \d+ is (?:already )?(?:in use|allocated|taken)/i;
/** Where such a line, or one near it, names the port. */
const PORTS = [
  /port:?\s+(\d{2,5})\b/i,
  /(?:^|[\s('"[])(?:[\w.*-]*|\[[\da-f:.]*\]|::):(\d{2,5})\b/i,
  /\b(?:[\d.]+|localhost|\*|::):(\d{2,5})\b/i,
  /,\s*(\d{2,5})\)/,
];

/** The reason of a failure, in one line. */
export function failureLine(service: ServiceInfo, context: FailureContext): string {
  const output = tellingOutput(service);
  const taken = portTaken(output, context);
  if (taken !== undefined) return taken;
  const { reason, launch, exit } = service;
  if (launch !== undefined) {
    const text = launch.text ?? errnoText(launch.errno);
    const remedy = launch.errno === Errno.ENOENT
      ? "install the program, or correct 'command' or 'working-dir'"
      : launch.errno === Errno.EACCES
      ? "make the file executable, or correct 'command'"
      : "see 'dinitctl status' for more";
    return `cannot be executed (${text}): ${remedy}`;
  }
  if (reason === "dependency-failed") return "needs a service that has failed: correct that one first";
  if (reason === "timed-out") return "was not ready in time: look at its log, or raise 'start-timeout'";
  const end = exit === undefined
    ? "has failed"
    : exit.how === "exited"
    ? `exit ${exit.status}`
    : `signal ${signalNameOf(exit.status) ?? exit.status}`;
  const last = lastWords(output);
  return last === undefined ? `${end}, without a word: look at 'command'` : `${end}: ${last}`;
}

/** The line that says most: the first one that looks like an error, or the last one. */
function lastWords(output: readonly string[]): string | undefined {
  const lines = output.map((line) => printable(line).trim()).filter((line) => line !== "");
  return lines.findLast((line) => /^(?:\w*(?:error|exception)\b|fatal|panic|error:)/i.test(line)) ??
    lines.at(-1);
}

function portTaken(output: readonly string[], context: FailureContext): string | undefined {
  const at = output.findIndex((line) => IN_USE.test(line));
  if (at === -1) return undefined;
  const near = [output[at], ...output.slice(at + 1), ...output.slice(0, at).reverse()];
  const port = near.map(portIn).find((one) => one !== undefined);
  if (port === undefined) return "its port is taken: stop what listens there, or set PORT";
  const holder = (context.holder ?? holderOf)(port);
  if (holder === undefined) return `port ${port} is taken: stop what listens there, or set PORT`;
  const own = context.serviceOf(holder.pid);
  const remedy = "stop it, or set PORT";
  if (own !== undefined) return `port ${port} is taken by the service ${own} (pid ${holder.pid}): ${remedy}`;
  const where = holder.folder === undefined ? "" : `, in ${shortFolder(holder.folder, context.root)}`;
  return `port ${port} is taken by ${printable(holder.name)} (pid ${holder.pid}${where}): ${remedy}`;
}

function portIn(line: string): number | undefined {
  for (const pattern of PORTS) {
    const port = Number(pattern.exec(line)?.[1]);
    if (port > 0 && port < 65536) return port;
  }
  return undefined;
}

/** A folder beside the project as `…/other`; others in full. */
function shortFolder(folder: string, root: string): string {
  const parent = root.slice(0, root.lastIndexOf("/") + 1);
  if (folder === root || folder.startsWith(`${root}/`)) return `.${folder.slice(root.length)}` || ".";
  return parent.length > 1 && folder.startsWith(parent) ? `…/${folder.slice(parent.length)}` : folder;
}
