/** `dinit ctl events` of a real daemon: while services start, stop and fail, and to the daemon's end. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { endOf } from "../_processes.ts";
import { Dinit, dinitCommand } from "./_dinit.ts";

interface Document {
  readonly seq: number;
  readonly kind: string;
  readonly service?: string;
  readonly at: string;
  readonly time: number;
  readonly to?: string;
  readonly reason?: string;
  readonly exit?: unknown;
}

/** A run of `dinit ctl events` beside a daemon. */
class Follower {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #dinit: Dinit;
  #output = "";

  constructor(dinit: Dinit, ...args: string[]) {
    const [program, ...words] = dinitCommand(["ctl", "--socket-path", dinit.socket, "events", ...args]);
    this.#dinit = dinit;
    this.#child = new Deno.Command(program, {
      args: words,
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#reading = this.#read();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of this.#child.stdout) this.#output += decoder.decode(chunk, { stream: true });
  }

  get lines(): string[] {
    return this.#output.split("\n").slice(0, -1);
  }

  get documents(): Document[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  /** Waits for a fact about a service. */
  async saw(service: string, kind: string, count = 1): Promise<void> {
    const isIt = (document: Document) => document.service === service && document.kind === kind;
    await this.#dinit.until(() => this.documents.filter(isIt).length >= count, `${service} ${kind}`);
  }

  /** Its exit status, when it has ended by itself. */
  async ended(): Promise<number> {
    const { code } = await endOf(this.#child, "ctl events");
    await this.#reading;
    return code;
  }
}

const SERVICES = {
  boot: "type = internal\nwaits-for = web\n",
  web: "type = process\ncommand = /bin/sleep 600\n",
  bad: "type = process\ncommand = /nonexistent/program\n",
  ends: 'type = scripted\ncommand = /bin/sh -c "exit 3"\n',
};

function brief({ service, kind }: Document): string {
  return `${service ?? "-"} ${kind}`;
}

Deno.test("ctl events --json tells of services that load, start, stop and fail, to the daemon's end", async () => {
  await using dinit = new Dinit(SERVICES);
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  const follower = new Follower(dinit, "--json", "--since=0");
  await follower.saw("boot", "started");
  await dinit.ctl("start", "bad");
  await follower.saw("bad", "failed");
  await dinit.ctl("start", "ends");
  await follower.saw("ends", "failed");
  await dinit.ctl("unload", "bad");
  await follower.saw("bad", "unloaded");
  await dinit.ctl("stop", "web");
  await follower.saw("web", "stopped");
  assertEquals((await dinit.stop()).code, 0);
  assertEquals(await follower.ended(), 0);

  const all = follower.documents;
  assertEquals(all.map(({ seq }) => seq), all.map((_, index) => index + 1));
  for (const { at, time } of all) {
    assertMatch(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert(time > 0);
  }
  const times = all.map(({ time }) => time);
  assertEquals(times, times.toSorted((one, other) => one - other));
  assertEquals(all.filter(({ kind }) => kind !== "phase").map(brief), [
    "web loaded",
    "boot loaded",
    "web started",
    "boot started",
    "bad loaded",
    "bad execution-failed",
    "bad failed",
    "bad stopped",
    "bad failed-for-good",
    "ends loaded",
    "ends process-ended",
    "ends failed",
    "ends stopped",
    "ends failed-for-good",
    "bad unloaded",
    "web stopped",
    "boot stopped",
  ]);
  const failed = all.find(({ service, kind }) => service === "ends" && kind === "failed");
  assertEquals([failed?.reason, failed?.exit], ["FAILED", { kind: "exited", code: 3 }]);
  const steps = all.filter(({ service, kind }) => service === "web" && kind === "phase").map(({ to }) => to);
  assertEquals(steps, [
    "waiting-for-dependencies",
    "launching",
    "up",
    "waiting-for-dependents",
    "asked-to-stop",
    "stopped",
  ]);
});

Deno.test("ctl events goes on behind the number that it is given, and lets others reload what it follows", async () => {
  await using dinit = new Dinit(SERVICES);
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  const first = new Follower(dinit, "--json", "--since=0", "web");
  await first.saw("web", "started");
  const seen = first.documents.at(-1)!.seq;
  await dinit.ctl("stop", "web");
  await first.saw("web", "stopped");
  const later = new Follower(dinit, "--json", `--since=${seen}`, "web");
  await later.saw("web", "stopped");
  assertEquals(later.documents, first.documents.filter(({ seq }) => seq > seen));
  assertEquals((await dinit.ctl("reload", "web")).code, 0);
  await later.saw("web", "reloaded");
  const foreign = new Follower(dinit, "--since=1000000");
  await dinit.until(() => foreign.lines.length > 5, "the events of this daemon");
  assertEquals(foreign.lines[0], "(events before number 1 are missing)");
  assertMatch(foreign.lines[1], /^\S+ 1 web: loaded$/);
  await dinit.stop();
  assertEquals([await first.ended(), await later.ended(), await foreign.ended()], [0, 0, 0]);
});
