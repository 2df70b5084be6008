/** The line on a terminal that names the services to wait for. */

import { assert, assertEquals } from "@std/assert";
import { soon } from "../_patience.ts";
import type { CommandContext } from "../../src/cli/ctl/context.ts";
import { defaultOptions } from "../../src/options/ctl_values.ts";
import { startProgress } from "../../src/cli/ctl/progress.ts";
import { Request } from "../../src/control/wire/protocol.ts";
import { ack, preack, STARTED, STOPPED } from "./_start_stop.ts";
import { ctl, ctlAlone, event, FakeIo, StandIn } from "./_stand_in.ts";

/** A context whose output calls `written`. */
function contextFor(words: string[], columns: number, written: (text: string) => void): CommandContext {
  const unused = () => Promise.reject(new Error("not used here"));
  const io = new FakeIo({ columns });
  io.out = (data) => written(data as string);
  return {
    io,
    words,
    options: defaultOptions(),
    say: (text) => written(`${text}\n`),
    print: (data) => written(data as string),
    record: () => {},
    explain: (failure) => Promise.resolve(failure),
    style: () => Promise.resolve({ columns, symbols: true }),
    connect: unused,
    open: unused,
  };
}

Deno.test("the line names the services to wait for, makes room for output, and leaves nothing behind", async () => {
  const output: string[] = [];
  let changed = Promise.withResolvers<void>();
  const context = contextFor(["web", "db"], 60, (text) => {
    output.push(text);
    changed.resolve();
  });
  const next = async () => {
    await soon(changed.promise, "a change of the line");
    changed = Promise.withResolvers();
  };
  const progress = await startProgress(context, { verb: "Starting", delay: 1, interval: 1 });
  await next();
  assertEquals(output[0], "\r\x1b[K⠋ Starting 0s: web, db");
  progress.done("web");
  await next();
  assertEquals(output[1], "\r\x1b[K⠙ Starting 0s: db");
  const before = output.length;
  progress.context.say("Service 'web' started.");
  assertEquals(output.slice(before), ["\r\x1b[K", "Service 'web' started.\n"]);
  changed = Promise.withResolvers();
  await next();
  progress.close();
  assertEquals(output.at(-1), "\r\x1b[K");
  const after = output.length;
  progress.close();
  assertEquals(output.length, after);
});

Deno.test("the line never fills a terminal's last column", async () => {
  const shown = Promise.withResolvers<string>();
  const progress = await startProgress(contextFor(["ｗｗｗ", "db"], 20, shown.resolve), {
    verb: "Waiting",
    delay: 0,
  });
  assertEquals(await soon(shown.promise, "the line"), "\r\x1b[K⠋ Waiting 0s: ｗｗ…");
  progress.close();
});

Deno.test("short waits, pipes, --quiet and simple terminals show no line", async () => {
  const on = { [Request.STARTSERVICE]: [preack, ack, ...event(0, 0, STARTED)] };
  await using daemon = new StandIn({ services: { db: STOPPED }, on });
  const text = "Service 'db' started.\n";
  assertEquals((await ctl(daemon, "start", "db")).out, text);
  const terminal = (env: Record<string, string>, ...args: string[]) =>
    ctlAlone(["-p", daemon.path, "start", "db", ...args], { columns: 80, env });
  assertEquals((await terminal({})).out, text);
  assertEquals((await terminal({ TERM: "dumb" })).out, text);
  assert(!(await terminal({}, "--quiet")).out.includes("\x1b"));
});
