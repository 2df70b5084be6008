/** The same moment has the same time of day, until somebody sets the time of day. */

import { assertEquals } from "@std/assert";
import { WallClock } from "../../src/host/wall_clock.ts";

/** Two clocks with the same speed, of which one shows whole milliseconds. */
class Clocks {
  steady = 1000.25;
  offset = 1_700_000_000_000.4;
  /** How long each measurement takes. */
  pause = 0;
  readonly measured: number[] = [];

  wall(offset?: number): WallClock {
    return new WallClock(() => this.steady += this.pause, {
      offset,
      measured: (offset) => this.measured.push(offset),
      day: () => Math.floor(this.offset + (this.steady += this.pause)),
    });
  }
}

Deno.test("a moment has the same time of day however much later it is asked for", () => {
  const clocks = new Clocks();
  const wall = clocks.wall();
  const first = wall.at(500);
  for (let step = 0; step < 1000; step++) {
    clocks.steady += 1.37 * step;
    clocks.pause = step % 10 === 0 ? 300 : 0.001; // the program is interrupted
    assertEquals(wall.at(500), first);
  }
  assertEquals(clocks.measured.length, 1);
  assertEquals(Math.abs(first - (clocks.offset + 500)) < 2, true);
});

Deno.test("a time of day that was set counts from then on", () => {
  const clocks = new Clocks();
  const wall = clocks.wall();
  wall.at(0);
  clocks.offset += 3600_000;
  assertEquals(Math.abs(wall.at(500) - (clocks.offset + 500)) < 2, true);
  assertEquals(clocks.measured.length, 2);
});

Deno.test("a later program has the same times of day", () => {
  const clocks = new Clocks();
  const first = clocks.wall().at(500);
  clocks.steady += 77_777.7;
  const [offset] = clocks.measured;
  assertEquals(clocks.wall(offset).at(500), first);
  assertEquals(clocks.measured.length, 1);
});
