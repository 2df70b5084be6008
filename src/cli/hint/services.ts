/** Hints on services that cannot be found, loaded or used. */

import { type ControlClient, ControlError, Reply, Request } from "../../client/mod.ts";
import { isServiceModule } from "../../description/mod.ts";
import { baseName } from "../../model/names.ts";
import { nearest } from "../../model/suggestion.ts";
import { stateName } from "../ctl/status_text.ts";
import { printable } from "../shared/text_width.ts";

/** A name in quotes that is safe to print on a terminal. */
const quoted = (name: string) => `'${printable(name)}'`;

/**
 * A service without a description: similar names, and the directories that were searched.
 *
 * @param searched the directories. @default those of the daemon
 */
export async function unknownServiceHint(
  name: string,
  client: ControlClient | undefined,
  searched?: readonly string[],
): Promise<string[]> {
  const loaded = await loadedNames(client);
  const directories = searched ?? await directoriesOf(client);
  const names = [...loaded, ...directories.flatMap(descriptionNames)];
  return [
    `service ${quoted(name)}: ${meantText(name, names) ?? "there is no description of this name"}`,
    ...(directories.length === 0 ? [] : [`searched: ${directories.map(printable).join(", ")}`]),
  ];
}

/** A service that is not loaded, whether or not it has a description. */
export async function notLoadedHint(name: string, client: ControlClient | undefined): Promise<string[]> {
  const front = `service ${quoted(name)} is not loaded`;
  const loaded = await loadedNames(client);
  const directories = await directoriesOf(client);
  const home = directories.find((directory) => isFile(`${directory}/${baseName(name)}`));
  if (home !== undefined) {
    const path = printable(`${home}/${baseName(name)}`);
    return [`${front}; its description is ${path}: 'dinitctl start ${printable(name)}' loads and starts it`];
  }
  const meant = meantText(name, [...loaded, ...directories.flatMap(descriptionNames)]);
  return [meant === undefined ? front : `${front}: ${meant}`];
}

/** A mistake in the description of a service or of a dependency. */
export async function badDescriptionHint(name: string, client: ControlClient | undefined): Promise<string[]> {
  const directories = (await directoriesOf(client)).map((directory) => ` -d ${printable(directory)}`).join(
    "",
  );
  return [
    `service ${quoted(name)}: 'dinit-check${directories} ${printable(name)}' shows the mistake`,
  ];
}

/** An invalid service name. */
export function badNameHint(name: string): string[] {
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  return [`${quoted(shown)} cannot be the name of a service`];
}

/** The name of the service and its state. */
export async function stateHint(name: string, client: ControlClient | undefined): Promise<string[]> {
  const reply = await client?.request({ type: Request.FINDSERVICE, name }).catch(ignoreLoss);
  const isKnown = reply?.type === Reply.SERVICERECORD;
  return [`service ${quoted(name)}${isKnown ? ` is ${stateName(reply.state)}` : ""}`];
}

/** Asks for the name that was probably meant; `undefined` if none is similar. The part after `@` may be anything. */
function meantText(name: string, names: readonly string[]): string | undefined {
  const base = baseName(name);
  const meant = nearest(name, names) ?? nearest(base, new Set(names.map(baseName)));
  if (meant === undefined) return undefined;
  const argument = meant.includes("@") ? "" : name.slice(base.length);
  return `did you mean ${quoted(meant + argument)}?`;
}

async function loadedNames(client: ControlClient | undefined): Promise<string[]> {
  return (await client?.list().catch(ignoreLoss) ?? []).map(({ name }) => name);
}

/** If a daemon does not answer, the facts that are known without it are still useful. */
function ignoreLoss(error: unknown): undefined {
  if (!(error instanceof ControlError)) throw error;
}

/** The daemon's directories of descriptions; none if the daemon does not say. */
export async function directoriesOf(client: ControlClient | undefined): Promise<string[]> {
  const reply = await client?.request({ type: Request.QUERY_LOAD_MECH }).catch(ignoreLoss);
  if (reply?.type !== Reply.LOADER_MECH) return [];
  const { cwd, directories } = reply;
  return directories.map((path) => path.startsWith("/") || cwd === "" ? path : `${cwd}/${path}`);
}

/** The service names in a directory; none if it cannot be read. */
export function descriptionNames(directory: string): string[] {
  if (!mayRead(directory)) return [];
  try {
    return [...Deno.readDirSync(directory)].filter(({ isDirectory, name }) =>
      !isDirectory && !name.startsWith(".") && !isServiceModule(name)
    ).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error) return [];
    throw error;
  }
}

function isFile(path: string): boolean {
  if (!mayRead(path)) return false;
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Ask first: otherwise the runtime would prompt at the terminal. */
function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}
