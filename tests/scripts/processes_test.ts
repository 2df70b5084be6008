/** What tests do about processes that do not end: `tests/_processes.ts`. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { endOf, outputOf } from "../_processes.ts";
import { PATIENCE, soon, until } from "../_patience.ts";

/** How long the waits of these tests may take at first, in milliseconds. They are in vain. */
const LIMIT = 200;

/** What `outputOf` throws for a script that prints a line with `text`. A slow machine needs longer until it has. */
async function failureOf(script: string, text: string): Promise<string> {
  for (let limit = LIMIT;; limit *= 4) {
    const { message } = await assertRejects(
      () => outputOf("/bin/sh", { args: ["-c", script] }, limit),
      Error,
    );
    if (message.includes(text)) return message.replace(/[\d.]+ s\b/, "LIMIT");
    assert(limit < PATIENCE, message);
  }
}

Deno.test("a process that does not end is killed, and the test fails with what it has printed", async () => {
  const message = await failureOf("echo $$ itself; echo why >&2; exec sleep 1000", "why\n");
  assert(message.endsWith("\nIt did not end within LIMIT"), message);
  await assertRejects(() => Deno.stat(`/proc/${/(\d+) itself/.exec(message)![1]}`), Deno.errors.NotFound);
});

Deno.test("a process whose child keeps its output open does not hold a test up", async () => {
  const message = await failureOf("sleep 1000 & echo $! child", "child");
  assert(message.startsWith("waited LIMIT in vain for the end of the output of /bin/sh"), message);
  Deno.kill(Number(/(\d+) child/.exec(message)![1]), "SIGKILL");
});

Deno.test("the output of a process that ends is what it has printed", async () => {
  const script = "head -c 300000 /dev/zero; echo no >&2; exit 3";
  const { code, success, stdout, stderr } = await outputOf("/bin/sh", { args: ["-c", script] });
  assertEquals([code, success, stdout.length, new TextDecoder().decode(stderr)], [3, false, 300_000, "no\n"]);
  assertEquals((await outputOf("true", { stdout: "null", stderr: "inherit" })).code, 0);
});

Deno.test("a wait that is in vain says for what", async () => {
  const child = new Deno.Command("sleep", { args: ["1000"] }).spawn();
  const error = await assertRejects(() => endOf(child, () => "the sleeper", LIMIT), Error);
  assertEquals(error.message, "the sleeper did not end within 0.2 s");
  const never = new Promise(() => {});
  await assertRejects(() => soon(never, "the miracle", LIMIT), Error, "waited 0.2 s in vain for the miracle");
  assertEquals(await soon(Promise.resolve(7), "it"), 7);
  let looks = 0;
  assertEquals(await until(() => ++looks > 3 && "there", "it"), "there");
});
