import { assertEquals } from "@std/assert";
import { Files, Interest, openLibrary, Poller } from "../../src/system/mod.ts";

const library = openLibrary();
const files = new Files(library);
const ONE = new Uint8Array([1]);

Deno.test("what has arrived is handled at once, without waiting for the thread that waits for it", async () => {
  const poller = new Poller(library);
  const pipe = files.pipe();
  const calls: string[] = [];
  const heard = Promise.withResolvers<void>();
  const watch = poller.watch(pipe.read, Interest.ARRIVAL, () => {
    calls.push("arrived");
    heard.resolve();
  });
  try {
    poller.serve();
    assertEquals(calls, []);
    files.write(pipe.write, ONE);
    poller.serve();
    await heard.promise;
    // Either this thread or the other one sees an arrival.
    assertEquals(calls, ["arrived"]);
    files.write(pipe.write, ONE);
    poller.serve();
    assertEquals(calls.length <= 2, true);
    watch.end();
    files.write(pipe.write, ONE);
    poller.serve();
    assertEquals(calls.length <= 2, true);
  } finally {
    poller.close();
    files.close(pipe.read);
    files.close(pipe.write);
  }
});

Deno.test("a poller that is closed, or has nothing to wait for, serves nobody", () => {
  const poller = new Poller(library);
  poller.serve();
  poller.close();
  poller.serve();
});
