/**
 * The one entry point: `dinit …` is the daemon; `dinit ctl …` and the others are the tools, and so are links to the
 * binary with names such as `dinitctl`. Each is loaded only when it is the one that is asked for.
 *
 * The runtime opens and analyses at every start what it can see in an `import()`, whether or not it is reached. For
 * `ctl`, which people and scripts call often, that would cost more than its own work. So only `ctl` is imported in
 * plain sight, and the others by a name that is not a plain string to the runtime (the bundler still sees it).
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

import { wordsOfName } from "./src/cli/shared/program_names.ts";
import { commandLineArguments } from "./src/inherited/mod.ts";

async function ctl(args: string[]): Promise<number> {
  const { runCtl } = await import("./src/cli/ctl/main.ts");
  return runCtl(args);
}

async function check(args: string[]): Promise<number> {
  const { runCheck }: typeof import("./src/cli/check/main.ts") = await import(
    "./src/cli/check/main.ts" as string
  );
  return runCheck(args);
}

async function monitor(args: string[]): Promise<number> {
  const { runMonitor }: typeof import("./src/cli/monitor/main.ts") = await import(
    "./src/cli/monitor/main.ts" as string
  );
  return runMonitor(args);
}

async function shutdown(args: string[]): Promise<number> {
  const { runShutdown }: typeof import("./src/cli/shutdown/main.ts") = await import(
    "./src/cli/shutdown/main.ts" as string
  );
  return runShutdown(args);
}

async function completion(args: string[]): Promise<number> {
  const room: typeof import("./src/cli/completion/main.ts") = await import(
    "./src/cli/completion/main.ts" as string
  );
  return room.runCompletion(args);
}

async function help(args: string[]): Promise<number> {
  if (args[0] === "man") {
    const { runManual }: typeof import("./src/cli/manual/main.ts") = await import(
      "./src/cli/manual/main.ts" as string
    );
    return runManual(args.slice(1), (await daemonRoom()).HELP_TEXT);
  }
  const { runHelp }: typeof import("./src/cli/manual/help_topics.ts") = await import(
    "./src/cli/manual/help_topics.ts" as string
  );
  return runHelp(args);
}

function daemonRoom(): Promise<typeof import("./src/daemon/mod.ts")> {
  return import("./src/daemon/mod.ts" as string);
}

async function daemon(args: string[]): Promise<number> {
  const { isOpen, parseCommandLine, HELP_TEXT, versionText, runDaemon } = await daemonRoom();
  const commandLine = parseCommandLine(args, { pid: Deno.pid, uid: Deno.uid() ?? 0, isOpen });
  switch (commandLine.action) {
    case "help":
      print(Deno.stdout, HELP_TEXT);
      return 0;
    case "version":
      print(Deno.stdout, versionText(Deno.stdout.isTerminal()));
      return 0;
    case "error":
      print(Deno.stderr, `${commandLine.message}\n`);
      return 1;
  }
  const { status, interrupted } = await runDaemon(commandLine.options);
  if (interrupted) await endBySignal();
  return status;
}

/** Ends the program by SIGINT, so that a parent sees it. As process 1 of a namespace the signal has no effect. */
async function endBySignal(): Promise<void> {
  Deno.kill(Deno.pid, "SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 1000)); // the runtime delivers it a moment later
}

const TOOLS: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  ctl,
  check,
  monitor,
  shutdown,
  completion,
  help,
};

/**
 * Does what a command line asks for, and returns the exit status. It uses the streams and the environment of the
 * process; the daemon also takes its signals, and returns when it ends.
 *
 * @param args the words behind the name of the program, such as `["ctl", "list"]`
 */
export function main(args: string[]): Promise<number> {
  const tool = Object.hasOwn(TOOLS, args[0] ?? "") ? TOOLS[args[0]] : undefined;
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
 * The grants that this part of the program cannot do without and does not have. Only at a terminal, where the runtime
 * would ask for each of them: elsewhere it is an error like any other when one is missed.
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

/** The command line, with the words that the binary's name stands for in front. */
function commandLine(): string[] {
  const args = commandLineArguments();
  if (!Deno.build.standalone) return [...args];
  return [...wordsOfName(Deno.readFileSync("/proc/self/cmdline")), ...args];
}

function print(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

/** A permission that everything needs is missing: says which, instead of where in the code it was missed. */
async function reportMissingGrant(error: unknown): Promise<number> {
  // A module that may not be read is reported as a TypeError.
  const isMissing = error instanceof Deno.errors.NotCapable ||
    (error instanceof TypeError && error.message.startsWith("Requires read access to "));
  if (!isMissing) throw error;
  const { missingGrantText } = await import("./src/model/grants.ts");
  print(Deno.stderr, `dinit: ${missingGrantText(error)}\n`);
  return 1;
}

if (import.meta.main) Deno.exit(await main(commandLine()).catch(reportMissingGrant));
