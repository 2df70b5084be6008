/** Single checks with names, with resolvers that behave in all ways. */

import { assertEquals } from "@std/assert";
import { type Lookup, Names } from "../../../src/tools/prober/names.ts";
import { probed } from "../../../src/tools/prober/probing.ts";
import { soon } from "../../_patience.ts";
import { Server } from "../../health/_servers.ts";

const CHECK = { order: "probe" as const, number: 1, way: "tcp" as const, limit: 50_000 };

/** What comes of a check. */
async function outcome(
  target: string,
  lookup: Lookup,
  { limit = CHECK.limit, names = new Names(lookup) }: { limit?: number; names?: Names } = {},
): Promise<string> {
  const { healthy, how } = await soon(
    probed({ ...CHECK, target, limit }, names, new AbortController()),
    "a check",
  );
  return `${healthy ? "healthy" : "failed"}: ${how}`;
}

/** An error of a look-up. */
const failing = (code: string) => () => Promise.reject(Object.assign(new Error("no"), { code }));

Deno.test("a look-up that hangs ends its checks with the name, and is made once for all of them", async () => {
  let count = 0;
  const resolver = Promise.withResolvers<string[]>();
  const names = new Names(() => {
    count += 1;
    return resolver.promise;
  });
  const check = () => outcome("db.internal:80", () => resolver.promise, { limit: 20, names });
  const text = "failed: nothing within 0.02 s, while looking up db.internal";
  assertEquals([await check(), await check(), await check(), count], [text, text, text, 1]);
  await using server = new Server(() => Promise.resolve());
  const late = outcome(`db.internal:${server.port}`, () => resolver.promise, { names });
  resolver.resolve(["127.0.0.1"]);
  assertEquals([await late, count], ["healthy: connected", 1]);
  await check();
  assertEquals(count, 2); // nothing is remembered
});

Deno.test("a name that nobody knows, and a resolver that fails, are failed checks with the reason", async () => {
  assertEquals(await outcome("db.internal:80", failing("ENOTFOUND")), "failed: db.internal: unknown host");
  assertEquals(
    await outcome("db.internal:80", failing("EAI_AGAIN")),
    "failed: db.internal: the look-up failed: EAI_AGAIN",
  );
});

Deno.test("a check connects to the first address of its host that accepts", async () => {
  await using server = new Server(() => Promise.resolve());
  const both = () => Promise.resolve(["127.0.0.2", "::1", "127.0.0.1"]);
  assertEquals(await outcome(`db.internal:${server.port}`, both), "healthy: connected");
});

Deno.test("a check that is given up while a server is silent closes its connection", async () => {
  const [busy, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using server = new Server(async (connection) => {
    const buffer = new Uint8Array(4096);
    await connection.read(buffer);
    busy.resolve();
    await connection.read(buffer).catch(() => null);
    closed.resolve();
  });
  const abort = new AbortController();
  const target = `http://db.internal:${server.port}/`;
  const check = probed(
    { ...CHECK, way: "http", target },
    new Names(() => Promise.resolve(["127.0.0.1"])),
    abort,
  );
  await soon(busy.promise, "the request");
  abort.abort();
  assertEquals((await soon(check, "the check")).healthy, false);
  await soon(closed.promise, "the end of the connection");
});
