/** What a process could still do, and the line of its description that prevents it. Pure. */

import type { ProcessView } from "./process_view.ts";

/** One thing that it could do. */
export interface Exposure {
  /** What it concerns, in a word. */
  readonly kind: string;
  /** What it could do, for people. */
  readonly text: string;
  /** The line that prevents it. */
  readonly line: string;
}

/** Permissions of Deno with which the others do not limit a program. */
const UNLIMITED = new Set(["run", "ffi"]);

/** What it could do, the gravest first. */
export function exposuresOf(view: ProcessView): Exposure[] {
  const { uid, capabilities, shared, readOnly, inMemory } = view;
  const found: Exposure[] = [];
  const add = (kind: string, text: string, line: string) => void found.push({ kind, text, line });
  if (uid === 0) add("user", "runs as root", "run-as = USER");
  const count = capabilities.toString(2).replaceAll("0", "").length;
  if (count > 0) {
    const line = uid === 0 ? "run-as = USER" : "capabilities =";
    add("capabilities", `has ${count} ${count === 1 ? "capability" : "capabilities"}`, line);
  }
  if (view.mayGainPrivileges) {
    add("privileges", "may gain privileges by programs such as sudo", "options = no-new-privs");
  }
  if (!readOnly.has("/")) {
    add("files", "may change all files that its user may change", "sandbox = read-only-root");
  }
  if (shared.has("mnt") || !inMemory.has("/home")) {
    add("home", "sees the files of users", "sandbox = no-home");
  }
  if (shared.has("mnt") || !inMemory.has("/tmp")) {
    add("tmp", "shares temporary files with others", "sandbox = private-tmp");
  }
  if (shared.has("mnt") || !inMemory.has("/dev")) {
    add("devices", "sees the devices of the machine", "sandbox = private-dev");
  }
  if (shared.has("pid")) add("processes", "sees all processes", "sandbox = private-pid");
  if (shared.has("ipc")) add("ipc", "reaches the shared memory of others", "sandbox = private-ipc");
  if (shared.has("net")) add("network", "reaches the network", "sandbox = no-network");
  return [...found, ...denoExposures(view.command)];
}

/** What Deno grants without a limit. */
function denoExposures([program = "", ...words]: readonly string[]): Exposure[] {
  if (!/(?:^|\/)deno$/.test(program)) return [];
  const script = words.findIndex((word, index) => index > 0 && !word.startsWith("-"));
  const flags = script === -1 ? words : words.slice(0, script);
  if (flags.some((flag) => flag === "-A" || flag === "--allow-all")) {
    return [{
      kind: "deno",
      text: "Deno grants it everything",
      line: "deno-permissions = PERMISSION=LIST ...",
    }];
  }
  return flags.flatMap((flag) => {
    const name = /^--allow-(\w+)$/.exec(flag)?.[1];
    if (name === undefined) return [];
    const more = UNLIMITED.has(name) ? ", so the other permissions do not limit it" : "";
    return [{
      kind: "deno",
      text: `Deno grants it '${name}' without a limit${more}`,
      line: `deno-permissions = ${name}=LIST`,
    }];
  });
}
