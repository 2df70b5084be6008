import { assertEquals } from "@std/assert";
import { StopRequests } from "../../src/daemon/stop_requests.ts";

function at(times: readonly number[]): string[] {
  let now = 0;
  const requests = new StopRequests(() => now);
  return times.map((time) => {
    now = time;
    return requests.more();
  });
}

Deno.test("the second request to stop does not wait, the third one kills", () => {
  assertEquals(at([0, 1000, 1300, 5000]), ["stop", "hurry", "kill", "none"]);
});

Deno.test("signals at the same time are one request: a key reaches the daemon and a program that forwards it", () => {
  assertEquals(at([0, 1, 150, 1000, 1001]), ["stop", "none", "none", "hurry", "none"]);
});

Deno.test("a closed terminal asks to stop, and does not make another request more urgent", () => {
  let now = 0;
  const requests = new StopRequests(() => now);
  assertEquals(requests.once(), "stop");
  now = 1000;
  assertEquals(requests.once(), "none");
  assertEquals(requests.more(), "hurry");
});
