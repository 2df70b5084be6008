import { assert } from "@std/assert";
import { V8_FLAGS } from "../../scripts/v8_flags.ts";

Deno.test("the task `start` has the V8 flags of the binary", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assert(tasks.start.command.includes(` --v8-flags=${V8_FLAGS.join(",")} `));
});
