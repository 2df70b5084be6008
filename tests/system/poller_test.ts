import { assertEquals } from "@std/assert";
import { until } from "../_patience.ts";
import { Files, Interest, openLibrary, Poller } from "../../src/system/mod.ts";

const library = openLibrary();
const files = new Files(library);
const ONE = new Uint8Array([1]);

Deno.test("what has arrived is handled at once, without waiting for the thread that waits for it", async () => {
  const poller = new Poller(library);
  const pipe = files.pipe();
  const calls: string[] = [];
  const watch = poller.watch(pipe.read, Interest.ARRIVAL, () => calls.push("arrived"));
  try {
    poller.serve();
    assertEquals(calls, []);
    files.write(pipe.write, ONE);
    poller.serve();
    assertEquals(calls, ["arrived"]);
    files.write(pipe.write, ONE);
    await until(() => calls.length === 2, "what the thread sees");
    poller.serve();
    assertEquals(calls, ["arrived", "arrived"]);
    watch.end();
    files.write(pipe.write, ONE);
    poller.serve();
    assertEquals(calls, ["arrived", "arrived"]);
  } finally {
    poller.close();
    files.close(pipe.read);
    files.close(pipe.write);
  }
});

Deno.test("an arrival that the thread has seen is still found by the next look", async () => {
  const poller = new Poller(library);
  const pipe = files.pipe();
  const calls: string[] = [];
  try {
    poller.watch(pipe.read, Interest.ARRIVAL, () => calls.push("arrived"));
    await new Promise((resolve) => setTimeout(resolve, 20)); // the thread waits
    files.write(pipe.write, ONE);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100); // it has seen the arrival, this thread has not
    poller.serve();
    assertEquals(calls, ["arrived"]);
  } finally {
    poller.close();
    for (const fd of [pipe.read, pipe.write]) files.close(fd);
  }
});

Deno.test("a poller that is closed, or has nothing to wait for, serves nobody", () => {
  const poller = new Poller(library);
  poller.serve();
  poller.close();
  poller.serve();
});
