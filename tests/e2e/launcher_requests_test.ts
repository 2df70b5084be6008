/**
 * The rows of section 16 of the lifecycle specification about requests: stopping services that others need, reloading,
 * and changing dependencies at run time.
 */

import { assertEquals } from "@std/assert";
import { ControlClient, Reply, Request } from "../../src/client/mod.ts";
import type { Dinit } from "./_dinit.ts";
import { both, enter, internal, process, scripted } from "./_hosts.ts";

const lasting = (...lines: string[]) => process("exec sleep 1000", ...lines);

/** The states of services, in words. */
async function states(dinit: Dinit, ...services: string[]): Promise<string> {
  const words = [];
  for (const service of services) words.push((await dinit.ctl("is-started", service)).stdout.trim());
  return words.join(" ");
}

both(
  "L46: a service that others need is not stopped gently; they are named, and nothing changes",
  async (start) => {
    await using dinit = start({
      boot: internal("waits-for = second", "waits-for = first"),
      store: lasting(),
      first: internal("depends-on = store"),
      second: internal("depends-on = store"),
    });
    await dinit.printed("[  OK  ] boot");
    const before = await dinit.pidOf("store");
    const { code, stderr } = await dinit.ctl("stop", "store");
    assertEquals([code, stderr.split("\n").slice(0, 2)], [1, [
      "dinitctl: cannot stop service 'store' due to the following dependents:",
      "(only direct dependents are listed. Exercise caution before using '--force' !!)",
    ]]);
    assertEquals(stderr.split("\n")[2], "  second first"); // as they were loaded
    assertEquals(await states(dinit, "store", "first", "second"), "STARTED STARTED STARTED");
    assertEquals(await dinit.pidOf("store"), before);
  },
);

both("L47: internal services that are stopped by force are stopped when the reply arrives", async (start) => {
  await using dinit = start({
    boot: internal(),
    store: internal("restart = no"),
    first: internal("depends-on = store", "restart = no"),
    second: internal("depends-on = store", "restart = no"),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("start", "first", "second")).code, 0);
  using client = await connected(dinit);
  const { handle } = await client.find("store");
  const reply = await client.request({ type: Request.STOPSERVICE, flags: 0, handle });
  assertEquals(reply.type, Reply.ALREADYSS);
  assertEquals(await states(dinit, "store", "first", "second"), "STOPPED STOPPED STOPPED");
});

both("L48: a running service gets a new dependency only if that has started", async (start) => {
  await using dinit = start({ boot: internal("waits-for = web"), web: lasting(), store: lasting() });
  await dinit.printed("[  OK  ] boot");
  const pid = await dinit.pidOf("web");
  dinit.write("sd/web", lasting("depends-on = store"));
  {
    using client = await connected(dinit);
    const { handle } = await client.find("web");
    assertEquals((await client.request({ type: Request.RELOADSERVICE, handle })).type, Reply.NAK);
    // The handle is closed: it means nothing any more.
    const status = await client.request({ type: Request.SERVICESTATUS, handle });
    assertEquals(status.type, Reply.NAK);
  }
  assertEquals(await states(dinit, "web", "store"), "STARTED STOPPED");
  assertEquals((await dinit.ctl("start", "store")).code, 0);
  assertEquals((await dinit.ctl("reload", "web")).code, 0);
  assertEquals(await dinit.pidOf("web"), pid);
  assertEquals((await dinit.ctl("release", "store")).code, 0); // it is required now
  assertEquals((await dinit.ctl("stop", "store")).code, 1);
  assertEquals(await states(dinit, "web", "store"), "STARTED STARTED");
});

both("L49: a stopped service accepts another list of dependencies, for its next start", async (start) => {
  const service = (dependency: string) => scripted(enter("service"), `depends-on = ${dependency}`);
  await using dinit = start({
    boot: internal(),
    service: service("old"),
    old: scripted(enter("old")),
    new: scripted(enter("new")),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("start", "service")).code, 0);
  assertEquals((await dinit.ctl("stop", "service")).code, 0);
  await dinit.printed("[STOPPD] old");
  dinit.write("sd/service", service("new"));
  assertEquals((await dinit.ctl("reload", "service")).code, 0);
  assertEquals((await dinit.ctl("start", "service")).code, 0);
  assertEquals(dinit.read("journal"), "old\nservice\nnew\nservice\n");
  assertEquals(await states(dinit, "old", "new"), "STOPPED STARTED");
});

both("L50: removing a dependency stops its target, and wake starts the target again", async (start) => {
  await using dinit = start({
    boot: internal("waits-for = main"),
    main: lasting("waits-for = secondary"),
    secondary: lasting(),
  });
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("rm-dep", "waits-for", "main", "secondary")).code, 0);
  await dinit.printed("[STOPPD] secondary");
  assertEquals((await dinit.ctl("add-dep", "waits-for", "main", "secondary")).code, 0);
  assertEquals(await states(dinit, "main", "secondary"), "STARTED STOPPED");
  assertEquals((await dinit.ctl("wake", "secondary")).code, 0);
  assertEquals(await states(dinit, "secondary"), "STARTED");
  const list = (await dinit.ctl("list")).stdout;
  assertEquals(list.split("\n").find((line) => line.includes("secondary"))?.slice(0, 11), "[{+}     ] ");
});

/** A connection that finds services. */
class Client implements Disposable {
  readonly #client: ControlClient;
  constructor(client: ControlClient) {
    this.#client = client;
  }
  request = (...args: Parameters<ControlClient["request"]>) => this.#client.request(...args);
  async find(name: string): Promise<{ handle: number }> {
    const reply = await this.request({ type: Request.LOADSERVICE, name });
    if (reply.type !== Reply.SERVICERECORD) throw new Error(`no such service: ${name}`);
    return reply;
  }
  [Symbol.dispose](): void {
    this.#client.close();
  }
}

async function connected(dinit: Dinit): Promise<Client> {
  const client = await ControlClient.connect(dinit.socket);
  await client.handshake();
  return new Client(client);
}
