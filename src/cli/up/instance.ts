/** The daemon of a project: its folder `.dinit`, its start, and the connections to it. */

import { ControlClient, ControlError, INSTANCE_FOLDER, INSTANCE_SOCKET } from "../../client/mod.ts";
import { Errno } from "../../model/errno.ts";
import { ownCommand } from "./own_command.ts";
import { upFailure } from "./project.ts";

/** The folder of the logs of services, and that of the run before. */
const LOGS = `${INSTANCE_FOLDER}/log`;
const OLD_LOGS = `${INSTANCE_FOLDER}/log.old`;
/** What the daemon itself says. */
const DAEMON_LOG = `${INSTANCE_FOLDER}/daemon.log`;
/** Locked while the daemon is being started: of two calls at the same time, one starts it. */
const LOCK = `${INSTANCE_FOLDER}/lock`;
/** Processes of a daemon that did not end in order: the next one takes them over. */
const JOURNAL = `${INSTANCE_SOCKET}.processes`;

/** How long to wait until looking again whether the daemon answers, in milliseconds. */
const PAUSE = 15;
/** How much of the daemon's log explains why it has not started, in characters. */
const MOST_OF_LOG = 2000;

/** A daemon that was started. */
export interface StartedDaemon {
  /** Whether this call has started it. False: somebody else was faster. */
  readonly own: boolean;
  readonly client: ControlClient;
}

/** The path of a project's socket for this process: relative, because paths of sockets are short. */
function socketOf(root: string): string {
  const folder = Deno.cwd();
  if (root === folder) return INSTANCE_SOCKET;
  if (!folder.startsWith(root === "/" ? "/" : `${root}/`)) return `${root}/${INSTANCE_SOCKET}`;
  const levels = folder.slice(root === "/" ? 1 : root.length + 1).split("/").length;
  return `${"../".repeat(levels)}${INSTANCE_SOCKET}`;
}

/** Connects to the daemon of a project; `undefined` if none runs. Throws `ControlError`. */
export async function connectTo(root: string): Promise<ControlClient | undefined> {
  let client: ControlClient;
  try {
    client = await ControlClient.connect(socketOf(root));
  } catch (error) {
    const absent = error instanceof ControlError &&
      (error.errno === Errno.ENOENT || error.errno === Errno.ECONNREFUSED);
    if (absent) return undefined;
    throw error;
  }
  await Promise.all([client.handshake(), client.extensions()]);
  return client;
}

/** Makes the folder of the instance. Throws `ToolFailure` if somebody else could change it. */
export function prepareFolder(root: string, uid: number | undefined): void {
  const path = `${root}/${INSTANCE_FOLDER}`;
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      const reason = error instanceof Error ? error.message : String(error);
      throw upFailure(`${path} cannot be made: ${reason}`, "the instance needs a folder that you can write");
    }
  }
  const found = Deno.lstatSync(path);
  if (!found.isDirectory || (uid !== undefined && found.uid !== uid)) {
    throw upFailure(`${path} is not a folder of yours`, "remove it, and try again");
  }
  if (((found.mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path, 0o700);
  Deno.writeTextFileSync(`${path}/.gitignore`, "*\n");
}

/** Starts the daemon, and connects to it. Throws `ToolFailure` if it does not start. */
export async function startDaemon(
  root: string,
  descriptions: readonly string[],
  services: readonly string[],
): Promise<StartedDaemon> {
  using lock = await Deno.open(`${root}/${LOCK}`, { write: true, create: true, mode: 0o600 });
  await lock.lock(true);
  const running = await connectTo(root);
  if (running !== undefined) return { client: running, own: false };
  renewLogs(root);
  const words = ownCommand([
    "--user",
    ...descriptions.flatMap((path) => ["--services-dir", path]),
    "--socket-path",
    INSTANCE_SOCKET,
    `--log-folder=${LOGS}`,
    ...services.flatMap((name) => ["--service", name]),
  ]);
  // The shell opens the log, and becomes the daemon. In its own session, no key of this terminal reaches it.
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", `exec "$@" >${DAEMON_LOG} 2>&1`, "sh", ...words],
    cwd: root,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  let ended = false;
  child.status.then(() => ended = true);
  for (;;) {
    const over = ended;
    const client = await connectTo(root);
    if (client !== undefined) {
      child.unref();
      return { client, own: !over };
    }
    if (over) throw notStarted(root);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** Each run has its own logs, unless processes of the last one may still write. */
function renewLogs(root: string): void {
  const [logs, old] = [`${root}/${LOGS}`, `${root}/${OLD_LOGS}`];
  if (!isFile(`${root}/${JOURNAL}`)) {
    removed(old);
    try {
      Deno.renameSync(logs, old);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  Deno.mkdirSync(logs, { recursive: true, mode: 0o700 });
}

function removed(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function notStarted(root: string): Error {
  const text = Deno.readTextFileSync(`${root}/${DAEMON_LOG}`).trimEnd().slice(-MOST_OF_LOG);
  return upFailure("the daemon has not started; it says:", ...text.split("\n"));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
}
