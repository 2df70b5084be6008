/** What uses a service while its permissions are recorded or verified: a command, such as the tests of a project. */

import { missingGrantText } from "../../model/grants.ts";
import { ServiceState } from "../../model/states.ts";
import { ctlFailure } from "../shared/failure.ts";
import { listeningSockets, portsOf } from "../up/ports.ts";
import type { CommandContext } from "./context.ts";
import type { SessionService } from "./permission_session.ts";

/** How long the new process may take until it exists, and until it listens as its predecessor did, in milliseconds. */
const NEW_PROCESS = 60_000;
const NEW_PORTS = 10_000;
/** How long to wait until looking again, in milliseconds. */
const PAUSE = 50;

/** The status of a command that was interrupted before it began: that of a shell after SIGINT. */
const INTERRUPTED = 130;

/** A process of a service. */
export interface ProcessFacts {
  /** @default there is none */
  readonly pid: number | undefined;
  /** The number of ports on which it listens. */
  readonly ports: number;
}

/** What the daemon says about the service now. Throws `ToolFailure` if it does not know enough. */
export async function lookAt(
  { client, name }: SessionService,
): Promise<{ pid: number | undefined; state: number | undefined; daemon: number }> {
  const answer = await client.query("overview");
  if (answer === undefined) throw ctlFailure("this daemon does not provide an overview of its services");
  const { daemon, services } = answer as {
    daemon: { pid: number };
    services: { name: string; pid?: number; state: number }[];
  }; // what the daemon writes
  const service = services.find((one) => one.name === name);
  return { pid: service?.pid, state: service?.state, daemon: daemon.pid };
}

/** The present process of the service. */
export async function processFacts(service: SessionService): Promise<ProcessFacts> {
  const { pid } = await lookAt(service);
  return { pid, ports: pid === undefined ? 0 : portsOf(pid).length };
}

/** Prepares running the command of `--verify` with the next process of the service. The result gives its status. */
export async function commandRun(
  context: CommandContext,
  service: SessionService,
): Promise<(interruption: AbortSignal) => Promise<number>> {
  const { options: { verify = "", json } } = context;
  const before = await processFacts(service);
  // With --json, standard output is for the document.
  const script = json ? 'exec >&2; eval "$1"' : 'eval "$1"';
  return async (interruption) => {
    await untilReplaced(service, before, interruption);
    if (interruption.aborted) return INTERRUPTED;
    context.say(`Running: ${verify}`);
    try {
      const words = ["-c", script, "sh", verify];
      const child = new Deno.Command("/bin/sh", { args: words, stdin: "null" }).spawn();
      interruption.addEventListener("abort", () => endChild(child));
      return (await child.status).code;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotCapable)) throw error;
      throw ctlFailure(missingGrantText(error));
    }
  };
}

/** Waits until the service has another process that listens as the one before did, so that it is ready to be used. */
export async function untilReplaced(
  service: SessionService,
  before: ProcessFacts,
  interruption?: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  while (!interruption?.aborted) {
    const { pid, state } = await lookAt(service);
    const waited = performance.now() - begun;
    if (pid !== undefined && pid !== before.pid && state === ServiceState.STARTED) {
      if (waited > NEW_PORTS || before.ports <= portsOf(pid, listeningSockets()).length) return;
    }
    if (waited > NEW_PROCESS || state === ServiceState.STOPPED) return; // the command will tell
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

/** At a terminal, the keys have interrupted the command, too. */
function endChild(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGTERM");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // it has ended
  }
}
