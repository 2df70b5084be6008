/**
 * The one entry point. `dinit …` is the daemon; `dinit ctl …` and the others are the tools, and so are links to the
 * binary with names such as `dinitctl`. Only the part that the command line names is loaded.
 *
 * Deno would open and analyse at every start each module that a literal `import()` names. For `ctl`, which people and
 * scripts call often, that would cost more than its own work. With `lazy-dynamic-imports` in deno.json, Deno looks at
 * those modules when they are imported.
 *
 * @example Ask whether a service runs, as `dinit ctl is-started web` does
 * ```ts
 * import { main } from "@dinit/dinit";
 *
 * const status = await main(["ctl", "is-started", "web"]);
 * console.log(status === 0 ? "web runs" : "web does not run");
 * ```
 *
 * @module
 */

import { wordsOfName } from "./src/options/program_names.ts";
import { commandLineArguments } from "./src/inherited/mod.ts";
import { missingGrantText } from "./src/model/grants.ts"; // not on request: it works without a grant to read files
import type { DaemonEnd, DaemonOptions } from "./src/daemon/mod.ts";
import type { DinitCommand } from "./src/options/programs.ts";
import { typed } from "./src/model/typed_module.ts";

async function ctl(args: string[]): Promise<number> {
  const { runCtl } = await typed(import("./src/cli/ctl/main.ts"));
  return runCtl(args);
}

async function check(args: string[]): Promise<number> {
  const { runCheck } = await typed(import("./src/cli/check/main.ts"));
  return runCheck(args);
}

async function monitor(args: string[]): Promise<number> {
  const { runMonitor } = await typed(import("./src/cli/monitor/main.ts"));
  return runMonitor(args);
}

async function up(args: string[]): Promise<number> {
  const { runUp } = await typed(import("./src/cli/up/main.ts"));
  return runUp(args);
}

async function down(args: string[]): Promise<number> {
  const { runDown } = await typed(import("./src/cli/up/main.ts"));
  return runDown(args);
}

async function init(args: string[]): Promise<number> {
  const { runInit } = await typed(import("./src/cli/init/main.ts"));
  return runInit(args);
}

async function build(args: string[]): Promise<number> {
  const { runBuild } = await typed(import("./src/cli/build/main.ts"));
  return runBuild(args);
}

async function log(args: string[]): Promise<number> {
  const { runLog } = await typed(import("./src/tools/log/main.ts"));
  return runLog(args);
}

async function web(args: string[]): Promise<number> {
  const { runWeb } = await typed(import("./src/tools/web/main.ts"));
  return runWeb(args);
}

async function importDescriptions(args: string[]): Promise<number> {
  const { runImport } = await typed(import("./src/tools/import/main.ts"));
  return runImport(args);
}

async function exportServices(args: string[]): Promise<number> {
  const { runExport } = await typed(import("./src/tools/export/main.ts"));
  return runExport(args);
}

async function waitFor(args: string[]): Promise<number> {
  const { runWaitFor } = await typed(import("./src/tools/wait_for/main.ts"));
  return runWaitFor(args);
}

async function logKeeper(): Promise<number> {
  const { runLogKeeper } = await typed(import("./src/tools/keeper/main.ts"));
  return runLogKeeper();
}

async function healthProber(): Promise<number> {
  const { runProber } = await typed(import("./src/tools/prober/main.ts"));
  return runProber();
}

async function lease(args: string[]): Promise<number> {
  const { runLease } = await typed(import("./src/tools/lease/main.ts"));
  return runLease(args);
}

async function shutdown(args: string[]): Promise<number> {
  const { runShutdown } = await typed(import("./src/cli/shutdown/main.ts"));
  return runShutdown(args);
}

async function completion(args: string[]): Promise<number> {
  const room = await typed(import("./src/cli/completion/main.ts"));
  return room.runCompletion(args);
}

async function help(args: string[]): Promise<number> {
  if (args[0] === "man") {
    const { runManual } = await typed(import("./src/cli/manual/main.ts"));
    return runManual(args.slice(1));
  }
  const { runHelp } = await typed(import("./src/cli/manual/help_topics.ts"));
  return runHelp(args);
}

async function daemon(args: string[]): Promise<number> {
  const { isOpen, parseCommandLine, runDaemon } = await typed(import("./src/daemon/mod.ts"));
  const commandLine = parseCommandLine(args, { pid: Deno.pid, uid: Deno.uid() ?? 0, isOpen });
  switch (commandLine.action) {
    case "help": {
      const { helpText } = await typed(import("./src/daemon/help.ts"));
      print(Deno.stdout, helpText());
      return 0;
    }
    case "version": {
      const { versionText } = await typed(import("./src/daemon/version_text.ts"));
      print(Deno.stdout, versionText(Deno.stdout.isTerminal()));
      return 0;
    }
    case "check-state": {
      const { checkState } = await typed(import("./src/daemon/surviving/check_state.ts"));
      const { line, status } = checkState(commandLine.path);
      print(Deno.stdout, `${line}\n`);
      return status;
    }
    case "error":
      print(Deno.stderr, `${commandLine.message}\n`);
      return 1;
  }
  const { options } = commandLine;
  const isViewed = options.view !== undefined && Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  const { status, interrupted } = isViewed
    ? await viewedDaemon(options)
    : await runDaemon(options, consoleLines);
  if (interrupted) await endBySignal();
  return status;
}

/** Runs the daemon and the view of its services in one process. */
async function viewedDaemon(options: DaemonOptions): Promise<DaemonEnd> {
  const [{ runDaemon }, { OwnView }] = await Promise.all([
    typed(import("./src/daemon/mod.ts")),
    typed(import("./src/cli/up/own_view.ts")),
  ]);
  const view = new OwnView(options);
  return await view.show(runDaemon(options, undefined, view));
}

async function consoleLines(write: (line: string) => void) {
  const { ConsoleLines } = await typed(import("./src/cli/ctl/logs/console_lines.ts"));
  return new ConsoleLines(write);
}

/**
 * Ends the program by SIGINT, so that its parent sees the signal. For process 1 of a namespace the signal has no
 * effect.
 */
async function endBySignal(): Promise<void> {
  Deno.kill(Deno.pid, "SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 1000)); // the runtime delivers the signal slightly later
}

const COMMANDS: Readonly<Record<DinitCommand, (args: string[]) => Promise<number>>> = {
  ctl,
  check,
  monitor,
  up,
  down,
  init,
  build,
  log,
  web,
  import: importDescriptions,
  export: exportServices,
  "wait-for": waitFor,
  "log-keeper": logKeeper,
  "health-prober": healthProber,
  lease,
  shutdown,
  completion,
  help,
};

function isCommand(word: string | undefined): word is DinitCommand {
  return word !== undefined && Object.hasOwn(COMMANDS, word);
}

/**
 * Does what a command line asks for, and returns the exit status. It uses the streams and the environment of the
 * process; the daemon also takes its signals, and returns when it ends.
 *
 * @param args the words behind the name of the program, such as `["ctl", "list"]`
 */
export function main(args: string[]): Promise<number> {
  const [word] = args;
  const tool = isCommand(word) ? COMMANDS[word] : undefined;
  const missing = missingGrants(args);
  if (missing.length > 0) {
    const words = tool === undefined ? "…" : `${args[0]} …`;
    const task = tool === undefined ? "deno task start" : tool === ctl ? "deno task -q ctl" : undefined;
    const example = task === undefined ? "" : ` (for the example: ${task})`;
    print(
      Deno.stderr,
      `dinit: permission denied: ${
        missing.join(", ")
      } is needed; run: deno run --allow-all main.ts ${words}${example}\n`,
    );
    return Promise.resolve(1);
  }
  return tool === undefined ? daemon(args) : tool(args.slice(1));
}

/**
 * The missing grants that this part of the program needs. Only at a terminal, where the runtime would prompt for each
 * of them; elsewhere a missing grant is an ordinary error.
 */
function missingGrants(args: readonly string[]): string[] {
  if (Deno.build.standalone || !Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return [];
  const [word] = args;
  const option = args.findIndex((arg) => arg === "-p" || arg === "--socket-path");
  const socket = option === -1 ? undefined : args[option + 1];
  const needed: Deno.PermissionDescriptor[] = [{ name: "read", path: `${import.meta.dirname}/src` }];
  if (word !== "completion" && word !== "help") needed.push({ name: "env" }, { name: "sys", kind: "uid" });
  if (word === "check") needed.push({ name: "read" });
  if (socket !== undefined) needed.push({ name: "read", path: socket }, { name: "write", path: socket });
  const isMissing = (grant: Deno.PermissionDescriptor) =>
    Deno.permissions.querySync(grant).state !== "granted";
  return [...new Set(needed.filter(isMissing).map(({ name }) => `--allow-${name}`))];
}

/** The command line, with the words that the name of the binary stands for in front. */
function commandLine(): string[] {
  const args = commandLineArguments();
  if (!Deno.build.standalone) return [...args];
  return [...wordsOfName(Deno.readFileSync("/proc/self/cmdline")), ...args];
}

function print(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

/** A permission that everything needs is missing: names it, instead of the place in the code. */
function reportMissingGrant(error: unknown): number {
  // The runtime reports a module that it may not read as a TypeError.
  const isMissing = error instanceof Deno.errors.NotCapable ||
    (error instanceof TypeError && error.message.startsWith("Requires read access to "));
  if (!isMissing) throw error;
  print(Deno.stderr, `dinit: ${missingGrantText(error)}\n`);
  return 1;
}

if (import.meta.main) Deno.exit(await main(commandLine()).catch(reportMissingGrant));
