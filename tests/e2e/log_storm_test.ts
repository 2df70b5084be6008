/**
 * Many writers, while everything that handles their logs ends again and again: the keeper is killed every 200 ms, and the
 * daemon is upgraded each second and has a fault every fifth time. Each line is in the logs once, whole and in order.
 *
 * DINIT_TEST_SCALE=1000 writes 1,000,000 lines for each writer, and begins a new file each MB.
 */

import { assert, assertEquals } from "@std/assert";
import { connect } from "../../src/client/library.ts";
import { archivesOf } from "../../src/rotation/mod.ts";
import { canCollapse } from "../../src/system/collapsible.ts";
import { openLibrary } from "../../src/system/mod.ts";
import { needing } from "../_needs.ts";
import { PATIENCE, soon, until } from "../_patience.ts";
import { SCALE } from "../_scale.ts";
import { Dinit } from "./_dinit.ts";
import { keepersOf, keptParts, logParts, workingKeeper } from "./_kept.ts";

/** How many lines each process writes at least. */
const LINES = 1000 * SCALE;
/** When another file begins: after 1 MB, or earlier in a small run, so that there are archives. */
const MAX_SIZE = SCALE >= 60 ? "1M" : "16K";
/** How often the daemon is replaced at least. Every fifth time it has a fault. */
const REPLACED = SCALE === 1 ? 2 : 5;
const UPGRADE_INTERVAL = 1000;
const KILL_INTERVAL = 200;
const FAULT_EVERY = 5;

/**
 * Writes numbered lines: all that are wanted, and then further ones, slowly, until the file `enough` is there. `$1` is its
 * name. At the end it writes how many there are.
 */
const WRITER = `i=0
while [ $i -lt ${LINES} ] || [ ! -e enough ]; do
  i=$((i+1))
  echo "$1 $i some text of a service"
  [ $i -lt ${LINES} ] || { : >"$1.wanted"; sleep 0.3; }
done
echo $i >"$1.count~"
mv "$1.count~" "$1.count"
`;

/** A daemon with the writers, each of which is one process of a service. */
function stormed(writers: Readonly<Record<string, readonly string[]>>, ...lines: string[]): Dinit {
  // The storm brings the upgrades and faults itself.
  const dinit = new Dinit({});
  dinit.write("writer.sh", WRITER);
  for (const [service, names] of Object.entries(writers)) {
    const command = names.map((name) => `/bin/sh writer.sh ${name} &`).join(" ");
    dinit.write(
      `sd/${service}`,
      [
        "type = process",
        `command = /bin/sh -c "${command} wait; exec sleep 100000"`,
        `working-dir = ${dinit.directory}`,
        `logfile = ${service}.log`,
        `log-max-size = ${MAX_SIZE}`,
        "log-keep = 10000",
        ...lines,
        "",
      ].join("\n"),
    );
  }
  const names = Object.keys(writers);
  dinit.write("sd/boot", `type = internal\n${names.map((name) => `waits-for = ${name}\n`).join("")}`);
  return dinit;
}

function pause(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, time)));
}

/** Upgrades the daemon each second, and lets every fifth program have a fault, until `isOver` and at least a few times. */
async function replace(dinit: Dinit, isOver: () => boolean): Promise<number> {
  let count = 0;
  for (const end = deadline(); count < REPLACED || !isOver(); count++) {
    const begin = performance.now();
    assert(begin < end, "the writers take too long");
    // A client that is connected to a program that takes over has survived its fault, or its upgrade.
    const said = (what: string) => () => `${what}; the daemon printed:\n${dinit.lines.join("\n")}`;
    using client = await soon(connect({ socketPath: dinit.ownSocket }), said("a connection"));
    await soon(client.services(), said("an answer"));
    if (count % FAULT_EVERY === 1) {
      dinit.kill("SIGSEGV");
      await soon(client.services(), said("an answer after a fault"));
    } else await soon(client.upgrade(), said("an upgrade"));
    await pause(begin + UPGRADE_INTERVAL - performance.now());
  }
  return count;
}

/**
 * Kills the keeper every 200 ms. Every other time it is a keeper that works, at any moment of its work; otherwise it may
 * not have begun.
 */
async function killKeepers(dinit: Dinit, logs: number, isOver: () => boolean): Promise<number> {
  let kills = 0;
  let last: number | undefined;
  while (!isOver()) {
    if (kills % 2 === 0) await workingKeeper(dinit.pid, logs, last);
    await pause(KILL_INTERVAL * Math.random());
    const [keeper] = keepersOf(dinit.pid);
    if (keeper === undefined) continue;
    Deno.kill(keeper, "SIGKILL");
    last = keeper;
    kills++;
    await pause(KILL_INTERVAL * Math.random());
  }
  return kills;
}

/** How many lines a writer has written; `undefined`: it still writes. */
function countOf(dinit: Dinit, writer: string): number | undefined {
  return dinit.has(`${writer}.count`) ? Number(dinit.read(`${writer}.count`)) : undefined;
}

/** Each writer has written all its lines, each is there once, and in order. */
function assertComplete(dinit: Dinit, log: string, writers: readonly string[]): void {
  const last = new Map(writers.map((writer) => [writer, 0]));
  for (let at = 0; at < log.length;) {
    const end = log.indexOf("\n", at);
    const line = log.slice(at, end === -1 ? log.length : end);
    const match = /^(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?(w\d) (\d+) some text of a service$/.exec(line);
    const [, writer = "", number] = match ?? [];
    const expected = (last.get(writer) ?? NaN) + 1;
    // `assertEquals` for millions of lines would take minutes.
    if (Number(number) !== expected || end === -1) {
      throw new Error(`expected line ${expected}, found: ${line}`);
    }
    last.set(writer, expected);
    at = end + 1;
  }
  for (const writer of writers) assertEquals([writer, last.get(writer)], [writer, countOf(dinit, writer)]);
}

/** When the writers must be ready: with a large scale they take longer than the patience of one wait. */
function deadline(): number {
  return performance.now() + PATIENCE * Math.max(1, SCALE / 10);
}

async function written(dinit: Dinit, writers: readonly string[]): Promise<void> {
  const end = deadline();
  while (!writers.every((writer) => countOf(dinit, writer) !== undefined)) {
    assert(performance.now() < end, `the writers are not ready: ${dinit.lines.join("\n")}`);
    await pause(20);
  }
}

Deno.test("ten services write while their keeper is killed, and their daemon upgraded and faulted, and no line is lost, doubled, cut or swapped", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `w${index}`);
  const writers = Object.fromEntries(names.map((name) => [name, [name]]));
  // However long a busy machine takes to start a keeper, the daemon holds everything.
  await using dinit = stormed(
    writers,
    "log-type = kept",
    "log-timestamps = iso",
    "log-buffer-size = 1000000000",
  );
  dinit.start({ args: ["--fault-limit=0"] });
  await dinit.printed("[  OK  ] boot");
  let isOver = false;
  const kills = killKeepers(dinit, names.length, () => isOver);
  const replaced = await replace(dinit, () => isWritten(dinit, names));
  await until(() => archivesOf(`${dinit.directory}/w0.log`).length > 0, "an archive");
  isOver = true;
  assert(await kills > 1);
  assert(replaced >= REPLACED);
  dinit.write("enough", "");
  await written(dinit, names);
  await dinit.stop();
  for (const name of names) {
    assertComplete(dinit, (await keptParts(`${dinit.directory}/${name}.log`)).join(""), [name]);
  }
});

/** Whether all writers have written what is wanted at least. */
function isWritten(dinit: Dinit, writers: readonly string[]): boolean {
  return writers.every((writer) => dinit.has(`${writer}.wanted`));
}

Deno.test({
  ...needing(
    "four processes write to a log that is rotated in place, while the daemon is upgraded and faulted, and no line is lost, doubled, cut or swapped",
    "a file system that can cut the head off a file",
    canCollapse(openLibrary(), Deno.env.get("TMPDIR") ?? "/tmp"),
  ),
  fn: async () => {
    const names = ["w0", "w1", "w2", "w3"];
    await using dinit = stormed({ web: names });
    const log = `${dinit.directory}/web.log`;
    dinit.start({ args: ["--fault-limit=0"] });
    await dinit.printed("[  OK  ] boot");
    await replace(dinit, () => isWritten(dinit, names));
    await until(() => archivesOf(log).length > 0, "an archive");
    dinit.write("enough", "");
    await written(dinit, names);
    // A rotation that has begun still works.
    await until(async () => (await dinit.ctl("logs", "rotate", "web")).code === 0, "the last rotation");
    assertComplete(dinit, (await logParts(log)).join(""), names);
    await dinit.stop();
  },
});
