/** What an earlier daemon left when it was killed: it is ended, and what was found is told. */

import { assertEquals } from "@std/assert";
import { endLeftovers } from "../../src/daemon/leftovers.ts";
import type { Journal } from "../../src/host/mod.ts";
import { endOf, killUnlessEnded } from "../_processes.ts";
import { clock, place, record, recording, told } from "../host/_journal.ts";
import { KeptLog } from "./_scene.ts";

const NOTHING: Journal = { owner: undefined, newer: undefined, entries: [] };

async function said(journal: Journal): Promise<string[]> {
  const log = new KeptLog();
  await endLeftovers(journal, "/run/socket.processes", log);
  return log.lines;
}

/** The journal of a daemon that started one process of the service `left`. */
async function journalOf(pid: number): Promise<Journal> {
  using file = place();
  const journal = recording(file.path);
  record(journal, pid, "left");
  // The test started the process before it recorded it; a daemon does it the other way round.
  const start = clock.look(pid)?.startTicks;
  const { owner, entries } = await told(file.path);
  journal.remove();
  return {
    owner,
    newer: undefined,
    entries: entries.map((entry) => ({ ...entry, since: start, until: start })),
  };
}

Deno.test("nothing is said where nothing was left", async () => {
  assertEquals(await said(NOTHING), []);
});

Deno.test("a process that was left is ended, and named", async () => {
  const child = new Deno.Command("sleep", { args: ["1000"], detached: true, stdin: "null" }).spawn();
  try {
    const journal = await journalOf(child.pid);
    assertEquals(await said(journal), [
      "warn an earlier instance was killed and left processes running; ending them: " +
      `left (pid ${child.pid})`,
    ]);
    assertEquals((await endOf(child, "the process")).signal, "SIGTERM");
    assertEquals(await said(journal), [], "it is not there any more");
  } finally {
    killUnlessEnded(child);
  }
});

Deno.test("a journal of a newer version ends nothing, and that is said", async () => {
  assertEquals(await said({ ...NOTHING, newer: 9 }), [
    "warn /run/socket.processes was written by a newer version (format 9); " +
    "processes that an earlier instance left running are not ended",
  ]);
});

Deno.test("processes that were started at an unknown time are not ended, and the remedy is said", async () => {
  const child = new Deno.Command("sleep", { args: ["1000"], detached: true, stdin: "null" }).spawn();
  try {
    const { owner, entries } = await journalOf(child.pid);
    const unknown = entries.map((entry) => ({ ...entry, since: undefined }));
    assertEquals(await said({ owner, newer: undefined, entries: unknown }), [
      "warn an earlier instance was killed and may have left processes running: " +
      `left (pid ${child.pid}); grant --allow-sys=osUptime so that dinit can end them, or end them yourself`,
    ]);
    child.kill("SIGKILL");
    assertEquals((await endOf(child, "the process")).signal, "SIGKILL");
  } finally {
    killUnlessEnded(child);
  }
});
