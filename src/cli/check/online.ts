/** The folders and the environment of a running daemon, from its control socket (cli 5.2). */

import { ControlClient, ControlError, controlSocketPath, Reply, Request } from "../../client/mod.ts";
import { MainEnvironment } from "../../description/mod.ts";
import { checkFailure, daemonFailure } from "./failure.ts";
import type { CheckOptions } from "../../options/dinit_check.ts";
import { type CheckIo, resolve, type Source } from "./source.ts";

const NO_PATH =
  "cannot locate user home directory (set XDG_RUNTIME_DIR, HOME, check /etc/passwd file, or specify " +
  "socket path via -p)";

/** The folders and the environment of a running daemon. Throws `ToolFailure`. */
export async function onlineSource(options: CheckOptions, io: CheckIo): Promise<Source> {
  const path = controlSocketPath(options, io);
  if (path === undefined) throw checkFailure(NO_PATH);
  let client: ControlClient | undefined;
  try {
    client = await ControlClient.connect(path);
    await client.handshake();
    return await askDaemon(client);
  } catch (error) {
    if (error instanceof ControlError) throw daemonFailure(error);
    throw error;
  } finally {
    client?.close();
  }
}

async function askDaemon(client: ControlClient): Promise<Source> {
  const mechanism = await client.request({ type: Request.QUERY_LOAD_MECH });
  if (mechanism.type !== Reply.LOADER_MECH) {
    throw checkFailure("unable to retrieve service description directories");
  }
  const variables = await client.request({ type: Request.GETALLENV, reserved: 0 });
  if (variables.type !== Reply.ALLENV) throw checkFailure("protocol error");
  const { cwd, directories } = mechanism;
  return {
    directories: directories.map((directory) => resolve(cwd, directory)),
    environment: new MainEnvironment(variables.entries.map(pair)),
    workingDirectory: cwd,
    guessed: false,
  };
}

function pair(entry: string): [string, string] {
  const [name] = entry.split("=", 1);
  return [name, entry.slice(name.length + 1)];
}
