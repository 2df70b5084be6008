/**
 * The sandbox as a link of an exec chain: `bwrap` of bubblewrap. It runs with the rights of the daemon, before the
 * process becomes another user.
 *
 * `bwrap` does not execute the next program itself: it waits for it. So it must ignore the signals of the service, which
 * reach the whole process group, and must not hold the pipe by which the chain reports errors. The end of the chain
 * gives the signals their effect again.
 */

import type { LaunchPlan } from "../../engine/mod.ts";
import { SIGNALS } from "../../model/mod.ts";

/** The signals that services may get, and that can be ignored. */
export const GUARDED_SIGNALS = SIGNALS.map(([name]) => name).filter((name) =>
  name !== "KILL" && name !== "STOP"
)
  .join(",");

/** The folders that some words replace by empty ones. */
const HIDDEN: Readonly<Record<string, readonly (readonly [path: string, mode: string])[]>> = {
  "private-tmp": [["/tmp", "1777"], ["/var/tmp", "1777"]],
  "no-home": [["/home", "0755"], ["/root", "0755"], ["/run/user", "0755"]],
};

/** The arguments of `bwrap`. `isThere`: whether a folder exists on this machine. */
export function sandboxOptions(
  { sandbox: { words, writable }, workingDir }: Pick<LaunchPlan, "sandbox" | "workingDir">,
  isThere: (path: string) => boolean,
): string[] {
  const has = (word: string) => words.includes(word);
  const isReadOnly = has("read-only-root");
  const hidden = Object.keys(HIDDEN).filter(has).flatMap((word) => HIDDEN[word]).filter(([path]) =>
    isThere(path)
  );
  // The service begins in its working directory, which would be hidden, too.
  const hides = hidden.some(([path]) => workingDir === path || workingDir.startsWith(`${path}/`));
  return [
    ...(isReadOnly ? ["--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev"] : ["--dev-bind", "/", "/"]),
    ...(has("private-dev") ? ["--dev", "/dev"] : []),
    ...(has("private-pid") ? ["--unshare-pid", "--proc", "/proc"] : []),
    ...(has("private-ipc") ? ["--unshare-ipc"] : []),
    ...(has("no-network") ? ["--unshare-net"] : []),
    ...hidden.flatMap(([path, mode]) => ["--perms", mode, "--tmpfs", path]),
    ...(hides ? [isReadOnly ? "--ro-bind" : "--bind", workingDir, workingDir] : []),
    ...writable.flatMap((path) => ["--bind", path, path]),
    ...(workingDir.startsWith("/") ? ["--chdir", workingDir] : []),
  ];
}

/**
 * The words of the link. `errorFd` holds standard error of the command, `statusFd` is free; both are single digits.
 * `toolPath` returns the path of a program.
 */
export function sandboxCommand(
  options: readonly string[],
  { errorFd, statusFd }: { readonly errorFd: number; readonly statusFd: number },
  toolPath: (tool: "sh" | "env" | "bwrap") => string,
): string[] {
  const shell = (script: string) => [toolPath("sh"), "-c", `${script}\nexec "$@"`, "sh"];
  return [
    ...shell(`exec ${statusFd}>&2 2>&${errorFd}`),
    ...[toolPath("env"), `--ignore-signal=${GUARDED_SIGNALS}`],
    ...[toolPath("bwrap"), ...options, "--"],
    ...shell(`exec 2>&${statusFd} ${statusFd}>&-`),
  ];
}
