/** When a file is as old as its limit, where clocks change. */

import { assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";

/** The end of each period in a time zone: begins are local times with their offset from UTC. */
async function ends(zone: string, limit: string, begins: readonly string[]): Promise<string[]> {
  const program = `
    import { periodEnd } from "${new URL("../../src/rotation/mod.ts", import.meta.url)}";
    for (const begin of Deno.args.slice(1)) {
      console.log(new Date(periodEnd(Number(Deno.args[0]), Date.parse(begin))).toISOString());
    }`;
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/program.ts`, program);
    const { stdout, stderr } = await outputOf(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-lock", `${folder}/program.ts`, limit, ...begins],
      env: { TZ: zone },
    });
    const text = new TextDecoder().decode(stdout);
    return text === "" ? [new TextDecoder().decode(stderr)] : text.trim().split("\n");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const [DAY, HOUR] = ["86400000", "3600000"];

Deno.test("a day ends at the next local midnight, also when it has 23 or 25 hours", async () => {
  const begins = ["2026-03-29T00:00:00+01:00", "2026-03-29T23:59:59+02:00", "2026-10-25T00:00:00+02:00"];
  assertEquals(
    await ends("Europe/Vienna", DAY, begins),
    ["2026-03-29T22:00:00.000Z", "2026-03-29T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
  );
});

Deno.test("a day whose midnight is skipped ends with the first moment of the next day", async () => {
  // Beirut goes from 23:59:59 to 01:00 of 29 March.
  assertEquals(await ends("Asia/Beirut", DAY, ["2026-03-28T12:00:00+02:00"]), ["2026-03-28T22:00:00.000Z"]);
});

Deno.test("a day whose last hour is repeated ends once", async () => {
  // Beirut goes from midnight back to 23:00 of 24 October.
  const [end] = await ends("Asia/Beirut", DAY, ["2026-10-24T12:00:00+03:00"]);
  assertEquals(end, "2026-10-24T22:00:00.000Z");
});

Deno.test("an hour ends at the next full hour of the clock, also when that is repeated or not in UTC", async () => {
  const begins = ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"];
  assertEquals(await ends("Europe/Vienna", HOUR, begins), [
    "2026-10-25T01:00:00.000Z",
    "2026-10-25T02:00:00.000Z",
  ]);
  assertEquals(await ends("Asia/Kolkata", HOUR, ["2026-01-01T10:10:10.500Z"]), ["2026-01-01T10:30:00.000Z"]);
});

Deno.test("any other limit counts from the beginning", async () => {
  assertEquals(await ends("Europe/Vienna", "5400000", ["2026-10-25T02:30:00+02:00"]), [
    "2026-10-25T02:00:00.000Z",
  ]);
});
