import { assert } from "@std/assert";
import { settled } from "../../src/daemon/settled.ts";
import { soon } from "../_patience.ts";

Deno.test("a wait ends with its promise, and at its limit", async () => {
  await soon(settled(Promise.resolve(), 600_000), "the end of the promise");
  await soon(settled(new Promise(() => {}), 1), "the limit");
  const failed = settled(Promise.reject(new Error("it failed")), 600_000);
  assert(await soon(failed.catch((error) => error), "the failure") instanceof Error);
});
