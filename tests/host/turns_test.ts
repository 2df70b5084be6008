/** The turns of a host: whatever its processes do, other work gets its turn. */

import { assertEquals } from "@std/assert";
import { endOf } from "../_processes.ts";
import { KINDS } from "./_host.ts";

/** A host that restarts each process at the moment when it ends, until the event loop has turned often enough. */
const PROGRAM = `
  import { loadHost, NO_RECORD } from "${new URL("../../src/host/mod.ts", import.meta.url).href}";
  const [kind, processes, turns, limit] = Deno.args;
  let launches = 0, round = 0;
  const nothing = () => {};
  const reports = {
    launched: nothing, execSucceeded: nothing, execFailed: nothing, ready: nothing, readinessClosed: nothing, remains: nothing, allKilled: nothing,
    exited: (id) => ++launches < limit ? launch(id) : stop("no turn came"),
  };
  const host = (await loadHost(kind))(reports, NO_RECORD, { cgroup: "tests" });
  host.begin();
  const launch = (id) => host.launch({
    id, role: "main", name: "x" + id, argv: ["/bin/true"], environment: new Map(), workingDir: "/",
    output: { to: "null" }, session: "own", limits: [], group: { mode: "" }, sandbox: { words: [], writable: [] }, cgroup: "", capabilities: "", secureBits: [],
  });
  const stop = (text) => { console.log(text); Deno.exit(0); };
  const turn = () => ++round > turns ? stop("every turn came") : setTimeout(turn, 0);
  setTimeout(turn, 0);
  for (let id = 1; id <= processes; id++) launch(id);
`;

for (const kind of KINDS) {
  Deno.test(`${kind} host: processes that end as fast as they are started leave time for others`, async () => {
    const path = Deno.makeTempFileSync({ suffix: ".js" });
    try {
      Deno.writeTextFileSync(path, PROGRAM);
      const args = ["run", "--quiet", "--no-check", "--allow-all", path, kind, "20", "10", "3000"];
      const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
      const [output] = await Promise.all([new Response(child.stdout).text(), endOf(child, "the host")]);
      assertEquals(output, "every turn came\n");
    } finally {
      Deno.removeSync(path);
    }
  });
}
