/** When the log file of a service is rotated, and how often it is looked at. */

import { assert, assertEquals } from "@std/assert";
import { WatchedLog } from "../../src/host/rotating/watched_log.ts";
import type { RotationOutcome } from "../../src/host/rotating/rotation_program.ts";
import { until } from "../_patience.ts";

const LIMITS = { maxSize: 0, maxAge: 0, keep: 7, keepSize: 0, compress: true, owner: undefined };
const DAY = 86_400_000;

/** A log file, with a clock and a rotation that only this test moves. */
class Scene implements Disposable {
  readonly folder = Deno.makeTempDirSync({ prefix: "dinit-watched-" });
  readonly path = `${this.folder}/log`;
  now = Date.now();
  /** Whether each rotation was wanted in any case. */
  readonly rotations: boolean[] = [];
  readonly reports: (string | undefined)[] = [];
  armed = 0;
  outcome: RotationOutcome = "rotated";
  readonly log: WatchedLog;

  constructor(limits: Partial<typeof LIMITS>) {
    this.log = new WatchedLog({ ...LIMITS, ...limits, path: this.path }, {
      rotate: (_, always) => {
        this.rotations.push(always);
        if (this.outcome === "rotated") Deno.truncateSync(this.path, 10);
        return Promise.resolve(this.outcome);
      },
      arm: () => {
        this.armed++;
        return true;
      },
      report: (problem) => this.reports.push(problem),
      now: () => this.now,
    });
  }

  write(size: number): void {
    Deno.writeTextFileSync(this.path, "x".repeat(size), { append: true });
  }

  [Symbol.dispose](): void {
    this.log.end();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("a log that nobody writes is armed once, and then left alone", async () => {
  using scene = new Scene({ maxSize: 1000 });
  scene.write(10);
  scene.log.look();
  await until(() => scene.armed === 1, "the watch");
  // The next event is the first one that causes anything.
  scene.write(10);
  scene.log.written();
  await until(() => scene.armed === 2, "the watch");
  assertEquals(scene.rotations, []);
});

Deno.test("a log without a file is looked at when a process starts", async () => {
  using scene = new Scene({ maxSize: 1000 });
  scene.log.look();
  scene.write(2000);
  await until(() => {
    scene.log.started();
    return scene.rotations.length === 1;
  }, "the rotation");
  assertEquals(scene.rotations, [false]);
});

Deno.test("a log is rotated at its limit, and again at its next one", async () => {
  using scene = new Scene({ maxSize: 1000 });
  scene.write(1000);
  scene.log.look();
  await until(() => scene.rotations.length === 1 && scene.armed === 1, "the first rotation");
  scene.write(995);
  scene.log.written();
  await until(() => scene.rotations.length === 2, "the second rotation");
});

Deno.test("a log is rotated at midnight if it has lines, whatever its size", async () => {
  using scene = new Scene({ maxAge: DAY });
  scene.now = new Date(2026, 2, 10, 23, 0).getTime();
  scene.write(100);
  Deno.utimeSync(scene.path, scene.now / 1000, scene.now / 1000);
  scene.log.look();
  await until(() => scene.armed === 1, "the watch");
  assertEquals(scene.rotations, []);
  scene.now = new Date(2026, 2, 11, 0, 0, 1).getTime();
  scene.log.written();
  await until(() => scene.rotations.length === 1, "the rotation");
  assertEquals(scene.rotations, [true]);
  scene.log.written();
  await until(() => scene.armed >= 2, "the watch");
  assertEquals(scene.rotations.length, 1, "the new file is of the new day");
});

Deno.test("a log of an earlier day is rotated when the daemon starts, and an empty one never", async () => {
  using scene = new Scene({ maxAge: DAY });
  scene.write(0);
  scene.log.look();
  await until(() => scene.armed === 1, "the watch");
  scene.now += 3 * DAY;
  scene.log.written();
  await until(() => scene.armed === 2, "the watch");
  assertEquals(scene.rotations, []);
  using old = new Scene({ maxAge: DAY });
  old.write(100);
  Deno.utimeSync(old.path, old.now / 1000 - 2 * 86_400, old.now / 1000 - 2 * 86_400);
  old.log.look();
  await until(() => old.rotations.length === 1, "the rotation");
});

Deno.test("a failed rotation is reported once, waits, and its end is reported, too", async () => {
  using scene = new Scene({ maxSize: 1000 });
  scene.outcome = { problem: "cannot rotate: no room" };
  scene.write(2000);
  scene.log.look();
  await until(() => scene.reports.length === 1, "the report");
  scene.now += 1000;
  scene.log.written();
  await until(() => scene.armed >= 1, "the watch");
  assertEquals(scene.rotations.length, 1, "a minute is not over");
  scene.now += 60_000;
  scene.log.written();
  await until(() => scene.rotations.length === 2, "the second attempt");
  scene.now += 61_000;
  scene.outcome = "rotated";
  scene.log.written();
  await until(() => scene.reports.length === 2, "the second report");
  assertEquals(scene.reports, ["cannot rotate: no room", undefined]);
});

Deno.test("a log of which nothing can be cut off is not tried again until it has grown", async () => {
  using scene = new Scene({ maxSize: 1000 });
  scene.outcome = "small";
  scene.write(2000);
  scene.log.look();
  await until(() => scene.armed === 1, "the watch");
  scene.write(2000);
  scene.log.written();
  await until(() => scene.armed === 2, "the watch");
  assertEquals(scene.rotations.length, 1);
  scene.write(70_000);
  scene.log.written();
  await until(() => scene.rotations.length === 2, "another attempt");
  assert(scene.reports.length === 0);
});
