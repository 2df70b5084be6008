/**
 * Shuts the machine down, without the daemon or as the program that the daemon executes at its end (daemon and init
 * 7.3). All code is loaded before the first step, because afterwards there may be no files to load it from.
 */

import { errnoText, isClean, ShutdownType, Signal } from "../../model/mod.ts";
import { inheritedEntries } from "../../inherited/mod.ts";
import type { Machine, RestartKind } from "../../system/machine.ts";
import { ShutdownOutput } from "./output.ts";

/** The actions for a kind of shutdown. */
interface Plan {
  /** The argument of the hook. */
  readonly hookArgument: string;
  /** The final request to the kernel; a soft reboot has none. @default nothing */
  readonly restart?: RestartKind;
}

const PLANS: ReadonlyMap<ShutdownType, Plan> = new Map([
  [ShutdownType.HALT, { hookArgument: "halt", restart: "halt" }],
  [ShutdownType.POWEROFF, { hookArgument: "poweroff", restart: "poweroff" }],
  [ShutdownType.REBOOT, { hookArgument: "reboot", restart: "reboot" }],
  [ShutdownType.KEXEC, { hookArgument: "reboot", restart: "kexec" }],
  [ShutdownType.SOFTREBOOT, { hookArgument: "soft" }],
]);

const HOOKS = ["/etc/dinit/shutdown-hook", "/lib/dinit/shutdown-hook"];
const SWAPOFF = "/sbin/swapoff";
const UMOUNT = "/bin/umount";

/** How long processes have between TERM and KILL, in milliseconds. */
const GRACE = 1000;
/** How long the last messages may take to be written, in milliseconds: a console may be stuck. */
const FLUSH_LIMIT = 1000;

/** The error numbers when no process could be made, as opposed to a program that could not be executed. */
const NO_PROCESS = new Set([11, 12]); // EAGAIN, ENOMEM

/** The part of the machine that a shutdown needs. */
export type ShutdownMachine = Pick<
  Machine,
  "openConsole" | "output" | "signalAll" | "run" | "sync" | "restart"
>;

/** Returns after a soft reboot, and otherwise only if the kernel has refused. */
export async function shutDown(type: ShutdownType, machine: ShutdownMachine): Promise<void> {
  machine.openConsole({ onlyOutput: true });
  const output = new ShutdownOutput(machine.output);
  const { hookArgument, restart } = PLANS.get(type)!;
  const steps = [
    () => endProcesses(machine, output),
    async () => {
      if (await runHook(hookArgument, machine, output)) return;
      await runHelper("swapoff", SWAPOFF, ["-a"], "Turning off swap...", machine, output);
      await runHelper("umount", UMOUNT, ["-a", "-r"], "Unmounting disks...", machine, output);
    },
    () => machine.sync(),
    () => restart === undefined ? undefined : restartMachine(restart, machine, output),
  ];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      // After any error, a machine without processes must not stay half-way.
      output.say(`shutdown: ${error instanceof Error ? error.message : error}`);
    }
  }
  await output.flush(FLUSH_LIMIT);
}

async function endProcesses(machine: ShutdownMachine, output: ShutdownOutput): Promise<void> {
  output.say("Sending TERM/KILL to all processes...");
  await output.flush(FLUSH_LIMIT);
  machine.signalAll(Signal.TERM);
  await new Promise((resolve) => setTimeout(resolve, GRACE));
  machine.signalAll(Signal.KILL);
}

/** Runs the hook, if there is one. True if it has done the work of the helpers. */
async function runHook(argument: string, machine: ShutdownMachine, output: ShutdownOutput): Promise<boolean> {
  const hook = HOOKS.find(isExecutable);
  if (hook === undefined) return false;
  return await runHelper("shutdown-hook", hook, [argument], "Executing shutdown hook...", machine, output);
}

/** Any execute bit is enough; for a link, its own bits count. */
function isExecutable(path: string): boolean {
  try {
    return ((Deno.lstatSync(path).mode ?? 0) & 0o111) !== 0;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Runs a program. True if it has ended with status 0. */
async function runHelper(
  name: string,
  path: string,
  args: readonly string[],
  announcement: string,
  machine: ShutdownMachine,
  output: ShutdownOutput,
): Promise<boolean> {
  output.say(announcement);
  const end = await machine.run(path, args, inheritedEntries(), {
    output: (bytes) => output.add(bytes),
    warn: (text) => output.say(text),
  });
  output.endLine();
  if ("exit" in end) return isClean(end.exit);
  const reason = errnoText(end.errno);
  output.say(NO_PROCESS.has(end.errno) ? `Couldn't fork for ${name}: ${reason}` : `${path}: ${reason}`);
  return false;
}

async function restartMachine(
  kind: RestartKind,
  machine: ShutdownMachine,
  output: ShutdownOutput,
): Promise<void> {
  output.say("Issuing shutdown via kernel...");
  await output.flush(FLUSH_LIMIT);
  const errno = machine.restart(kind);
  if (errno === 0) return;
  output.say(`reboot: ${errnoText(errno)}`);
  if (kind !== "kexec") return;
  output.say("It is possible that no suitable kernel image was loaded before");
  output.say("reboot with kexec was attempted.");
}
