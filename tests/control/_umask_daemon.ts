/** A control server in a process with a different umask: prints the mode of its socket and the umask afterwards. */

import { ControlServer } from "../../src/control/mod.ts";
import { FakeManager } from "./_fake_manager.ts";
import { OVERVIEW } from "./_overview.ts";

const [path] = Deno.args;
Deno.umask(0o027);
const server = new ControlServer(new FakeManager(), { overview: () => OVERVIEW, log: () => {} });
await server.open(path);
console.log((Deno.statSync(path).mode! & 0o777).toString(8), Deno.umask().toString(8));
server.close();
