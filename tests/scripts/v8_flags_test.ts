import { assert } from "@std/assert";
import { V8_FLAGS } from "../../scripts/v8_flags.ts";

Deno.test("the task `start` tells V8 what the binary tells it", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assert(tasks.start.command.includes(` --v8-flags=${V8_FLAGS.join(",")} `));
});
