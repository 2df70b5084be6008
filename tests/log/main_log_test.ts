import { outputOf } from "../_processes.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { soon } from "../_patience.ts";
import { DaemonLog, logFile, MainLog, syslog, type Threshold } from "../../src/log/mod.ts";

const DISCARDED = "dinit: *** log message discarded due to full buffer ***\n";
const EAGAIN = 11;
const ECONNREFUSED = 111;

/** A system logger, which may be absent, full, or gone. */
class Logger {
  readonly datagrams: string[] = [];
  listens = true;
  /** What the next attempts to send lead to. */
  errors: number[] = [];

  connect() {
    if (!this.listens) return Promise.resolve(undefined);
    return Promise.resolve({
      send: (datagram: Uint8Array) => {
        const errno = this.errors.shift() ?? 0;
        if (errno === 0) this.datagrams.push(new TextDecoder().decode(datagram));
        return errno;
      },
      close: () => {},
    });
  }
}

function setUp(threshold: Threshold = "info"): { logger: Logger; main: MainLog } {
  const logger = new Logger();
  return { logger, main: new MainLog(syslog(() => logger.connect()), threshold) };
}

Deno.test("lines wait for the log to be opened, and come first", async () => {
  const { logger, main } = setUp();
  main.log("info", "dinit: early");
  await main.flush(1000);
  assertEquals(logger.datagrams, []);
  await main.open();
  main.log("error", "dinit: late");
  await main.flush(1000);
  assertEquals(logger.datagrams, ["<29>dinit: early\n", "<27>dinit: late\n"]);
});

Deno.test("each level has its priority, before the log is open and after", async () => {
  const { logger, main } = setUp("debug");
  const all = () => {
    for (const level of ["debug", "info", "warn", "error"] as const) main.log(level, level);
  };
  all();
  await main.open();
  all();
  await main.flush(1000);
  const once = ["<31>debug\n", "<29>info\n", "<28>warn\n", "<27>error\n"];
  assertEquals(logger.datagrams, [...once, ...once]);
});

const LEVELS: [threshold: Threshold, count: number][] = [
  ["debug", 4],
  ["info", 3],
  ["warn", 2],
  ["error", 1],
  ["none", 0],
];
for (const [threshold, count] of LEVELS) {
  Deno.test(`the log keeps to the level ${threshold}, before it is open and after`, async () => {
    const { logger, main } = setUp(threshold);
    const log = new DaemonLog({ write: () => {} }, { messages: "none", status: "none" }, main);
    for (const level of ["debug", "info", "warn", "error"] as const) log.message(level, "early");
    await main.open();
    for (const level of ["debug", "info", "warn", "error"] as const) log.message(level, "late");
    await main.flush(1000);
    assertEquals(logger.datagrams.length, 2 * count);
  });
}

Deno.test("a message of two lines is two datagrams, the second without a priority", async () => {
  const { logger, main } = setUp();
  await main.open();
  main.log("info", "dinit: one\ntwo");
  main.log("info", "dinit: {three}\n");
  await main.flush(1000);
  assertEquals(logger.datagrams, ["<29>dinit: one\n", "two\n", "<29>dinit: {three}\n", "\n"]);
});

Deno.test("undelivered lines are kept for the next opening", async () => {
  const { logger, main } = setUp();
  await main.open();
  logger.errors = [0, ECONNREFUSED];
  logger.listens = false;
  for (const line of ["one", "two", "three"]) main.log("info", line);
  await main.flush(1000);
  assertEquals(logger.datagrams, ["<29>one\n"]);
  await main.open();
  main.log("info", "four");
  logger.listens = true;
  await main.open();
  await main.flush(1000);
  assertEquals(logger.datagrams.map((line) => line.slice(4, -1)), ["one", "two", "three", "four"]);
});

Deno.test("a full logger is tried again", async () => {
  const { logger, main } = setUp();
  await main.open();
  logger.errors = [EAGAIN, EAGAIN];
  main.log("info", "one");
  main.log("info", "two");
  await main.flush(1000);
  assertEquals(logger.datagrams, ["<29>one\n", "<29>two\n"]);
});

Deno.test("lines beyond the buffer are lost, which is reported first, without a priority", async () => {
  const { logger, main } = setUp();
  main.log("info", "first");
  main.log("info", "x".repeat(4075));
  main.log("info", "y".repeat(10));
  main.log("info", "z");
  logger.errors = [ECONNREFUSED]; // it is reported again if nobody received it
  await main.open();
  await main.flush(1000);
  await main.open();
  await main.flush(1000);
  assertEquals(logger.datagrams, [DISCARDED, "<29>first\n", `<29>${"x".repeat(4075)}\n`, "<29>z\n"]);
});

Deno.test("a log file is created, appended to, and reported if it cannot be opened", async () => {
  const directory = Deno.makeTempDirSync();
  const main = new MainLog(logFile(`${directory}/logs/log`), "info");
  main.log("info", "early");
  await assertRejects(() => main.open(), Deno.errors.NotFound);
  Deno.mkdirSync(`${directory}/logs`);
  await main.open();
  main.log("info", "late");
  await main.flush(1000);
  assertEquals(Deno.readTextFileSync(`${directory}/logs/log`), "early\nlate\n");
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("a FIFO without a reader blocks nothing", async () => {
  const directory = Deno.makeTempDirSync();
  await outputOf("mkfifo", { args: [`${directory}/log`] });
  const main = new MainLog(logFile(`${directory}/log`), "info");
  await main.open();
  main.log("info", "line");
  await main.flush(1000);
  using reader = await Deno.open(`${directory}/log`, { read: true, write: true });
  const bytes = new Uint8Array(10);
  assertEquals(
    new TextDecoder().decode(bytes.subarray(0, await soon(reader.read(bytes), "the line") ?? 0)),
    "line\n",
  );
  Deno.removeSync(directory, { recursive: true });
});
