/** Reports that the description of a service has changed since it was loaded (cli 3.2). */

import { type ControlClient, Reply, Request } from "../../client/mod.ts";
import type { FileTime } from "../../model/description.ts";
import { baseName } from "../../model/names.ts";
import type { CommandContext } from "./context.ts";
import type { ServiceRecord } from "./services.ts";

/** The first protocol version with the time of the last change. */
const TIME_OF_CHANGE_VERSION = 6;

/** Warns on standard error if the description file has changed since the service was loaded. */
export async function warnIfChanged(
  context: CommandContext,
  client: ControlClient,
  { handle }: ServiceRecord,
  name: string,
): Promise<void> {
  if (client.version < TIME_OF_CHANGE_VERSION) return;
  const [place, loaded] = await Promise.all([
    client.request({ type: Request.QUERYSERVICEDSCDIR, reserved: 0, handle }),
    client.request({ type: Request.SERVICESTATUS6, handle }),
  ]);
  if (place.type !== Reply.SVCDSCDIR || loaded.type !== Reply.SERVICESTATUS) return;
  const { modified } = loaded.status;
  const current = modificationTime(`${place.directory}/${baseName(name)}`);
  if (modified === undefined || current === undefined || current === milliseconds(modified)) return;
  context.io.err(
    "dinitctl: warning: service description may have changed; " +
      `use 'dinitctl reload ${name}' to apply changes.\n`,
  );
}

/** Milliseconds since 1970: the runtime gives times of files no more exactly. */
function modificationTime(path: string): number | undefined {
  try {
    return Deno.statSync(path).mtime?.getTime();
  } catch {
    return undefined;
  }
}

function milliseconds({ seconds, nanoseconds }: FileTime): number {
  return seconds * 1000 + Math.trunc(nanoseconds / 1e6);
}
