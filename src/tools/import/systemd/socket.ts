/** A socket unit: its service gets an activation socket, if it is one that the daemon can open. */

import type { DescriptionText } from "../description_text.ts";
import { plain, shellWord } from "../words.ts";
import type { ServiceContext } from "./service_context.ts";
import type { Unit } from "./unit.ts";
import { parseBoolean } from "./values.ts";

/** The service that a socket belongs to. */
export function unitOfSocket(socket: Unit): string {
  return socket.named("Socket", "Service")?.value || `${socket.name.stem}.service`;
}

/** Adds the socket to the description of its service; `undefined` if that is not imported. */
export function importSocket(socket: Unit, text: DescriptionText | undefined): void {
  const owner = unitOfSocket(socket);
  socket.last("Socket", "Service")?.carried(text === undefined ? "" : `the socket is in ${text.name}`);
  if (text === undefined) {
    const note = `import ${owner} together with the socket: the socket belongs to its description`;
    for (const directive of socket.rest().filter(({ section }) => section === "Socket")) {
      directive.decision(note);
    }
    return;
  }
  const accept = socket.last("Socket", "Accept");
  if (accept !== undefined) {
    if (parseBoolean(accept.value)) {
      text.decide(
        accept,
        "the service itself accepts connections; a program such as s6-ipcserver starts one for each",
      );
    } else accept.carried();
  }
  importStreams(socket, text);
  importOwner(socket, text);
  for (const directive of socket.rest().filter(({ section }) => section === "Socket")) {
    explain(text, directive.name, directive);
  }
}

/** The path of a Unix stream socket; `undefined` for other addresses. */
function socketPath(value: string): string | undefined {
  const path = value.replace(/^%t\//, "/run/");
  return /^\/[^%]*$/.test(path) ? path : undefined;
}

/** systemd makes the folder of a socket; here a step before the service does, since the daemon makes none. */
export function importSocketFolder(context: ServiceContext, sockets: readonly Unit[]): void {
  for (const socket of sockets) {
    const path = socketPath(socket.named("Socket", "ListenStream")?.value ?? "");
    const folder = path?.replace(/\/[^/]*$/, "");
    if (folder === undefined || folder === "" || folder === "/run") continue;
    const mode = socket.last("Socket", "DirectoryMode");
    const isMode = /^[0-7]{1,4}$/.test(mode?.value ?? "");
    mode?.changed(isMode ? "the step that makes the folder sets it" : "the folder gets the mode 0755");
    const line = `mkdir -p -m ${isMode ? mode?.value : "0755"} -- ${shellWord(plain(folder))}`;
    context.before.push({ line, isPrivileged: true });
  }
}

function importStreams(socket: Unit, text: DescriptionText): void {
  for (const directive of socket.all("Socket", "ListenStream")) {
    const path = socketPath(directive.value);
    if (path === undefined) {
      text.decide(
        directive,
        "socket-listen takes the path of a Unix socket; the program has to open this one itself",
      );
    } else if (text.has("socket-listen")) {
      text.decide(directive, "a service has one activation socket; the program has to open this one itself");
    } else {
      text.set("socket-listen", path);
      directive.changed(
        "socket-listen; the service starts when it is wanted, and not at the first connection",
      );
    }
  }
}

function importOwner(socket: Unit, text: DescriptionText): void {
  const rows = [
    ["SocketMode", "socket-permissions", /^[0-7]{1,4}$/],
    ["SocketUser", "socket-uid", /^[\w.-]+$/],
    ["SocketGroup", "socket-gid", /^[\w.-]+$/],
  ] as const;
  for (const [name, setting, pattern] of rows) {
    const directive = socket.last("Socket", name);
    if (directive === undefined) continue;
    if (!text.has("socket-listen")) directive.carried("it concerns Unix sockets only");
    else if (!pattern.test(directive.value)) text.decide(directive, `${setting} takes another value`);
    else {
      text.set(setting, directive.value);
      directive.carried();
    }
  }
}

function explain(
  text: DescriptionText,
  name: string,
  directive: Parameters<DescriptionText["decide"]>[0],
): void {
  if (name.startsWith("Listen")) {
    return text.decide(
      directive,
      "socket-listen takes the path of a Unix stream socket; the program has to open this one itself",
    );
  }
  if (/^Exec|^Symlinks$/.test(name)) {
    return text.decide(directive, "a service that this one depends on can do it");
  }
  directive.none("the program can set it on the socket");
}
