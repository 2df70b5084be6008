import { assert, assertEquals } from "@std/assert";
import { Example, until } from "./_example.ts";

/** What shows from outside that a program is at work. */
const AT_WORK: Record<string, (example: Example) => Promise<unknown>> = {
  store: (example) => example.reachStore(),
  web: (example) => until("the page", () => fetchPage(example)),
  worker: (example) => keyIsSet(example, "worker.load"),
  audit: (example) => until("the digest", () => changeAndLookAtDigest(example)),
  flaky: (example) => keyIsSet(example, "flaky.runs"),
  "clock@UTC": (example) => keyIsSet(example, "clock.UTC"),
};

async function fetchPage(example: Example): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${example.webPort}/`).catch(() => undefined);
  return await response?.text();
}

async function keyIsSet(example: Example, key: string): Promise<unknown> {
  const store = await example.reachStore();
  return await until(key, () => store.get(key));
}

async function changeAndLookAtDigest(example: Example): Promise<boolean> {
  const store = await example.reachStore();
  await store.set("change", "made");
  return await Deno.readTextFile(`${example.dataDirectory}/audit.txt`).then(
    (text) => text !== "",
    () => false,
  );
}

for (const service of Object.keys(AT_WORK)) {
  Deno.test(`${service}: ends by TERM while it works`, () =>
    Example.with(async (example) => {
      example.environment.FLAKY_LONGEST_MS = "3600000";
      if (service !== "store") example.start("store");
      const program = example.start(service);
      await AT_WORK[service](example);
      const { signal, stderr } = await program.stop();
      assertEquals([signal, stderr], ["SIGTERM", ""]);
    }));
}

Deno.test("the whole example works together", () =>
  Example.with(async (example) => {
    for (const service of Object.keys(AT_WORK)) example.start(service);
    assertEquals((await example.start("store-ready").end()).code, 0);
    for (const atWork of Object.values(AT_WORK)) await atWork(example);
    const page = await fetchPage(example) ?? "";
    for (const key of ["greeting", "worker.load", "clock.UTC", "flaky.runs", "change"]) {
      assert(page.includes(`<th>${key}</th>`), key);
    }
  }));
