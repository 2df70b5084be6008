/**
 * The one entry point: `dinit …` is the daemon, `dinit ctl …` and `dinit check …` are the tools. Each is loaded only
 * when it is the one that is asked for.
 *
 * @module
 */

function print(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

async function daemon(args: string[]): Promise<number> {
  const { isOpen, parseCommandLine, HELP_TEXT, VERSION_TEXT, runDaemon } = await import(
    "./src/daemon/mod.ts"
  );
  const commandLine = parseCommandLine(args, { pid: Deno.pid, uid: Deno.uid() ?? 0, isOpen });
  switch (commandLine.action) {
    case "help":
      print(Deno.stdout, HELP_TEXT);
      return 0;
    case "version":
      print(Deno.stdout, VERSION_TEXT);
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

async function main(args: string[]): Promise<number> {
  switch (args[0]) {
    case "ctl": {
      const { runCtl } = await import("./src/cli/ctl.ts");
      return runCtl(args.slice(1));
    }
    case "check": {
      const { runCheck } = await import("./src/cli/check.ts");
      return runCheck(args.slice(1));
    }
    case "help": {
      const { runHelp } = await import("./src/cli/help_topics.ts");
      return runHelp(args.slice(1));
    }
    default:
      return daemon(args);
  }
}

/** A permission that everything needs is missing: says which, instead of where in the code it was missed. */
async function reportMissingGrant(error: unknown): Promise<number> {
  if (!(error instanceof Deno.errors.NotCapable)) throw error;
  const { missingGrantText } = await import("./src/model/mod.ts");
  print(Deno.stderr, `dinit: ${missingGrantText(error)}\n`);
  return 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args).catch(reportMissingGrant));
