/** Signals that wait for processes in the making are saved, each at the cost of one. */

import { assertEquals } from "@std/assert";
import { LaunchQueue, type LaunchQueueContext } from "../../src/host/launch/launch_queue.ts";
import type { StatePart } from "../../src/model/saving.ts";
import { plan } from "./_host.ts";

const [INT, TERM] = [2, 15];

/** A queue whose launches never begin, with the documents that it saves. */
function waitingQueue(): { queue: LaunchQueue; launch(id: number): void; saved: string[] } {
  const saved: string[] = [];
  const store = {
    changed: (part: StatePart, number: number) => saved.push(JSON.stringify(part.document(number))),
    step: <T>(work: () => T) => work(),
  };
  const queue = new LaunchQueue({ store } as Partial<LaunchQueueContext> as LaunchQueueContext); // it needs no more until a launch begins
  return { queue, saved, launch: (id) => queue.launch(plan(["true"], { id }), new Promise(() => {})) };
}

Deno.test("a signal that waits for a process is saved with the others for its service", () => {
  const { queue, launch, saved } = waitingQueue();
  launch(7);
  assertEquals(queue.hold(7, "main", { signal: INT, group: true }), true);
  assertEquals(queue.hold(7, "main", { signal: INT, group: true }), true); // the same again
  assertEquals(queue.hold(7, "main", { signal: TERM, group: false }), true);
  assertEquals(queue.hold(8, "main", { signal: INT, group: true }), false);
  const first = { id: 7, role: "main", signal: INT, group: true };
  const second = { id: 7, role: "main", signal: TERM, group: false };
  assertEquals(saved, [{ signals: [first] }, { signals: [first, second] }].map((one) => JSON.stringify(one)));
});

Deno.test("what a waiting signal costs to save does not grow with the number of others", () => {
  const { queue, launch, saved } = waitingQueue();
  for (let id = 1; id <= 1000; id++) launch(id);
  for (let id = 1; id <= 1000; id++) queue.hold(id, "main", { signal: INT, group: true });
  assertEquals(saved.length, 1000);
  assertEquals(saved.every(({ length }) => length < 100), true);
});
