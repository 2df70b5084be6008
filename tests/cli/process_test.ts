/** `dinitctl` as a separate process: permissions, pipes, passed descriptors. */

import { assert, assertEquals } from "@std/assert";
import { endOf, outputOf } from "../_processes.ts";
import { spawn } from "node:child_process";
import type { Duplex, Readable } from "node:stream";
import { soon } from "../_patience.ts";
import { encodePacket } from "../../src/control/wire/encode.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { StandIn, status } from "./_stand_in.ts";

const MAIN = new URL("_main.ts", import.meta.url).pathname;
const SOURCES = new URL("../../src", import.meta.url).pathname;
const RUN = ["run", "--quiet", "--no-check", "--no-prompt"];

async function run(grants: readonly string[], args: readonly string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await outputOf(Deno.execPath(), {
    args: [...RUN, ...grants, MAIN, ...args],
    env: { NO_COLOR: "1", ...env },
  });
  const decoder = new TextDecoder();
  return { status: code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

/** The socket, and the sub-commands' own files, which are loaded when they are wanted. */
function socketGrants(path: string): string[] {
  return [`--allow-net=unix:${path}`, `--allow-read=${path},${SOURCES}`, `--allow-write=${path}`];
}

Deno.test("ctl needs only the grants for the socket if its path is given", async () => {
  await using daemon = new StandIn({ services: { web: status({ state: 2, target: 2 }) } });
  assertEquals(
    await run(socketGrants(daemon.path), ["-p", daemon.path, "list"]),
    { status: 0, out: "[{+}     ] web\n", err: "" },
  );
  const overview = await run(socketGrants(daemon.path), ["-p", daemon.path, "status"]);
  assertEquals([overview.status, overview.err], [0, ""]);
  const missing = await run(socketGrants(daemon.path), ["-p", daemon.path, "start", "none"]);
  assertEquals(missing.err.split("\n")[0], "dinitctl: failed to find service description.");
});

Deno.test("ctl names the grant that it lacks", async () => {
  await using daemon = new StandIn();
  const grants = socketGrants(daemon.path);
  for (const denied of grants) {
    const others = grants.map((grant) => grant !== denied ? grant : `--allow-read=${SOURCES}`);
    const { status, out, err } = await run(others, ["-p", daemon.path, "list"]);
    assertEquals([status, out], [1, ""]);
    assert(err.startsWith("dinitctl: "), err);
    assert(err.includes(denied.split(",")[0]), err);
    assertEquals(err.trim().split("\n").length, 1, err);
  }
  assertEquals(await run([`--allow-read=${SOURCES}`], ["list"]), {
    status: 1,
    out: "",
    err:
      'dinitctl: permission denied: env access to "DINIT_SOCKET_PATH" is needed (grant --allow-env=DINIT_SOCKET_PATH)\n',
  });
});

Deno.test("without the grant for its user id, ctl behaves like an ordinary user's", async () => {
  const { err } = await run(
    ["--allow-env", "--allow-net", "--allow-read", "--allow-write"],
    ["list"],
    { XDG_RUNTIME_DIR: "/nonexistent" },
  );
  assertEquals(
    err,
    "dinitctl: connecting to socket: /nonexistent/dinitctl: No such file or directory\n" +
      "dinitctl: perhaps no user instance is running?\n",
  );
});

Deno.test("ctl ignores that its reader is gone", async () => {
  const log = new Uint8Array(1_000_000).fill(0x0a);
  await using daemon = new StandIn({
    services: { a: status() },
    on: { [Request.CATLOG]: [{ type: Reply.SERVICE_LOG, log }] },
  });
  const child = new Deno.Command(Deno.execPath(), {
    args: [...RUN, ...socketGrants(daemon.path), MAIN, "-p", daemon.path, "catlog", "a"],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  await soon(reader.read(), "the first piece");
  await reader.cancel();
  const [{ code }, err] = await Promise.all([endOf(child), new Response(child.stderr).text()]);
  assertEquals({ code, err }, { code: 0, err: "" });
});

Deno.test("ctl writes everything to a slow reader", async () => {
  const log = new Uint8Array(1_000_000).fill(0x0a);
  await using daemon = new StandIn({
    services: { a: status() },
    on: { [Request.CATLOG]: [{ type: Reply.SERVICE_LOG, log }] },
  });
  const { out, err } = await run(socketGrants(daemon.path), ["-p", daemon.path, "catlog", "a"]);
  assertEquals([out.length, err], [1_000_000, ""]);
});

Deno.test("ctl --use-passed-cfd uses the descriptor that it was passed", async () => {
  const child = spawn(
    Deno.execPath(),
    [...RUN, "--allow-all", MAIN, "-p", "/nonexistent", "--use-passed-cfd", "list"],
    { stdio: ["ignore", "pipe", "pipe", "pipe"], env: { ...Deno.env.toObject(), DINIT_CS_FD: "3" } },
  );
  const connection = child.stdio[3] as Duplex;
  let received = 0;
  connection.on("data", (bytes: Uint8Array) => {
    for (const type of bytes) {
      received += 1;
      if (type === Request.QUERYVERSION) {
        connection.write(encodePacket({ type: Reply.CPVERSION, minimum: 1, actual: 6 }));
      }
      if (type === Request.LISTSERVICES5) {
        connection.write(encodePacket({ type: Reply.SVCINFO, name: "web", status: status() }));
        connection.write(encodePacket({ type: Reply.LISTDONE }));
      }
    }
  });
  const text = async (stream: Readable) => (await stream.toArray()).join("");
  const end = Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    new Promise((resolve) => child.on("close", resolve)),
  ]);
  const [out, err, code] = await soon(end, "the end of ctl").finally(() => child.kill("SIGKILL"));
  connection.destroy();
  assertEquals({ out, err, code }, { out: "[     {-}] web\n", err: "", code: 0 });
  assertEquals(received, 2);
});
