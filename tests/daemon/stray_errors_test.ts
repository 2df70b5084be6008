/** Errors that nobody catches: they are told, and the program goes on. */

import { assert, assertEquals } from "@std/assert";
import { StrayErrors } from "../../src/daemon/stray_errors.ts";
import { KeptLog } from "./_scene.ts";

function kept(): { stray: StrayErrors; lines: string[] } {
  const log = new KeptLog();
  const stray = new StrayErrors();
  stray.logTo(log);
  return { stray, lines: log.lines };
}

Deno.test("an error is one line with its stack, and what is no error is told as it is", () => {
  const { stray, lines } = kept();
  stray.report(new TypeError("surprise"));
  stray.report("a text");
  assertEquals(lines.length, 2);
  assert(lines[0].startsWith("error internal error: TypeError: surprise |     at "), lines[0]);
  assertEquals(lines[1], "error internal error: a text");
});

Deno.test("an error that comes again and again is told once", () => {
  const { stray, lines } = kept();
  for (let times = 0; times < 1000; times++) stray.report("again");
  assertEquals(lines, ["error internal error: again"]);
});

Deno.test("an error that would end the program is told, and does not end it", () => {
  const { lines } = kept();
  const error = new ErrorEvent("error", { error: "nobody caught it", cancelable: true });
  globalThis.dispatchEvent(error);
  assert(error.defaultPrevented);
  const rejected = new PromiseRejectionEvent("unhandledrejection", {
    promise: Promise.resolve(),
    reason: "nobody waited for it",
    cancelable: true,
  });
  globalThis.dispatchEvent(rejected);
  assert(rejected.defaultPrevented);
  assertEquals(lines, [
    "error internal error: nobody caught it",
    "error internal error: nobody waited for it",
  ]);
});

Deno.test("a listener that throws can be called again", () => {
  const { stray, lines } = kept();
  let calls = 0;
  const guarded = stray.guard(() => {
    throw `call ${++calls}`;
  });
  guarded();
  guarded();
  assertEquals(lines, ["error internal error: call 1", "error internal error: call 2"]);
});

Deno.test("a log that fails itself is no reason to end", () => {
  const stray = new StrayErrors();
  stray.logTo({
    message() {
      throw new Error("the log has failed");
    },
  });
  stray.report("lost");
});
