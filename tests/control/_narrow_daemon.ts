/**
 * A control server in a process with few permissions: prints the mode of its socket, or the reason why there is none.
 */

import { ControlServer } from "../../src/control/mod.ts";
import { FakeManager } from "./_fake_manager.ts";
import { OVERVIEW } from "./_overview.ts";

const [path] = Deno.args;
const server = new ControlServer(new FakeManager(), { overview: () => OVERVIEW, log: () => {} });
try {
  await server.open(path);
  console.log((Deno.statSync(path).mode! & 0o777).toString(8));
  server.close();
} catch (error) {
  console.log((error as Error).message);
}
