import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import { Dinit, isRunning } from "./_dinit.ts";

const SERVICES = { boot: "type = internal\nwaits-for = a\n", a: "type = process\ncommand = sleep 1000\n" };

Deno.test("a second daemon does not take over a live socket", async () => {
  await using first = new Dinit(SERVICES).start();
  await first.printed("[  OK  ] boot");
  await using second = new Dinit(SERVICES);
  second.start({ args: ["--socket-path", first.socket] });
  assertEquals((await second.ended()).code, 1);
  assertEquals(second.lines, [
    "dinit: Control socket is already active (another instance already running?)",
  ]);
  assertEquals((await first.ctl("is-started", "a")).stdout, "STARTED\n");
});

Deno.test("after a daemon was killed, the next one ends the leftovers", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  const left = await dinit.pidOf("a");
  dinit.kill("SIGKILL");
  await dinit.ended();
  assert(isRunning(left));
  dinit.start();
  await dinit.printed("[  OK  ] boot", 2);
  assert(!isRunning(left));
  const told = /^dinit: an earlier instance was killed and left processes running; .*a \(pid (\d+)\)$/;
  assertEquals(dinit.lines.map((line) => told.exec(line)?.[1]).filter(Boolean), [String(left)]);
  const successor = await dinit.pidOf("a");
  assertEquals((await dinit.stop()).code, 0);
  assert(!isRunning(successor));
  assertEquals(Array.from(Deno.readDirSync(dinit.directory), (entry) => entry.name).sort(), ["sd"]);
});

Deno.test("clients that send garbage, half a packet or nothing do no harm", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  const clients = await Promise.all(Array.from({ length: 30 }, async (_, i) => {
    const client = await Deno.connect({ transport: "unix", path: dinit.socket });
    if (i % 3 === 0) await client.write(crypto.getRandomValues(new Uint8Array(900)).fill(200, 0, 1));
    if (i % 3 === 1) await client.write(Uint8Array.of(2, 255, 3, 97));
    return client;
  }));
  const answered = await soon(clients[0].read(new Uint8Array(10)).catch(() => "reset"), "the end");
  assert(answered === 1 || answered === "reset");
  assertEquals((await dinit.ctl("list")).stdout.split("\n").length, 3);
  for (const client of clients) client.close();
  assertEquals((await dinit.ctl("is-started", "a")).code, 0);
});

Deno.test("the control socket is for its owner only, and SIGUSR1 creates it again", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  assertEquals(Deno.statSync(dinit.socket).mode! & 0o777, 0o600);
  Deno.removeSync(dinit.socket);
  dinit.kill("SIGUSR1");
  await dinit.until(() => exists(dinit.socket), "the socket");
  assertEquals((await dinit.ctl("is-started", "a")).code, 0);
});

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
