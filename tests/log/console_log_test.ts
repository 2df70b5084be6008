import { assertEquals } from "@std/assert";
import { ConsoleLog, type LineSink } from "../../src/log/mod.ts";

/** A console that accepts everything at once, and one whose next write waits for the test. */
class Screen implements LineSink {
  text = "";
  hold: Promise<void> | undefined;

  async write(bytes: Uint8Array): Promise<number> {
    await this.hold;
    this.text += new TextDecoder().decode(bytes);
    return bytes.length;
  }
}

function setUp(): { screen: Screen; log: ConsoleLog; time: { now: number } } {
  const screen = new Screen();
  const time = { now: 0 };
  return { screen, log: new ConsoleLog(screen, { now: () => time.now }), time };
}

Deno.test("lines are kept while a service has the console, and shown when it gives it back", async () => {
  const { screen, log, time } = setUp();
  log.write("before");
  await log.flush(1000);
  assertEquals(log.yield(() => {}), true);
  log.write("meanwhile");
  await log.flush(1000);
  assertEquals(screen.text, "before\n");
  time.now = 999;
  log.takeBack();
  await log.flush(1000);
  assertEquals(screen.text, "before\nmeanwhile\n");
});

Deno.test("lines that have waited for a second are dropped", async () => {
  const { screen, log, time } = setUp();
  log.yield(() => {});
  log.write("meanwhile");
  time.now = 1000;
  log.takeBack();
  log.write("after");
  await log.flush(1000);
  assertEquals(screen.text, "after\n");
});

Deno.test("earlier lines are written before the console is given away", async () => {
  const { screen, log } = setUp();
  let resume = () => {};
  screen.hold = new Promise((resolve) => resume = resolve);
  log.write("first");
  log.write("second");
  let yielded = false;
  assertEquals(log.yield(() => yielded = true), false);
  assertEquals(yielded, false);
  log.write("meanwhile");
  resume();
  await log.flush(1000);
  assertEquals([yielded, screen.text], [true, "first\nsecond\n"]);
  log.takeBack();
  await log.flush(1000);
  assertEquals(screen.text, "first\nsecond\nmeanwhile\n");
});

Deno.test("a question follows the earlier lines", async () => {
  const { screen, log } = setUp();
  log.write("line");
  await log.print("question? ");
  assertEquals(screen.text, "line\nquestion? ");
});
