import { assertEquals } from "@std/assert";
import type { ServiceStatus } from "../../src/model/mod.ts";
import { decodeStatus, encodeStatus } from "../../src/control/wire/status_buffer.ts";
import { FakeManager } from "./_fake_manager.ts";
import { toHex } from "./_server.ts";

function encoded(status: Partial<ServiceStatus>, form: 10 | 14 | 30): string {
  const bytes = new Uint8Array(form);
  encodeStatus(new DataView(bytes.buffer), 0, new FakeManager().add("any", status).status, form);
  return toHex(bytes);
}

Deno.test("each flag has its bit", () => {
  assertEquals(encoded({ waitingForConsole: true }, 10), "00 00 01 00 00 00 00 00 00 00");
  assertEquals(encoded({ holdingConsole: true }, 10), "00 00 02 00 00 00 00 00 00 00");
  assertEquals(encoded({ skipped: true }, 10), "00 00 04 00 00 00 00 00 00 00");
  assertEquals(encoded({ explicit: true }, 10), "00 00 08 00 00 00 00 00 00 00");
  assertEquals(encoded({ pid: 258 }, 10), "00 00 10 00 00 00 02 01 00 00");
});

Deno.test("a process has precedence over a failed launch, and a failed launch over an exit", () => {
  const all = { reason: 4, launchStage: 18, launchErrno: 2, exit: { code: 2, status: 15 } } as const;
  assertEquals(encoded({ ...all, pid: 7 }, 14), "00 00 10 04 00 00 07 00 00 00 00 00 00 00");
  assertEquals(encoded(all, 14), "00 00 00 04 12 00 02 00 00 00 00 00 00 00");
  assertEquals(encoded({ ...all, reason: 6 }, 14), "00 00 00 06 00 00 02 00 00 00 0f 00 00 00");
});

Deno.test("the oldest form says only whether an exit was clean", () => {
  assertEquals(encoded({ exit: { code: 1, status: 0 } }, 10), "00 00 00 00 00 00 00 00 00 00");
  assertEquals(encoded({ exit: { code: 1, status: 3 } }, 10), "00 00 00 00 00 00 ff ff ff ff");
  assertEquals(encoded({ exit: { code: 3, status: 11 } }, 10), "00 00 00 00 00 00 ff ff ff ff");
});

Deno.test("the time of the description: seconds and nanoseconds, also before 1970", () => {
  const bytes = new Uint8Array(30);
  const view = new DataView(bytes.buffer);
  const status = new FakeManager().add("old", { modified: { seconds: -1, nanoseconds: 999_999_999 } }).status;
  encodeStatus(view, 0, status, 30);
  assertEquals(toHex(bytes.subarray(14)), "ff ff ff ff ff ff ff ff ff c9 9a 3b 00 00 00 00");
  assertEquals(decodeStatus(view, 0, 30).modified, { seconds: -1, nanoseconds: 999_999_999 });
});
