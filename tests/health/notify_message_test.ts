import { assertEquals } from "@std/assert";
import { type NotifyMessage, readMessage } from "../../src/health/notify_message.ts";

const MESSAGES: readonly (readonly [text: string, message: NotifyMessage])[] = [
  ["READY=1\nSTATUS=ready to serve\n", { ready: true, status: "ready to serve" }],
  ["READY=0", {}],
  ["RELOADING=1\nMONOTONIC_USEC=5", { reloading: true }],
  ["STOPPING=1\nSTATUS=a=b", { stopping: true, status: "a=b" }],
  ["ERRNO=2", { errno: 2 }],
  ["WATCHDOG=1", { watchdog: "alive" }],
  ["WATCHDOG=trigger\nWATCHDOG=1", { watchdog: "trigger" }],
  ["WATCHDOG_USEC=1500000", { watchdogTime: 1500 }],
  ["EXTEND_TIMEOUT_USEC=20000000", { extension: 20_000 }],
  ["BARRIER=1", {}],
  ["FDSTORE=1\nFDNAME=x\nX_OWN=1\nMAINPID=12", {}],
  ["", {}],
  ["=\n\n=x\nREADY\nready=1", {}],
];

for (const [text, message] of MESSAGES) {
  Deno.test(`the message ${JSON.stringify(text)} is read`, () => {
    const { watchdogTime, extension, errno, status, ...flags } = readMessage(new TextEncoder().encode(text));
    const given = Object.entries({ watchdogTime, extension, errno, status })
      .filter(([, value]) => value !== undefined);
    assertEquals({ ...flags, ...Object.fromEntries(given) }, message);
  });
}

Deno.test("numbers and texts in messages have limits", () => {
  const { status } = readMessage(new TextEncoder().encode(`STATUS=${"x".repeat(5000)}`));
  assertEquals(status?.length, 200);
  const { watchdogTime } = readMessage(new TextEncoder().encode("WATCHDOG_USEC=999999999999999"));
  assertEquals(watchdogTime, 2 ** 31 - 1);
  const { extension } = readMessage(
    new TextEncoder().encode("EXTEND_TIMEOUT_USEC=-5\nEXTEND_TIMEOUT_USEC=x"),
  );
  assertEquals(extension, undefined);
});
