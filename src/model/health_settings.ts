/** What a description says about readiness, health checks and the watchdog, beyond dinit 0.22.1, and the targets of checks. */

import { encodeBytes } from "./bytes.ts";

/** How a process becomes ready, apart from a pipe (`ready-notification`); empty: in none of these ways. */
export type ReadyBy = "" | "notify" | "health" | "uptime";

/** `health-action`: what the daemon does with an unhealthy service. */
export type HealthAction = "restart" | "stop" | "none";

/** The settings, with times in milliseconds. At most one of `http`, `tcp` and `command` is set. */
export interface HealthSettings {
  /** `ready-notification = notify`, `health` or `uptime:…` */
  readonly readyBy: ReadyBy;
  /** How long the process has to run until it is ready, with `uptime`. */
  readonly uptime: number;
  /** `health-http`: a URL; empty: no such check. */
  readonly http: string;
  /** `health-tcp`: an address in the form that `checkAddress` reads; empty: no such check. */
  readonly tcp: string;
  /** `health-command`: executable and arguments after substitution; empty: no such check. */
  readonly command: readonly string[];
  /** `health-interval`: from the end of a check to the start of the next one. */
  readonly interval: number;
  /** `health-timeout`: a check that takes longer has failed. */
  readonly timeout: number;
  /** `health-failures`: this many failures in a row make the service unhealthy. */
  readonly failures: number;
  /** `health-start-interval`: like `interval`, until the first success of a process. */
  readonly startInterval: number;
  /** `health-start-period`: failures within this time after the launch do not count. */
  readonly startPeriod: number;
  /** `health-action` */
  readonly action: HealthAction;
  /** `watchdog-timeout`: the longest time between two signs of life; 0: none are expected. */
  readonly watchdog: number;
}

/** The settings of a description without such lines. All such descriptions share this object. */
export const NO_HEALTH: HealthSettings = {
  readyBy: "",
  uptime: 0,
  http: "",
  tcp: "",
  command: [],
  interval: 10_000,
  timeout: 3_000,
  failures: 3,
  startInterval: 500,
  startPeriod: 0,
  action: "restart",
  watchdog: 0,
};

/** Whether there is a health check. */
export function hasCheck({ http, tcp, command }: HealthSettings): boolean {
  return http !== "" || tcp !== "" || command.length > 0;
}

/** Whether anything has to watch the health or the readiness of the service. */
export function watchesHealth(health: HealthSettings): boolean {
  return health !== NO_HEALTH && (hasCheck(health) || health.readyBy !== "");
}

/**
 * Whether the check needs a look-up of a name, or TLS. The daemon does neither: its prober does, which is another process.
 */
export function needsProber({ http, tcp }: HealthSettings): boolean {
  const target = http === "" ? undefined : httpTarget(http);
  const address = target?.address ?? (tcp === "" ? undefined : checkAddress(tcp));
  return target?.secure === true || (address?.kind === "tcp" && addressBytes(address.host) === undefined);
}

/** Where a check connects to. */
export type CheckAddress =
  /** `host`: an IP address without brackets, or a name. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** What a check by HTTP asks for. */
export interface HttpTarget {
  /** Where to connect to. */
  readonly address: CheckAddress & { readonly kind: "tcp" };
  /** By `https`. */
  readonly secure: boolean;
  /** The value of the header `Host`. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
}

/** The longest path of a Unix socket, in bytes. */
const LONGEST_PATH = 107;

/**
 * Reads `[HOST:]PORT` or `unix:PATH`. The host is the own machine if there is none; an IPv6 address has brackets.
 * `undefined`: the text has another form.
 */
export function checkAddress(text: string): CheckAddress | undefined {
  if (text.startsWith("unix:")) {
    const path = text.slice("unix:".length);
    const fits = encodeBytes(path).length <= LONGEST_PATH && !path.includes("\0");
    return path.startsWith("/") && fits ? { kind: "unix", path } : undefined;
  }
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[^:[\]/\s]+):)?([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (!(port >= 1 && port <= 65535)) return undefined;
  const host = withoutBrackets(match?.[1] ?? "127.0.0.1");
  return isHost(host) ? { kind: "tcp", host, port } : undefined;
}

/** The longest name of a host, in characters. */
const LONGEST_NAME = 253;

/** Whether it is an IP address, or may be the name of a host. What ends with a number is an address or a mistake. */
function isHost(host: string): boolean {
  if (addressBytes(host) !== undefined) return true;
  const label = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  return host.length <= LONGEST_NAME && new RegExp(`^(?:${label}\\.)*${label}\\.?$`).test(host) &&
    !/(?:^|\.)(?:[0-9]+|0[xX][0-9a-fA-F]*)\.?$/.test(host);
}

/** Reads a URL of `http` or `https` without user and password; `undefined`: the text has another form. */
export function httpTarget(text: string): HttpTarget | undefined {
  if (!/^https?:\/\/[^\s/?#\\][^\s]*$/.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, host, pathname, search, username, password } = new URL(text);
  if (username !== "" || password !== "" || port === "0") return undefined;
  const secure = protocol === "https:";
  const number = port === "" ? (secure ? 443 : 80) : Number(port);
  const name = withoutBrackets(hostname);
  if (!isHost(name)) return undefined;
  return {
    address: { kind: "tcp", host: name, port: number },
    secure,
    host,
    path: pathname + search,
  };
}

function withoutBrackets(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

/**
 * The bytes of an IP address, 4 or 16, in network order; `localhost` is 127.0.0.1. `undefined`: it is a name, which
 * only a resolver can look up.
 */
export function addressBytes(host: string): Uint8Array<ArrayBuffer> | undefined {
  if (host === "localhost") return new Uint8Array([127, 0, 0, 1]);
  const v4 = quad(host);
  if (v4 !== undefined) return new Uint8Array(v4);
  if (!host.includes(":") || !URL.canParse(`http://[${host}]`)) return undefined;
  // The URL parser of the runtime writes an IPv6 address as hexadecimal groups with at most one "::".
  const [front, back = ""] = new URL(`http://[${host}]`).hostname.slice(1, -1).split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":").map((group) => parseInt(group, 16));
  const [first, last] = [groups(front), groups(back)];
  const zeros = new Array(8 - first.length - last.length).fill(0);
  return new Uint8Array([...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff]));
}

function quad(host: string): number[] | undefined {
  const parts = host.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^[0-9]{1,3}$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? numbers : undefined;
}
