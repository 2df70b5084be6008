import { assert, assertEquals, assertMatch } from "@std/assert";
import { soon } from "../_patience.ts";
import { receivedLines, sendLine } from "../../services/src/shared/lines.ts";
import { Example, until } from "./_example.ts";

Deno.test("store: returns the values that were set", () =>
  Example.with(async (example) => {
    example.start("store");
    const store = await example.reachStore();
    await store.set("colour", "dark  green, mostly");
    await store.set("colour.of.sky", "blau ☁");
    assertEquals(await store.get("colour"), "dark  green, mostly");
    assertEquals(await store.get("colour.of.sky"), "blau ☁");
    assertEquals(await store.get("shape"), undefined);
    assertEquals((await store.list()).filter(([key]) => key.startsWith("colour")), [
      ["colour", "dark  green, mostly"],
      ["colour.of.sky", "blau ☁"],
    ]);
  }));

Deno.test("store: values survive a restart", () =>
  Example.with(async (example) => {
    const first = example.start("store");
    await (await example.reachStore()).set("__proto__", "kept");
    await first.stop();
    example.start("store");
    assertEquals(await (await example.reachStore()).get("__proto__"), "kept");
  }));

Deno.test("store: its file is complete at every moment, also when it is killed while writing", () =>
  Example.with(async (example) => {
    const file = `${example.dataDirectory}/store.json`;
    const readCount = () => Number(JSON.parse(Deno.readTextFileSync(file)).count);
    // So much that writing it takes some milliseconds: time enough to look, and to kill.
    Deno.writeTextFileSync(file, JSON.stringify({ count: "0", much: "x".repeat(8_000_000) }));
    const program = example.start("store");
    const store = await example.reachStore();
    let count = 0;
    const writing = (async () => {
      for (;;) await store.set("count", String(++count));
    })().catch(() => {});
    for (let looks = 0; looks < 30 || count < 10; looks++) {
      assert(readCount() <= count);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await program.stop("SIGKILL");
    await soon(writing, "the end of the connection");
    assert(readCount() >= count - 1);
  }));

Deno.test("store: sends every change to watchers, in order", () =>
  Example.with(async (example) => {
    example.start("store");
    const changes = (await example.reachStore()).watch();
    const next = changes.next();
    const store = await example.reachStore();
    // The first change may arrive before the store has read the request to watch.
    let seen: string | undefined;
    next.then(({ value }) => seen = value?.[1]);
    let count = 0;
    const first = Number(
      await until("the first change", async () => {
        await store.set("count", String(++count));
        return seen;
      }),
    );
    const last = count + 50;
    while (count < last) await store.set("count", String(++count));
    for (let expected = first + 1; expected <= last; expected++) {
      assertEquals((await soon(changes.next(), `change ${expected}`)).value, ["count", String(expected)]);
    }
  }));

Deno.test("store: replies to unknown lines, and cuts off lines without end", () =>
  Example.with(async (example) => {
    example.start("store");
    const store = await example.reachStore();
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: example.storePort });
    const lines = receivedLines(connection);
    for (const line of ["", "HELLO", "SET", "SET key", "GET", "set a b", "LIST all"]) {
      await sendLine(connection, line);
      assertMatch((await soon(lines.next(), "an answer")).value ?? "", /^ERROR say /);
    }
    await sendLine(connection, "x".repeat(100_000)).catch(() => {});
    const end = await soon(lines.next().catch((error) => error), "the end of the connection");
    assert(end.done === true || end instanceof Deno.errors.ConnectionReset);
    connection.close();
    await store.set("still", "here");
    assertEquals(await store.get("still"), "here");
  }));

Deno.test("store: takes another port if its own is in use, and its clients find it", () =>
  Example.with(async (example) => {
    using other = Deno.listen({ hostname: "127.0.0.1", port: example.storePort });
    example.start("store");
    const store = await example.reachStore();
    assert(example.actualStorePort() !== other.addr.port);
    assertEquals((await example.start("store-ready").end()).code, 0);
    example.start("worker");
    await until("a measurement", () => store.get("worker.load"));
  }));

Deno.test("store: the port of an earlier store is forgotten when the example is prepared", () =>
  Example.with(async (example) => {
    Deno.writeTextFileSync(`${example.dataDirectory}/store.port`, "9\n");
    assertEquals((await example.start("prepare").end()).code, 0);
    assertEquals(example.actualStorePort(), undefined);
  }));

Deno.test("store: says that 0 is no port", () =>
  Example.with(async (example) => {
    example.environment.STORE_PORT = "0";
    const { code, stderr } = await example.start("store").end();
    assertEquals(code, 1);
    assertEquals(stderr, "store: STORE_PORT must be a whole number from 1 to 65535, not '0'\n");
  }));

Deno.test("store: a watcher that does not read is disconnected, and no other client notices", () =>
  Example.with(async (example) => {
    example.start("store");
    const store = await example.reachStore();
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: example.storePort });
    await sendLine(connection, "WATCH");
    const lines = receivedLines(connection);
    assertEquals((await soon(lines.next(), "an answer")).value, "OK");
    const count = 6000;
    for (let n = 0; n < count; n++) await store.set("long", `${n} ${"x".repeat(3900)}`);
    let read = 0;
    const reading = (async () => {
      for await (const line of lines) read += line.startsWith("CHANGED long ") ? 1 : 0;
    })();
    try {
      await soon(reading, "the end of the connection");
    } catch (error) {
      assert(error instanceof Deno.errors.ConnectionReset, String(error));
    }
    connection.close();
    assert(read < count, `${read} lines`);
    assertEquals((await store.get("long"))?.split(" ")[0], String(count - 1));
  }));

Deno.test("store: reports a damaged file, and does not change it", () =>
  Example.with(async (example) => {
    Deno.writeTextFileSync(`${example.dataDirectory}/store.json`, '{"half');
    const { code, stderr } = await example.start("store").end();
    assertEquals(code, 1);
    assertMatch(stderr, /^store: run\/data\/store\.json is damaged \(.*\)\n$/);
    assertEquals(Deno.readTextFileSync(`${example.dataDirectory}/store.json`), '{"half');
  }));
