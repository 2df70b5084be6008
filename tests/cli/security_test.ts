import { assert, assertEquals } from "@std/assert";
import { endOf, killUnlessEnded, wordsOf } from "../_processes.ts";
import { exposuresOf } from "../../src/cli/ctl/exposures.ts";
import { NAMESPACES, type ProcessView, viewOf } from "../../src/cli/ctl/process_view.ts";
import { ServiceState } from "../../src/model/mod.ts";
import { ctl, StandIn } from "./_stand_in.ts";

const OPEN: ProcessView = {
  uid: 0,
  capabilities: 0b111n,
  mayGainPrivileges: true,
  shared: new Set(NAMESPACES),
  readOnly: new Set(),
  inMemory: new Set(["/tmp"]),
  command: ["/usr/bin/deno", "run", "--allow-net", "--allow-run", "--allow-read=/srv", "a.ts", "--allow-env"],
};

const CLOSED: ProcessView = {
  uid: 1000,
  capabilities: 0n,
  mayGainPrivileges: false,
  shared: new Set(),
  readOnly: new Set(["/"]),
  inMemory: new Set(["/home", "/tmp", "/dev"]),
  command: ["/usr/bin/deno", "run", "--allow-net=:80", "a.ts", "-A"],
};

Deno.test("everything that a process could do has the line that prevents it", () => {
  assertEquals(exposuresOf(OPEN).map(({ line }) => line), [
    ...[
      "run-as = USER",
      "run-as = USER",
      "options = no-new-privs",
      "sandbox = read-only-root",
      "sandbox = no-home",
    ],
    ...["sandbox = private-tmp", "sandbox = private-dev", "sandbox = private-pid", "sandbox = private-ipc"],
    ...["sandbox = no-network", "deno-permissions = net=LIST", "deno-permissions = run=LIST"],
  ]);
  assertEquals(exposuresOf(CLOSED), []);
});

Deno.test("a flag of the program is no grant of Deno, and all is told as all", () => {
  const lines = (command: string[]) => exposuresOf({ ...CLOSED, command }).map(({ text }) => text);
  assertEquals(lines(["deno", "run", "-A", "a.ts"]), ["Deno grants it everything"]);
  assertEquals(lines(["node", "a.js", "--allow-all"]), []);
  assertEquals(lines(["deno", "run", "--allow-ffi", "a.ts"]), [
    "Deno grants it 'ffi' without a limit, so the other permissions do not limit it",
  ]);
});

Deno.test("the view of a real process is what the kernel shows", async () => {
  const child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  try {
    await wordsOf(child.pid, "cmdline");
    const { uid, shared, command } = viewOf(child.pid, Deno.pid);
    assertEquals([uid, [...shared], command.at(-1)], [Deno.uid(), [...NAMESPACES], "1000"]);
  } finally {
    killUnlessEnded(child);
    await endOf(child, "sleep");
  }
});

Deno.test("security shows the services that have a process, as text and as a document", async () => {
  const service = (name: string, pid?: number) => ({
    ...{
      name,
      type: 1,
      state: ServiceState.STARTED,
      target: ServiceState.STARTED,
      explicit: false,
      skipped: false,
    },
    ...{ reason: 0, exit: { code: 0, status: 0 }, since: 0, restarts: 0, waitingFor: [], pid },
  });
  const overview = { daemon: { pid: Deno.pid }, services: [service("web", Deno.pid), service("idle")] };
  await using daemon = new StandIn({ overview });
  const { out, status } = await ctl(daemon, "security");
  assertEquals(status, 0);
  assert(out.startsWith(`web (process ${Deno.pid})\n`), out);
  assert(/reaches the network +sandbox = no-network\n/.test(out), out);
  const document = JSON.parse((await ctl(daemon, "--json", "security", "web", "idle")).out);
  assertEquals(document.services.map(({ name }: { name: string }) => name), ["web"]);
  assertEquals(document.missing, ["idle"]);
});
