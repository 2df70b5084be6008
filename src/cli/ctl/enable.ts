/** `enable` and `disable` (cli 4). */

import {
  type ControlClient,
  effectiveMode,
  passwdHome,
  Reply,
  type ReplyPacket,
  Request,
  type WireStatus,
} from "../../client/mod.ts";
import { HandleEvents } from "../../client/steps.ts";
import {
  defaultServiceDirectories,
  type DescriptionFile,
  MainEnvironment,
  parseEnvironmentFile,
} from "../../description/mod.ts";
import { Errno, errnoText } from "../../model/errno.ts";
import { LoadError } from "../../model/errors.ts";
import { baseName } from "../../model/names.ts";
import { DependencyKind, ServiceState } from "../../model/states.ts";
import type { CommandContext } from "./context.ts";
import { ctlFailure } from "../shared/failure.ts";
import {
  checkAbsent,
  type DependencyLink,
  dependencyLink,
  enabledVia,
  locate,
  makeLink,
  reason,
  removeLink,
} from "./dependency_link.ts";
import { loadService, type ServiceRecord, serviceStatus } from "./services.ts";
import { forEachService } from "./several.ts";
import { failureWaits, waitForGoal } from "./wait.ts";

/** The main environment file of the system's daemon. */
const ENVIRONMENT_FILE = "/etc/dinit/environment";
/** The first protocol version with ENABLE_SERVICE_V7. */
const ENABLE_WITH_STATUS_VERSION = 7;

/** `dinitctl enable [--from FROM] TO` */
export async function enable(context: CommandContext): Promise<number> {
  if (!context.options.offline) return await enableOnline(context);
  const { from, link, to } = offlineLink(context);
  checkAbsent(link.path);
  makeLink(link);
  recordLink(context, from.fullName, link);
  context.say(`Service '${to.fullName}' has been enabled.`);
  return 0;
}

/** `dinitctl disable [--from FROM] TO` */
export async function disable(context: CommandContext): Promise<number> {
  if (!context.options.offline) return await disableOnline(context);
  const { from, link, to } = offlineLink(context);
  removeLink(link);
  recordLink(context, from.fullName, link);
  context.say(`Service '${to.fullName}' has been disabled.`);
  return 0;
}

function recordLink({ record, words }: CommandContext, from: string, { path }: DependencyLink): void {
  record({ from, to: words[0], link: path });
}

/** The service that will depend on `to`. Throws `ToolFailure`. */
function chooseFrom({ options }: CommandContext, to: DescriptionFile, environment: MainEnvironment): string {
  const from = options.from ?? enabledVia(to, environment);
  if (!from.includes("@")) return from;
  throw ctlFailure("cannot enable/disable from a service with argument (service@arg).").about({
    kind: "text",
    text: `'${to.fullName}' would be enabled from '${from}'; --from names another service`,
  });
}

// ---- Without a daemon ----

function offlineLink(context: CommandContext) {
  const environment = fileEnvironment(context);
  const directories = serviceDirectories(context);
  const to = locate(context.words[0], directories);
  const unknown = (name: string) => ({ kind: "unknown-service", name, directories } as const);
  if (to instanceof LoadError) {
    const [target] = context.words;
    throw ctlFailure(`could not locate service file for target service '${target}'`).about(unknown(target));
  }
  const name = chooseFrom(context, to, environment);
  const from = locate(name, directories);
  if (from instanceof LoadError) {
    throw ctlFailure(`could not locate service file for service '${name}'`).about(unknown(name));
  }
  return { from, to, link: dependencyLink(from, to, environment) };
}

/** The environment that the system's daemon would start with. That of a user's daemon is unknown. */
function fileEnvironment({ options, io }: CommandContext): MainEnvironment {
  const environment = new MainEnvironment();
  if (effectiveMode(options, io) !== "system") return environment;
  try {
    environment.applyFile(parseEnvironmentFile(Deno.readFileSync(ENVIRONMENT_FILE)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return environment;
    throw ctlFailure(`cannot read environment file '${ENVIRONMENT_FILE}' :${reason(error)}`);
  }
  return environment;
}

function serviceDirectories({ options, io }: CommandContext): readonly string[] {
  if (options.servicesDirs.length > 0) return options.servicesDirs;
  const mode = effectiveMode(options, io);
  if (mode === "system") return defaultServiceDirectories(mode, {});
  const [XDG_CONFIG_HOME, HOME] = ["XDG_CONFIG_HOME", "HOME"].map((name) => io.env(name));
  return defaultServiceDirectories(mode, { XDG_CONFIG_HOME, HOME }, HOME ?? passwdHome(io.uid()));
}

// ---- With a daemon ----

async function enableOnline(context: CommandContext): Promise<number> {
  const client = await context.connect();
  const { from, fromName, to, link } = await onlineLink(context, client);
  const [name] = context.words;
  checkAbsent(link.path);
  if (from.state !== ServiceState.STARTED) {
    context.io.err("dinitctl: warning: enabling dependency for non-started service\n");
  }
  const queue = new HandleEvents(client).queue(to.handle);
  const withStatus = client.version >= ENABLE_WITH_STATUS_VERSION;
  const reply = await client.request({
    type: withStatus ? Request.ENABLE_SERVICE_V7 : Request.ENABLESERVICE,
    kind: DependencyKind.WAITS_FOR,
    from: from.handle,
    to: to.handle,
  });
  if (reply.type === Reply.NAK) {
    throw ctlFailure("could not enable service: possible circular dependency").about({
      kind: "text",
      text: `'${fromName}' would wait for '${name}'; 'dinitctl tree ${name}' shows what that one waits for`,
    });
  }
  if (reply.type !== (withStatus ? Reply.SERVICESTATUS : Reply.ACK)) throw linkProtocolFailure();
  makeLink(link, "note: service was enabled for now; persistent enable failed.");
  recordLink(context, fromName, link);
  const status = reply.type === Reply.SERVICESTATUS ? reply.status : await serviceStatus(client, to.handle);
  context.say(`Service '${name}' has been enabled.`);
  if (!mayStillStart(status) && !failureWaits(queue)) return 0;
  return await forEachService(
    context,
    [name],
    () => Promise.resolve(() => waitForGoal(context, queue, name, "start")),
  );
}

/** Whether a start is in progress whose end an event will report. */
function mayStillStart({ state, target }: WireStatus): boolean {
  return state !== ServiceState.STARTED && target === ServiceState.STARTED;
}

async function disableOnline(context: CommandContext): Promise<number> {
  const client = await context.connect();
  const { from, fromName, to, link } = await onlineLink(context, client);
  const reply = await client.request({
    type: Request.REM_DEP,
    kind: DependencyKind.WAITS_FOR,
    from: from.handle,
    to: to.handle,
  });
  if (reply.type === Reply.NAK) {
    throw ctlFailure("service not currently enabled").about({
      kind: "text",
      text: `'${fromName}' does not wait for '${context.words[0]}'; --from names another service`,
    });
  }
  if (reply.type !== Reply.ACK) throw linkProtocolFailure();
  removeLink(link, "note: service was disabled for now; persistent disable failed.");
  recordLink(context, fromName, link);
  const { target } = await serviceStatus(client, to.handle);
  context.say(`Service '${context.words[0]}' has been disabled.`);
  if (target !== ServiceState.STOPPED) {
    context.io.err("dinitctl: note: disabled service may have other dependents\n");
  }
  return 0;
}

function linkProtocolFailure() {
  return ctlFailure("control socket protocol error").about({ kind: "conversation" });
}

async function onlineLink(context: CommandContext, client: ControlClient) {
  const environment = await daemonEnvironment(client);
  const [toName] = context.words;
  const to = await loadService(client, toName);
  const toFile = await loadedFile(client, to, toName);
  const fromName = chooseFrom(context, toFile, environment);
  const from = await loadService(client, fromName);
  const fromFile = await loadedFile(client, from, fromName);
  return { from, fromName, to, link: dependencyLink(fromFile, toFile, environment) };
}

async function daemonEnvironment(client: ControlClient): Promise<MainEnvironment> {
  const reply = await client.request({ type: Request.GETALLENV, reserved: 0 });
  if (reply.type !== Reply.ALLENV) throw linkProtocolFailure();
  return new MainEnvironment(reply.entries.map((entry): [string, string] => {
    const [name] = entry.split("=", 1);
    return [name, entry.slice(name.length + 1)];
  }));
}

/** The description file from which the daemon has loaded a service. Throws `ToolFailure` if it cannot be read. */
async function loadedFile(
  client: ControlClient,
  { handle }: ServiceRecord,
  name: string,
): Promise<DescriptionFile> {
  const directory = await daemonPath(
    client,
    await client.request({ type: Request.QUERYSERVICEDSCDIR, reserved: 0, handle }),
  );
  const found = locate(name, [directory]);
  if (!(found instanceof LoadError)) return found;
  const path = `${directory}/${baseName(name)}`;
  const why = found.kind === "not-found" ? errnoText(Errno.ENOENT) : found.message.replace(`${path}: `, "");
  throw ctlFailure(`could not open service description file '${path}': ${why}`);
}

/** A directory that may be relative to the daemon's working directory, which may differ from that of this program. */
async function daemonPath(client: ControlClient, reply: ReplyPacket): Promise<string> {
  if (reply.type !== Reply.SVCDSCDIR) throw linkProtocolFailure();
  const { directory } = reply;
  if (directory.startsWith("/")) return directory;
  const mechanism = await client.request({ type: Request.QUERY_LOAD_MECH });
  if (mechanism.type !== Reply.LOADER_MECH) throw linkProtocolFailure();
  return mechanism.cwd === "" ? directory : `${mechanism.cwd}/${directory}`;
}
