/** The daemon's action and reply for each request (control protocol 7). */

import {
  baseName,
  DependencyKind,
  isValidServiceName,
  LoadError,
  type ShutdownType,
  typed,
} from "../../model/mod.ts";
import type { ControlledService } from "./controlled_manager.ts";
import type { PacketOf, ReplyPacket, RequestPacket } from "../wire/layouts.ts";
import {
  CATLOG_CLEAR,
  DIRECTORY_LOADER,
  EXTENSIONS_NAME,
  EXTENSIONS_QUERY,
  EXTENSIONS_VERSION,
  MINIMUM_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  Reply,
  Request,
  StartStopFlag,
  SUBSCRIBE_FROM_NOW,
} from "../wire/protocol.ts";
import { answerQuery } from "./queries.ts";
import { ServiceList } from "./service_list.ts";
import type { Session } from "./session.ts";

/** Sends the packet before the final reply: PREACK. */
export type SendEarly = (packet: ReplyPacket) => void;

type StartStopRequest = PacketOf<
  | typeof Request.STARTSERVICE
  | typeof Request.STOPSERVICE
  | typeof Request.WAKESERVICE
  | typeof Request.RELEASESERVICE
>;

type DependencyRequest = PacketOf<
  | typeof Request.ADD_DEP
  | typeof Request.REM_DEP
  | typeof Request.ENABLESERVICE
  | typeof Request.ENABLE_SERVICE_V7
>;

const ACK = { type: Reply.ACK } as const;
const NAK = { type: Reply.NAK } as const;
const BADREQ = { type: Reply.BADREQ } as const;

/** The replies for the manager's results of a command. */
const OUTCOMES = {
  "already": { type: Reply.ALREADYSS },
  "accepted": ACK,
  "shutting-down": { type: Reply.SHUTTINGDOWN },
  "pinned-stopped": { type: Reply.PINNEDSTOPPED },
  "pinned-started": { type: Reply.PINNEDSTARTED },
  "not-started": NAK,
  "no-dependents": NAK,
} as const;

const SIGNAL_OUTCOMES = {
  "sent": ACK,
  "no-process": { type: Reply.SIGNAL_NOPID },
  "bad-signal": { type: Reply.SIGNAL_BADSIG },
  "failed": { type: Reply.SIGNAL_KILLERR },
} as const;

/**
 * Carries out a request and returns its reply, a later reply, or a long one, whose packets are made as the client takes
 * them.
 * BADREQ means that the connection is to be closed after it. Throws `LimitError`, and what the manager throws by
 * mistake.
 */
export function answerRequest(
  session: Session,
  packet: RequestPacket,
  send: SendEarly,
): ReplyPacket | ServiceList | Promise<ReplyPacket> {
  const { manager } = session.host;
  switch (packet.type) {
    case Request.QUERYVERSION:
      return { type: Reply.CPVERSION, minimum: MINIMUM_PROTOCOL_VERSION, actual: PROTOCOL_VERSION };
    case Request.FINDSERVICE:
      return findService(session, packet.name);
    case Request.LOADSERVICE:
      return loadService(session, packet.name);
    case Request.STARTSERVICE:
    case Request.STOPSERVICE:
    case Request.WAKESERVICE:
    case Request.RELEASESERVICE:
      return startOrStop(session, packet, send);
    case Request.UNPINSERVICE:
      return withService(session, packet.handle, BADREQ, (service) => {
        manager.unpin(service);
        return ACK;
      });
    case Request.LISTSERVICES:
    case Request.LISTSERVICES5:
      return new ServiceList(manager);
    case Request.UNLOADSERVICE:
      return withService(session, packet.handle, BADREQ, (service) => unloadService(session, service));
    case Request.RELOADSERVICE:
      return withService(session, packet.handle, BADREQ, (service) => reloadService(session, service));
    case Request.SHUTDOWN:
      if (packet.kind < 1 || packet.kind > 6) return BADREQ;
      manager.shutdown(packet.kind as ShutdownType);
      return ACK;
    case Request.ADD_DEP:
    case Request.REM_DEP:
    case Request.ENABLESERVICE:
    case Request.ENABLE_SERVICE_V7:
      return changeDependency(session, packet);
    case Request.QUERY_LOAD_MECH:
      return {
        type: Reply.LOADER_MECH,
        loader: DIRECTORY_LOADER,
        cwd: currentDirectory(),
        directories: manager.serviceDirectories,
      };
    case Request.QUERYSERVICENAME:
      return withService(session, packet.handle, NAK, ({ name }) => ({ type: Reply.SERVICENAME, name }));
    case Request.SETENV:
      return setEnvironment(session, packet.entry);
    case Request.SERVICESTATUS:
    case Request.SERVICESTATUS5:
    case Request.SERVICESTATUS6:
      return withService(session, packet.handle, NAK, (service) => statusReply(session, service, 0));
    case Request.SETTRIGGER:
      return withService(
        session,
        packet.handle,
        NAK,
        (service) => manager.trigger(service, packet.value !== 0) ? ACK : NAK,
      );
    case Request.CATLOG:
      return withService(session, packet.handle, NAK, (service) => {
        const log = session.host.logs.read(service, { clear: (packet.flags & CATLOG_CLEAR) !== 0 });
        return log === undefined ? NAK : { type: Reply.SERVICE_LOG, log };
      });
    case Request.SIGNAL:
      return withService(
        session,
        packet.handle,
        NAK,
        (service) => SIGNAL_OUTCOMES[manager.signal(service, packet.signal)],
      );
    case Request.QUERYSERVICEDSCDIR:
      if (packet.reserved !== 0) return NAK;
      return withService(
        session,
        packet.handle,
        NAK,
        ({ description }) => ({ type: Reply.SVCDSCDIR, directory: description.directory }),
      );
    case Request.CLOSEHANDLE:
      return session.close(packet.handle) ? ACK : BADREQ;
    case Request.GETALLENV:
      if (packet.reserved !== 0) return BADREQ;
      return { type: Reply.ALLENV, entries: manager.environmentEntries() };
    case Request.LISTENENV:
      session.listenToEnvironment();
      return ACK;
    case Request.QUERY:
      return query(session, packet.topic) ?? NAK;
    case Request.SUBSCRIBE:
      return subscribe(session, packet);
    case Request.UNSUBSCRIBE:
      return session.unsubscribe(packet.subscription) ? ACK : NAK;
    case Request.UPGRADE:
      if (packet.programs.length > 1) return BADREQ;
      return typed(import("./upgrade_request.ts")).then(({ upgrade }) => upgrade(session, packet));
    case Request.ROTATE:
      return typed(import("./rotate_request.ts")).then(({ rotate }) => rotate(session, packet.handle));
  }
}

/** The reply of `answer` for the service of a handle, or `missing` if the handle is not open. */
function withService(
  session: Session,
  handle: number,
  missing: ReplyPacket,
  answer: (service: ControlledService) => ReplyPacket,
): ReplyPacket {
  const service = session.service(handle);
  return service === undefined ? missing : answer(service);
}

function findService(session: Session, name: string): ReplyPacket {
  if (name === EXTENSIONS_NAME || name.startsWith(EXTENSIONS_QUERY)) {
    session.extensions = true;
    const answer = query(session, name.slice(EXTENSIONS_QUERY.length));
    return answer ?? { type: Reply.EXTENSIONS, version: extensionsVersion(session) };
  }
  if (!isAcceptableName(name)) return BADREQ;
  const service = session.host.manager.find(name);
  return service === undefined ? { type: Reply.NOSERVICE } : recordReply(session, service);
}

/** Without facts to subscribe to, the daemon has the extensions of the first version. */
function extensionsVersion({ host }: Session): number {
  return host.events === undefined ? 1 : EXTENSIONS_VERSION;
}

function query(session: Session, topic: string): ReplyPacket | undefined {
  const document = answerQuery(session, topic);
  return document === undefined ? undefined : { type: Reply.ANSWER, json: JSON.stringify(document) };
}

/** The reply precedes the first fact. */
function subscribe(session: Session, packet: PacketOf<typeof Request.SUBSCRIBE>): ReplyPacket {
  const { services, flags, origin } = packet;
  if (!services.every(isAcceptableName)) return BADREQ;
  const since = (flags & SUBSCRIBE_FROM_NOW) === 0 ? packet.since : undefined;
  const subscription = session.subscribe({ services, since, origin });
  const { events } = session.host;
  if (subscription === undefined || events === undefined) return NAK;
  return { type: Reply.SUBSCRIBED, subscription, origin: events.origin, last: events.last };
}

function loadService(session: Session, name: string): ReplyPacket {
  if (!isAcceptableName(name)) return BADREQ;
  let service;
  try {
    service = session.host.manager.load(name);
  } catch (error) {
    if (error instanceof LoadError) return loadErrorReply(error, name);
    throw error;
  }
  return recordReply(session, service);
}

/** A name with a NUL is invalid: the system would cut it there when it opens a file. */
function isAcceptableName(name: string): boolean {
  return isValidServiceName(name) && !name.includes("\0");
}

/** Distinguishes errors in the service's own description, or its absence, from errors of its dependencies. */
function loadErrorReply(error: LoadError, name: string): ReplyPacket {
  // The error for an invalid name of a dependency has that name; no service with a description can have it.
  const itself = error.service === name || error.service === baseName(name) ||
    !isValidServiceName(error.service);
  if (itself && error.kind === "description") return { type: Reply.SERVICE_DESC_ERR };
  if (itself && error.kind === "not-found") return { type: Reply.NOSERVICE };
  return { type: Reply.SERVICE_LOAD_ERR };
}

/** The status precedes the handle's first event, because no event can come in between. */
function recordReply(session: Session, service: ControlledService): ReplyPacket {
  const { state, target } = session.host.manager.status(service);
  return { type: Reply.SERVICERECORD, state, handle: session.open(service), target };
}

function startOrStop(session: Session, packet: StartStopRequest, send: SendEarly): ReplyPacket {
  return withService(session, packet.handle, BADREQ, (service) => {
    if ((packet.flags & StartStopFlag.PREACK) !== 0) send({ type: Reply.PREACK });
    const outcome = command(session, packet, service);
    if (typeof outcome === "string") return OUTCOMES[outcome];
    return {
      type: Reply.DEPENDENTS,
      handles: outcome.dependents.map((dependent) => session.open(dependent)),
    };
  });
}

function command(session: Session, { type, flags }: StartStopRequest, service: ControlledService) {
  const { manager } = session.host;
  const pin = (flags & StartStopFlag.PIN) !== 0;
  switch (type) {
    case Request.STARTSERVICE:
      return manager.start(service, { pin });
    case Request.STOPSERVICE: {
      const gentle = (flags & StartStopFlag.GENTLE) !== 0;
      if ((flags & StartStopFlag.RESTART) !== 0) return manager.restart(service, { gentle });
      return manager.stop(service, { pin, gentle });
    }
    case Request.WAKESERVICE:
      return manager.wake(service, { pin });
    case Request.RELEASESERVICE:
      return manager.release(service, { pin });
  }
}

function unloadService(session: Session, service: ControlledService): ReplyPacket {
  if (session.isShared(service) || !session.host.manager.unload(service)) return NAK;
  session.closeAll(service);
  session.host.logs.forget(service);
  return ACK;
}

/** Unless another connection has a handle, the handles end: a reload may have replaced the service. */
function reloadService(session: Session, service: ControlledService): ReplyPacket {
  if (session.isShared(service)) return NAK;
  const reloaded = session.host.manager.reload(service);
  session.closeAll(service);
  return reloaded === undefined ? NAK : ACK;
}

/** Only the kinds that a description can name individually may be changed (control protocol 10.4). */
function isChangeable(kind: number): kind is DependencyKind {
  return kind === DependencyKind.REGULAR || kind === DependencyKind.WAITS_FOR ||
    kind === DependencyKind.MILESTONE;
}

function changeDependency(session: Session, { type, kind, ...handles }: DependencyRequest): ReplyPacket {
  const { manager } = session.host;
  const from = session.service(handles.from);
  const to = session.service(handles.to);
  if (!isChangeable(kind) || from === undefined || to === undefined || from === to) return BADREQ;
  switch (type) {
    case Request.ADD_DEP:
      return manager.addDependency(from, to, kind) === "refused" ? NAK : ACK;
    case Request.REM_DEP:
      return manager.removeDependency(from, to, kind) ? ACK : NAK;
    case Request.ENABLESERVICE:
      return manager.enable(from, to, kind) === "refused" ? NAK : ACK;
    case Request.ENABLE_SERVICE_V7: {
      const outcome = manager.enable(from, to, kind);
      return outcome === "refused" ? NAK : statusReply(session, to, outcome === "exists" ? 1 : 0);
    }
  }
}

/** `existed`: 1 if the dependency already existed. */
function statusReply(session: Session, service: ControlledService, existed: number): ReplyPacket {
  return { type: Reply.SERVICESTATUS, existed, status: session.host.manager.status(service) };
}

/** `NAME=VALUE` sets a variable, `NAME` removes it. Neither can contain a NUL. */
function setEnvironment(session: Session, entry: string): ReplyPacket {
  const equals = entry.indexOf("=");
  if (equals === 0 || entry.includes("\0")) return BADREQ;
  if (equals === -1) session.host.manager.setEnvironment(entry, undefined);
  else session.host.manager.setEnvironment(entry.slice(0, equals), entry.slice(equals + 1));
  return ACK;
}

/** The directory to which service directories are relative; empty if it is unknown, which the protocol allows. */
function currentDirectory(): string {
  try {
    return Deno.cwd();
  } catch {
    return "";
  }
}
