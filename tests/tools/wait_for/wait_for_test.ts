/** `dinit wait-for`: waits until something accepts a connection. */

import "../../_processes.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { runWaitFor } from "../../../src/tools/wait_for/main.ts";
import { soon } from "../../_patience.ts";

async function run(...args: string[]): Promise<{ err: string; status: number }> {
  let err = "";
  const status = await runWaitFor(args, { out: () => {}, err: (text) => void (err += text) });
  return { err, status };
}

Deno.test("wait-for ends when a port and a socket accept connections", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-wait-for-" });
  using port = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const ended = run(`tcp:127.0.0.1:${port.addr.port}`, `unix:${folder}/socket`);
  await soon(port.accept(), "the connection").then((connection) => connection.close());
  using socket = Deno.listen({ transport: "unix", path: `${folder}/socket` });
  await soon(socket.accept(), "the other connection").then((connection) => connection.close());
  assertEquals(await soon(ended, "the end"), { err: "", status: 0 });
});

Deno.test("wait-for gives up after its timeout, with the last reason", async () => {
  const { err, status } = await run("--timeout=1ms", "unix:/nonexistent/socket");
  assertEquals(status, 1);
  assertStringIncludes(err, "dinit-wait-for: unix:/nonexistent/socket did not accept a connection in time: ");
});

Deno.test("wait-for refuses what is no address", async () => {
  for (const text of ["tcp:host", "tcp:host:0", "tcp:host:70000", "tcp::1:80", "http://x", "unix:", "5432"]) {
    const { err, status } = await run(text);
    assertEquals([status, err.split("\n").length], [1, 2], text);
    assertStringIncludes(err, "is no address: write tcp:HOST:PORT");
  }
});
