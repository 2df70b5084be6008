import { assertEquals } from "@std/assert";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { ack, STARTED, STOPPED } from "./_start_stop.ts";
import { ctl, failure, StandIn } from "./_stand_in.ts";
import { Services } from "../description/_support.ts";

const LOADED = { "web-1": STARTED, "web-2": STARTED, "web-3": STOPPED, db: STARTED };

/** The services that a command was given for, and what it says. */
async function commanded(args: readonly string[], directory = "/nowhere") {
  const folders = { type: Reply.LOADER_MECH, loader: 1, cwd: "/", directories: [directory] } as const;
  await using daemon = new StandIn({
    services: LOADED,
    on: { [Request.STARTSERVICE]: [ack], [Request.STOPSERVICE]: [ack], [Request.QUERY_LOAD_MECH]: [folders] },
  });
  const { status, err } = await ctl(daemon, "--no-wait", ...args);
  const loaded = daemon.received(Request.LOADSERVICE).map(({ name }) => name);
  return { status, err, loaded };
}

Deno.test("a pattern means the loaded services that it fits, those that run for stop and restart", async () => {
  assertEquals((await commanded(["stop", "web-*"])).loaded, ["web-1", "web-2"]);
  assertEquals((await commanded(["restart", "web-?", "db"])).loaded, ["web-1", "web-2", "db"]);
  assertEquals((await commanded(["stop", "--all"])).loaded, ["web-1", "web-2", "db"]);
  assertEquals((await commanded(["stop", "web-3"])).loaded, ["web-3"]);
});

Deno.test("start also means services that only have a description", async () => {
  using files = new Services({ "web-4": "", db: "", other: "", ".web-5": "" });
  const { loaded } = await commanded(["start", "web-*"], files.directory);
  assertEquals(loaded, ["web-1", "web-2", "web-3", "web-4"]);
  assertEquals(
    new Set((await commanded(["start", "--all"], files.directory)).loaded),
    new Set(["web-1", "web-2", "web-3", "db", "web-4", "other"]),
  );
});

Deno.test("a pattern that fits nothing is an error, and --all takes no names", async () => {
  await using daemon = new StandIn({ services: LOADED });
  assertEquals(await ctl(daemon, "stop", "x*"), failure("dinitctl: no started service fits 'x*'.\n"));
  assertEquals(await ctl(daemon, "start", "x*"), failure("dinitctl: no service fits 'x*'.\n"));
  assertEquals(
    await ctl(daemon, "stop", "--all", "db"),
    failure("dinitctl: Invalid command line.\nTry 'dinitctl --help' for more information.\n"),
  );
  assertEquals(daemon.received(Request.STOPSERVICE), []);
});
