import { assertEquals } from "@std/assert";
import { Reply, Request } from "../../../src/control/wire/protocol.ts";
import { type Answer, failure } from "../_stand_in.ts";
import { check, SECONDARY_DONE, Services, StandIn } from "./_support.ts";

function mechanism(cwd: string, ...directories: string[]): Answer {
  return { type: Reply.LOADER_MECH, loader: 1, cwd, directories };
}

function environment(...entries: string[]): Answer {
  return { type: Reply.ALLENV, entries };
}

Deno.test("online, directories and variables are the daemon's, and nothing is a guess", async () => {
  using services = new Services({
    "sd/s": "depends-on = $A\nworking-dir = sd\n" + "type = process\ncommand = /bin/sh\nlogfile = logs/x\n",
    "sd/t": "foo = 1\n",
    "sd/logs/": "",
  });
  await using daemon = new StandIn({
    on: {
      [Request.QUERY_LOAD_MECH]: [mechanism(services.directory, "/none", "sd")],
      [Request.GETALLENV]: [environment("A=t", "empty=", "noise")],
    },
  });
  const { out, err, status } = await check(["-n", "-p", daemon.path, "-d", "/ignored", "-e", "/", "s"], {
    env: { A: "other" },
  });
  assertEquals(out.includes("Checking service: t..."), true);
  assertEquals(
    services.shorten(err),
    `Service 't' (<SD>/sd/t:1): unknown setting: 'foo'.\n${SECONDARY_DONE}`,
  );
  assertEquals(status, 1);
  assertEquals(daemon.requests.map(({ type }) => type), [
    Request.QUERYVERSION,
    Request.QUERY_LOAD_MECH,
    Request.GETALLENV,
  ]);
});

for (
  const [name, script, message] of [
    ["a daemon without directories", {
      on: { [Request.QUERY_LOAD_MECH]: [{ type: Reply.NAK }] },
    }, "unable to retrieve service description directories"],
    ["a daemon that tells no variables", {
      on: { [Request.QUERY_LOAD_MECH]: [mechanism("/", "/x")], [Request.GETALLENV]: [{ type: Reply.NAK }] },
    }, "protocol error"],
    [
      "a daemon for newer clients only",
      { version: 99, minimum: 90 },
      "too old (daemon reports newer protocol version)",
    ],
    ["a daemon that is too old", { version: 0, minimum: 0 }, "daemon too old or protocol error"],
    ["a daemon that goes away", {
      on: { [Request.QUERY_LOAD_MECH]: ["close"] },
    }, "control socket read failure or protocol error"],
    ["something that is no daemon", {
      on: { [Request.QUERYVERSION]: [new Uint8Array([255, 255])] },
    }, "protocol error"],
  ] as const
) {
  Deno.test(`check and ${name}: ${message}`, async () => {
    await using daemon = new StandIn(script);
    assertEquals(await check(["--online", "-p", daemon.path]), failure(`dinit-check: ${message}\n`));
  });
}

Deno.test("online, the checker finds the socket like any tool", async () => {
  assertEquals(
    await check(["-n", "-u"], { env: { XDG_RUNTIME_DIR: "/nonexistent" } }),
    failure("dinit-check: connecting to socket /nonexistent/dinitctl: No such file or directory\n"),
  );
  assertEquals(
    await check(["-n"], { uid: 4_000_000_000 }),
    failure(
      "dinit-check: cannot locate user home directory (set XDG_RUNTIME_DIR, HOME, check /etc/passwd file, or " +
        "specify socket path via -p)\n",
    ),
  );
});
