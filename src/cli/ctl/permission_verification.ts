/** `permissions --verify`: whether a service works with the permissions of its line. */

import { missingGrantText } from "../../model/grants.ts";
import { ctlFailure } from "../shared/failure.ts";
import type { CommandContext } from "./context.ts";
import { PermissionJudge } from "./permission_judge.ts";
import { permissionLine, permissionWords } from "./permission_line.ts";
import { permissionSession, type SessionService, untilOver } from "./permission_session.ts";
import { commandRun, lookAt } from "./permission_use.ts";
import { viewOf } from "./process_view.ts";

/** Flags of Deno that grant or deny. */
const GRANTING = /^(?:--(?:allow|deny|ignore)-|--permission-set(?:=|$)|-[ARWNESIP]+(?:=|$))/;

/** The process of a service before the session. */
interface RunningProcess {
  readonly deno: string;
  readonly flags: readonly string[];
  readonly folder: string;
}

/**
 * Runs the service under a line, and reports what the line does not grant. Returns the exit status: 0 if nothing was
 * denied, and the command, if there is one, has succeeded.
 *
 * @param words the words of the line. @default those of the running process
 */
export async function verifyPermissions(
  context: CommandContext,
  service: SessionService,
  words: readonly string[] | undefined,
): Promise<number> {
  const { options: { during, verify } } = context;
  const running = await runningProcess(service);
  const flags = words?.map((word) => `--${word.startsWith("deny-") ? "" : "allow-"}${word}`) ?? running.flags;
  const judge = startJudge({ ...running, flags });
  let status = 0;
  try {
    const run = verify ? await commandRun(context, service) : undefined;
    const requests = await permissionSession(
      service,
      (request) => judge.grants(request),
      async (interruption) => {
        if (run !== undefined) {
          status = await run(interruption);
          return;
        }
        const end = during === undefined ? "Ctrl-C ends the verification" : `for ${during}`;
        context.say(`Verifying the permissions of '${service.name}' (${end}) ...`);
        await untilOver(during, interruption);
      },
    );
    const denied = permissionWords(requests.filter((request) => request.denied));
    const own = flags.map((flag) => flag.replace(/^--(?:allow-)?/, "").replace(/^-A$/, "all"));
    return report(context, { own, denied, count: requests.length, status });
  } finally {
    await judge.close();
  }
}

function report(
  context: CommandContext,
  { own, denied, count, status }: {
    readonly own: readonly string[];
    readonly denied: readonly string[];
    readonly count: number;
    readonly status: number;
  },
): number {
  const passed = denied.length === 0 && status === 0;
  context.record({ line: permissionLine(own), startUp: [], later: [], denied, verified: { passed, status } });
  if (denied.length > 0) {
    context.say("Denied: add these words to its line");
    context.print(`${permissionLine(denied, "+=")}\n`);
  }
  if (status !== 0) context.say(`The command has failed (status ${status}).`);
  const asked = count === 1 ? "one request" : `${count} different requests`;
  if (passed) context.say(`Passed: ${asked}, nothing denied under\n${permissionLine(own)}`);
  return passed ? 0 : 1;
}

async function runningProcess(service: SessionService): Promise<RunningProcess> {
  const { name } = service;
  const { pid, daemon } = await lookAt(service);
  if (pid === undefined) throw ctlFailure(`the service '${name}' has no process: start it first`);
  try {
    const { command: [program = "", ...words] } = viewOf(pid, daemon);
    if (!/(?:^|\/)deno(?:-[^/]*)?$/.test(program)) {
      throw ctlFailure(`the service '${name}' runs ${program}, and not Deno: there is nothing to verify`);
    }
    const script = words.findIndex((word, index) => index > 0 && !word.startsWith("-"));
    const flags = words.slice(0, script === -1 ? words.length : script).filter((word) => GRANTING.test(word));
    return {
      deno: Deno.readLinkSync(`/proc/${pid}/exe`),
      flags,
      folder: Deno.readLinkSync(`/proc/${pid}/cwd`),
    };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw ctlFailure(missingGrantText(error));
    if (!(error instanceof Deno.errors.NotFound) && !(error instanceof Deno.errors.PermissionDenied)) {
      throw error;
    }
    throw ctlFailure(`the process of '${name}' cannot be looked at: ${error.message}`);
  }
}

function startJudge(options: RunningProcess): PermissionJudge {
  try {
    return new PermissionJudge(options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error instanceof Deno.errors.NotCapable ? missingGrantText(error) : error.message;
    throw ctlFailure(`cannot run ${options.deno}: ${reason}`);
  }
}
