/** A program that says that it can take over, and then fails by a bug before it has begun. */

import { ControlServer } from "../../src/control/server/mod.ts";
import { isOpen, parseCommandLine, runDaemon } from "../../src/daemon/mod.ts";
import { READY } from "../../src/daemon/surviving/check_state.ts";
import { inheritance } from "../../src/inherited/inheritance.ts";

ControlServer.prototype.restore = () => Promise.reject(new TypeError("injected"));
if (inheritance() === undefined) console.log(READY);
else {
  const commandLine = parseCommandLine(Deno.args, { pid: Deno.pid, uid: Deno.uid() ?? 0, isOpen });
  if (commandLine.action !== "run") throw new Error("bad arguments");
  Deno.exit((await runDaemon(commandLine.options)).status);
}
