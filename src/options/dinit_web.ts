/** The options of `dinit-web`, one row each. */

import type { Mode } from "../client/mod.ts";
import type { Option, OptionValue } from "./option.ts";

/** What a command line says. */
export interface WebOptions {
  help: boolean;
  /** The last of `--system` and `--user`. */
  mode: Mode | undefined;
  socketPath: string | undefined;
  /** `unix:PATH` or `ADDRESS:PORT`. @default a socket beside the control socket */
  listen: string | undefined;
  readOnly: boolean;
  tokenFile: string | undefined;
  /** Other names of this machine that requests may use. */
  hosts: string[];
  tlsCert: string | undefined;
  tlsKey: string | undefined;
}

/** All options, in the order of the help text. */
export const DINIT_WEB_OPTIONS: readonly Option<WebOptions>[] = [
  { long: "--help", last: true, help: "show this text", apply: (o) => o.help = true },
  { short: "-s", long: "--system", help: "show the system's daemon", apply: (o) => o.mode = "system" },
  { short: "-u", long: "--user", help: "show the user's own daemon", apply: (o) => o.mode = "user" },
  {
    ...row(
      "--socket-path",
      { name: "PATH", kind: "file" },
      "use this control socket",
      (o, value) => o.socketPath = value,
    ),
    short: "-p",
  },
  row(
    "--listen",
    { name: "WHERE" },
    "listen here: unix:PATH (the default: the path of the control socket and .web) or 127.0.0.1:PORT; port 0: a free one",
    (o, value) => o.listen = value,
  ),
  {
    long: "--read-only",
    help: "refuse everything that changes something",
    apply: (o) => o.readOnly = true,
  },
  row(
    "--token-file",
    { name: "FILE", kind: "file" },
    "take the token from this file, which only its owner may read; a missing file is created",
    (o, value) => o.tokenFile = value,
  ),
  row(
    "--host",
    { name: "NAME" },
    "also answer requests to this name of the machine (repeatable)",
    (o, value) => o.hosts.push(value),
  ),
  row(
    "--tls-cert",
    { name: "FILE", kind: "file" },
    "the certificate (PEM), needed for addresses that other machines reach",
    (o, value) => o.tlsCert = value,
  ),
  row("--tls-key", { name: "FILE", kind: "file" }, "its key (PEM)", (o, value) => o.tlsKey = value),
];

function row(
  long: string,
  value: Omit<OptionValue, "missing">,
  help: string,
  apply: (options: WebOptions, value: string) => void,
): Option<WebOptions> {
  const missing = `${long} should be followed by ${value.name}`;
  return { long, value: { ...value, missing }, help, apply, assignable: true };
}

/** The values for a command line without options. */
export function defaultWebOptions(): WebOptions {
  return {
    help: false,
    mode: undefined,
    socketPath: undefined,
    listen: undefined,
    readOnly: false,
    tokenFile: undefined,
    hosts: [],
    tlsCert: undefined,
    tlsKey: undefined,
  };
}
