/** An order that has arrived counts before the end of a process that the daemon has not seen yet. */

import { assertEquals } from "@std/assert";
import { giveCommand } from "../../src/client/command.ts";
import { loadRecord } from "../../src/client/lookup.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { ServiceState } from "../../src/model/mod.ts";
import { until } from "../_patience.ts";
import { Dinit, isRunning } from "./_dinit.ts";
import { enter, internal, process } from "./_hosts.ts";

/** How often: which of two things the daemon sees first must not be chance. */
const ROUNDS = 5;

Deno.test("a stop that was ordered while the daemon was stopped prevents the restart of a process that has ended meanwhile (native host)", async () => {
  await using dinit = new Dinit({
    boot: internal(),
    web: process(`${enter("web")}; exec sleep 1000`, "restart = yes", "restart-delay = 0"),
  }).start({ args: ["--host", "native"] });
  await dinit.printed("[  OK  ] boot");
  const starts = () => dinit.has("journal") ? dinit.read("journal").split("\n").length - 1 : 0;
  for (let round = 1; round <= ROUNDS; round++) {
    assertEquals((await dinit.ctl("start", "web")).code, 0);
    await until(() => starts() === round, "the start");
    const pid = await dinit.pidOf("web");
    const client = await ControlClient.connect(dinit.socket);
    await client.handshake();
    const { handle } = await loadRecord(client, "web");
    dinit.kill("SIGSTOP");
    const stopped = giveCommand(client, handle, "stop", { force: true }, () => {});
    Deno.kill(pid, "SIGKILL");
    await until(() => !isRunning(pid), "the end of the process");
    dinit.kill("SIGCONT");
    assertEquals((await stopped).kind, "accepted");
    await until(async () => (await loadRecord(client, "web")).state === ServiceState.STOPPED, "the stop");
    client.close();
    assertEquals(starts(), round);
  }
});
