/** `dinit-web`: a page, an interface for programs and metrics of a daemon, of which it is a client. */

import { ControlError, controlSocketPath } from "../../client/mod.ts";
import { FiguresReader, type FiguresReading } from "../../insight/mod.ts";
import { environmentVariable } from "../../inherited/mod.ts";
import { errnoText, missingGrantText, typed } from "../../model/mod.ts";
import type { KnownSystem } from "../../client/steps.ts";
import type { WebOptions } from "../../options/dinit_web.ts";
import { inLink, type WebAddress, webAddress } from "./address.ts";
import { scanWebArguments } from "./arguments.ts";
import { DaemonLink } from "./daemon_link.ts";
import { EventLog } from "./event_log.ts";
import { WebFailure } from "./failure.ts";
import { listen } from "./listening.ts";
import { requestHandler } from "./requests.ts";
import type { WebSources } from "./route.ts";
import { Snapshots } from "./snapshots.ts";
import { newToken, tokenOfFile } from "./token.ts";

/** A shorter token could be guessed. */
const SHORTEST_TOKEN = 16;
/** How old figures may be, in milliseconds: looking at all processes takes a while. */
const FIGURES_AGE = 1000;
const ENDINGS = ["SIGTERM", "SIGINT"] as const;

/** Runs `dinit-web` with the given arguments, without the program's name, until TERM or INT. Returns the exit status. */
export async function runWeb(args: readonly string[]): Promise<number> {
  try {
    const options = scanWebArguments(args);
    if (options.help) {
      const { webHelp } = await typed(import("../../options/dinit_web_help.ts"));
      write(Deno.stdout, webHelp());
      return 0;
    }
    await serve(options);
    return 0;
  } catch (error) {
    const text = failureText(error);
    if (text === undefined) throw error;
    write(Deno.stderr, `${text}\n`);
    return 1;
  }
}

async function serve(options: WebOptions): Promise<void> {
  const path = socketPath(options);
  const address = webAddress(options, path);
  const token = tokenFor(address, options);
  const events = new EventLog();
  const link = new DaemonLink(path, events);
  const ended = endingSignal();
  try {
    await link.open();
    const report = (error: unknown) =>
      write(
        Deno.stderr,
        `dinit-web: internal error: ${error instanceof Error ? error.stack : String(error)}\n`,
      );
    const { hosts, readOnly } = options;
    const handler = requestHandler({ address, hosts, token, readOnly, report }, webSources(link, events));
    const server = await listen(address, options, handler, (error) => {
      const why = error instanceof WebFailure
        ? error.message
        : `dinit-web: cannot accept connections: ${error.message}`;
      write(Deno.stderr, `${why}; all connections were closed, and it tries again\n`);
    });
    write(Deno.stdout, `${linkTo(address, server.port, token, options)}\n`);
    await ended.promise;
    await server.close();
  } finally {
    ended.close();
    await link.close();
  }
}

/** Resolves at a signal that ends the program. */
function endingSignal() {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ENDINGS) Deno.addSignalListener(signal, resolve);
  return {
    promise,
    close() {
      for (const signal of ENDINGS) Deno.removeSignalListener(signal, resolve);
    },
  };
}

/** What answers are made from. */
export function webSources(link: DaemonLink, events: EventLog, reader = new FiguresReader()): WebSources {
  const snapshots = new Snapshots(link);
  let last: { readonly at: number; readonly reading: FiguresReading } | undefined;
  return {
    events,
    isConnected: () => link.isConnected,
    connection: () => link.connection,
    snapshot: () => snapshots.take(),
    figures({ services, daemon }: KnownSystem) {
      const at = performance.now();
      if (last === undefined || at - last.at >= FIGURES_AGE) {
        last = { at, reading: reader.read(services, daemon?.pid) };
      }
      return last.reading;
    },
    now: () => Date.now(),
  };
}

/** The token that requests need. Nobody else can reach a unix socket, so there it is only needed if asked for. */
function tokenFor(address: WebAddress, { tokenFile }: WebOptions): string | undefined {
  if (tokenFile === undefined) return address.kind === "unix" ? undefined : newToken();
  const token = tokenOfFile(tokenFile);
  if (token.length < SHORTEST_TOKEN) {
    write(Deno.stderr, `dinit-web: warning: the token in ${tokenFile} is short; others could guess it\n`);
  }
  return token;
}

/**
 * Where to find the page. The link has the token if the user has no other way to know it, or is at a terminal: other
 * output may end in a log.
 */
function linkTo(
  address: WebAddress,
  port: number | undefined,
  token: string | undefined,
  { tlsCert, tokenFile, hosts }: WebOptions,
): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  const isShown = token !== undefined && (tokenFile === undefined || Deno.stdout.isTerminal());
  const fragment = isShown ? `#t=${token}` : "";
  const host = hosts[0] ?? inLink(address.hostname);
  return `${tlsCert === undefined ? "http" : "https"}://${host}:${port}/${fragment}`;
}

function socketPath(options: WebOptions): string {
  const path = controlSocketPath(options, {
    env: (name) => environmentVariable(name),
    uid: () => Deno.uid() ?? undefined,
  });
  if (path !== undefined) return path;
  throw new WebFailure(
    "cannot find the control socket: set XDG_RUNTIME_DIR or HOME, or give --socket-path=PATH",
  );
}

/** Nobody may read it. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  try {
    stream.writeSync(new TextEncoder().encode(text));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

/** The message for an expected failure; `undefined` for a bug of this program. */
function failureText(error: unknown): string | undefined {
  if (error instanceof WebFailure) return error.message;
  if (error instanceof Deno.errors.NotCapable) return `dinit-web: ${missingGrantText(error)}`;
  if (!(error instanceof ControlError)) return undefined;
  const { kind, path, errno } = error;
  if (kind !== "connect" || errno === undefined) return `dinit-web: ${error.message}`;
  return `dinit-web: no daemon at ${path}: ${errnoText(errno)}; start one, or give --socket-path=PATH`;
}
