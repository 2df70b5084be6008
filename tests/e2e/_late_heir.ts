/** A program that takes over after a script has run, `meanwhile` in the folder `W`: nobody watches the services until then. */

import { isOpen, parseCommandLine, runDaemon } from "../../src/daemon/mod.ts";
import { READY } from "../../src/daemon/surviving/check_state.ts";
import { inheritance } from "../../src/inherited/inheritance.ts";

if (inheritance() === undefined) console.log(READY);
else {
  const script = `${Deno.env.get("W")}/meanwhile`;
  const { success } = new Deno.Command("/bin/sh", { args: [script], stdin: "null" }).outputSync();
  if (!success) throw new Error("the script has failed");
  const commandLine = parseCommandLine(Deno.args, { pid: Deno.pid, uid: Deno.uid() ?? 0, isOpen });
  if (commandLine.action !== "run") throw new Error("bad arguments");
  Deno.exit((await runDaemon(commandLine.options)).status);
}
