import { assert, assertEquals } from "@std/assert";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { controlSocketPath, type Mode, passwdHome } from "../../src/client/mod.ts";
import { ctl, ctlAlone, failure, FakeIo, StandIn, status, success, type Surroundings } from "./_stand_in.ts";

/** The path of the socket (cli 1.3). */
const PATHS: readonly (readonly [Surroundings, Mode | undefined, string | undefined, string])[] = [
  [{ env: { DINIT_SOCKET_PATH: "/e" } }, "system", "/p", "/p"],
  [{ env: { DINIT_SOCKET_PATH: "/e", XDG_RUNTIME_DIR: "/x" } }, "user", undefined, "/e"],
  [{ env: { DINIT_SOCKET_PATH: "" } }, "system", undefined, ""],
  [{ uid: 0 }, undefined, undefined, "/run/dinitctl"],
  [{ uid: 7 }, "system", undefined, "/run/dinitctl"],
  [{ uid: 0, env: { XDG_RUNTIME_DIR: "/x" } }, "user", undefined, "/x/dinitctl"],
  [{ uid: 7, env: { XDG_RUNTIME_DIR: "/x", HOME: "/h" } }, undefined, undefined, "/x/dinitctl"],
  [{ uid: 7, env: { XDG_RUNTIME_DIR: "", HOME: "/h" } }, undefined, undefined, "/dinitctl"],
  [{ uid: 7, env: { HOME: "/h" } }, undefined, undefined, "/h/.dinitctl"],
  [{ uid: 0, env: {} }, "user", undefined, `${passwdHome(0)}/.dinitctl`],
];

for (const [surroundings, mode, socketPath, expected] of PATHS) {
  Deno.test(`the control socket is ${expected || "empty"} for ${JSON.stringify({ ...surroundings, mode, socketPath })}`, () => {
    assertEquals(controlSocketPath({ mode, socketPath }, new FakeIo(surroundings)), expected);
  });
}

Deno.test("the user database gives the home directory by user id", () => {
  const directory = Deno.makeTempDirSync();
  try {
    const file = `${directory}/passwd`;
    Deno.writeTextFileSync(
      file,
      "root:x:0:0::/root:/bin/sh\n\n# remark\nann:x:1001:100:Ann:/home/ann:/bin/sh\n",
    );
    assertEquals(passwdHome(1001, file), "/home/ann");
    assertEquals(passwdHome(1002, file), undefined);
    assertEquals(passwdHome(undefined, file), undefined);
    assertEquals(passwdHome(0, `${directory}/none`), undefined);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("ctl says when the path of the socket cannot be determined", async () => {
  assertEquals(
    await ctlAlone(["list"], { uid: 4_000_000_000 }),
    failure(
      "dinitctl: cannot determine control socket directory (set XDG_RUNTIME_DIR or HOME, check /etc/passwd file, " +
        "or specify socket path via -p)\n",
    ),
  );
});

Deno.test("ctl names the path and the reason when it cannot connect", async () => {
  assertEquals(
    await ctlAlone(["-p", "/nonexistent/socket", "list"]),
    failure("dinitctl: connecting to socket: /nonexistent/socket: No such file or directory\n"),
  );
  assertEquals(
    await ctlAlone(["-p", "/dev/null", "list"]),
    failure("dinitctl: connecting to socket: /dev/null: Connection refused\n"),
  );
  const long = `/${"x".repeat(107)}`;
  assertEquals(
    await ctlAlone(["-p", long, "list"]),
    failure(`dinitctl: connecting to socket: ${long}: Invalid argument\n`),
  );
});

Deno.test("ctl mentions a user instance only when the user's own socket is absent", async () => {
  const absent = "dinitctl: connecting to socket: /nonexistent/dinitctl: No such file or directory\n";
  const hint = "dinitctl: perhaps no user instance is running?\n";
  const env = { XDG_RUNTIME_DIR: "/nonexistent" };
  assertEquals(await ctlAlone(["list"], { uid: 7, env }), failure(absent + hint));
  assertEquals(await ctlAlone(["-u", "list"], { uid: 0, env }), failure(absent + hint));
  assertEquals(await ctlAlone(["-u", "-p", "/nonexistent/dinitctl", "list"]), failure(absent));
  assertEquals(
    await ctlAlone(["-s", "list"], { uid: 7, env: { DINIT_SOCKET_PATH: "/nonexistent/dinitctl" } }),
    failure(absent),
  );
  assertEquals(
    await ctlAlone(["list"], { uid: 7, env: { DINIT_SOCKET_PATH: "/nonexistent/dinitctl" } }),
    failure(absent + hint),
  );
});

Deno.test("ctl refuses a daemon that only serves newer clients", async () => {
  await using daemon = new StandIn({ version: 9, minimum: 8 });
  assertEquals(
    await ctl(daemon, "list"),
    failure("dinitctl: too old (daemon reports newer protocol version)\n"),
  );
});

Deno.test("ctl works with a daemon whose version is newer than its own", async () => {
  await using daemon = new StandIn({ version: 9 });
  assertEquals(await ctl(daemon, "list"), success());
});

Deno.test("ctl refuses a daemon of version 0", async () => {
  await using daemon = new StandIn({ version: 0, minimum: 0 });
  assertEquals(await ctl(daemon, "list"), failure("dinitctl: daemon too old or protocol error\n"));
});

Deno.test("ctl reports a connection that ends before the answer", async () => {
  for (const type of [Request.QUERYVERSION, Request.LISTSERVICES5]) {
    await using daemon = new StandIn({ on: { [type]: ["close"] } });
    assertEquals(
      await ctl(daemon, "list"),
      failure("dinitctl: control socket read failure or protocol error\n"),
    );
  }
});

Deno.test("ctl reports answers that make no sense", async () => {
  const answers = [new Uint8Array([250, 1, 2]), { type: Reply.ACK }] as const;
  for (const answer of answers) {
    await using daemon = new StandIn({
      services: { a: status() },
      on: { [Request.SERVICESTATUS5]: [answer] },
    });
    assertEquals(await ctl(daemon, "status", "a"), failure("dinitctl: protocol error\n"));
  }
});

Deno.test("ctl --use-passed-cfd looks for the socket as usual if DINIT_CS_FD holds no number", async () => {
  await using daemon = new StandIn();
  const environments: Record<string, string>[] = [{}, { DINIT_CS_FD: "" }, { DINIT_CS_FD: "x3" }];
  for (const env of environments) {
    assertEquals(await ctlAlone(["--use-passed-cfd", "-p", daemon.path, "list"], { env }), success());
  }
});

Deno.test("ctl --use-passed-cfd reports a descriptor that is no connection", async () => {
  await using daemon = new StandIn();
  for (const DINIT_CS_FD of ["999999", "-1", "7777x"]) {
    assertEquals(
      await ctlAlone(["--use-passed-cfd", "-p", daemon.path, "list"], { env: { DINIT_CS_FD } }),
      failure("dinitctl: control socket read failure or protocol error\n"),
    );
  }
  assert(daemon.requests.length === 0);
});
