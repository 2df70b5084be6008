/** What the reference does not have, against the real daemon, in pipes and in a real terminal. */

import { outputOf } from "../_processes.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Dinit } from "../e2e/_dinit.ts";

const MAIN = decodeURIComponent(new URL("./_main.ts", import.meta.url).pathname);

const SERVICES = {
  boot: "type = internal\nwaits-for = web\n",
  web: "type = internal\ndepends-on = store\n",
  store: "type = internal\nafter = elsewhere\n",
  talk: "type = scripted\ncommand = /bin/sh -c \"printf 'one\\\\ntwo\\\\n'\"\nlog-type = buffer\n",
  slow: "type = scripted\ncommand = /bin/sleep 1\n",
};

async function withDaemon(test: (dinit: Dinit) => Promise<void>): Promise<void> {
  await using dinit = new Dinit(SERVICES);
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  await test(dinit);
}

/** Runs the tool on a separate terminal (`script` of util-linux) and returns the terminal's output. */
async function inTerminal(dinit: Dinit, ...args: string[]): Promise<string> {
  const words = [Deno.execPath(), "run", "--allow-all", MAIN, "-p", dinit.socket, ...args];
  const { stdout } = await outputOf("script", {
    args: ["--quiet", "--return", "--command", words.map((word) => `'${word}'`).join(" "), "/dev/null"],
    env: { TERM: "xterm", NO_COLOR: "" },
    stdin: "null",
  });
  return new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
}

Deno.test("tree and graph of a running system", () =>
  withDaemon(async (dinit) => {
    assertEquals(
      (await dinit.ctl("tree")).stdout,
      "boot  started\n  web  started  waits-for\n    store  started  depends-on\n",
    );
    const { nodes, edges } = JSON.parse((await dinit.ctl("graph", "--format=json")).stdout);
    assertEquals(nodes.map(({ name }: { name: string }) => name).sort(), ["boot", "store", "web"]);
    assertEquals(edges.find(({ from }: { from: string }) => from === "store"), {
      from: "store",
      to: "elsewhere",
      kind: "after",
    });
  }));

Deno.test("services start and are waited for together, and stop dependents first", () =>
  withDaemon(async (dinit) => {
    const waiting = dinit.ctl("wait", "slow", "--timeout=20");
    const started = await dinit.ctl("start", "slow", "talk");
    assertEquals(started.stdout.split("\n").sort(), [
      "",
      "Service 'slow' started.",
      "Service 'talk' started.",
    ]);
    assertEquals(await waiting, { code: 0, stdout: "Service 'slow' started.\n", stderr: "" });
    await dinit.ctl("start", "store"); // or it would stop with the last one that needs it
    const stopped = await dinit.ctl("stop", "store", "web", "--json");
    assertEquals(JSON.parse(stopped.stdout), {
      command: "stop",
      ok: true,
      services: [{ name: "store", result: "stopped" }, { name: "web", result: "stopped" }],
    });
  }));

Deno.test("the status of a service with since, restarts, exit and the last lines of its output", () =>
  withDaemon(async (dinit) => {
    await dinit.ctl("start", "talk");
    const plain = "Service: talk\n    State: STARTED\n    Activation: explicitly started\n";
    assertEquals((await dinit.ctl("status", "talk")).stdout, plain);
    const { stdout } = await dinit.ctl("status", "--long", "talk");
    assert(stdout.startsWith(plain), stdout);
    assertMatch(stdout, /\n {4}Since: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(\d+s ago\)\n {4}Restarts: 0\n/);
    assert(
      stdout.endsWith("    Last exit: exited - status 0\n    Output:\n        one\n        two\n"),
      stdout,
    );
    const [service] = JSON.parse((await dinit.ctl("status", "talk", "--json")).stdout).services;
    assertEquals([service.name, service.restarts, typeof service.since], ["talk", 0, "string"]);
  }));

Deno.test("output on a terminal has colours and symbols, and names the services to wait for", () =>
  withDaemon(async (dinit) => {
    assertEquals(
      await inTerminal(dinit, "tree"),
      "\x1b[32m● \x1b[0mboot\x1b[32m  started\x1b[0m\n" +
        "\x1b[2m└─ \x1b[0m\x1b[32m● \x1b[0mweb\x1b[32m  started\x1b[0m\x1b[2m  waits-for\x1b[0m\n" +
        "\x1b[2m   └─ \x1b[0m\x1b[32m● \x1b[0mstore\x1b[32m  started\x1b[0m\x1b[2m  depends-on\x1b[0m\n",
    );
    const started = await inTerminal(dinit, "start", "slow");
    assert(started.startsWith("\r\x1b[K⠋ Starting 0s: slow\r\x1b[K"), started);
    assert(started.endsWith("\r\x1b[KService 'slow' started.\n"), started);
    assertEquals((await dinit.ctl("tree")).stdout.includes("\x1b"), false);
  }));
