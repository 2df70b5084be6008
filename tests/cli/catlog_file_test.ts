/** `ctl catlog` of a service that writes to a file. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { runCtl } from "../../src/cli/ctl/main.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { ctl, failure, FakeIo, StandIn, status, success } from "./_stand_in.ts";

/** A daemon whose service `web` writes to a file, which has this text at first. */
class WithFile implements AsyncDisposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "dinit-log-" });
  readonly path = `${this.directory}/web.log`;
  readonly daemon = new StandIn({
    services: { web: status() },
    topics: { "service 0": { ...status(), name: "web", logFile: this.path } },
    on: { [Request.CATLOG]: () => [{ type: Reply.NAK }] },
  });

  constructor(text?: string) {
    if (text !== undefined) Deno.writeTextFileSync(this.path, text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon[Symbol.asyncDispose]();
    Deno.removeSync(this.directory, { recursive: true });
  }
}

Deno.test("ctl catlog of a service with a log file writes the whole file, byte by byte", async () => {
  const text = "long ago\n".repeat(20_000) + "no line feed at the end";
  await using web = new WithFile(text);
  assertEquals(await ctl(web.daemon, "catlog", "web"), success(text));
});

Deno.test("ctl catlog --json of a service with a log file", async () => {
  await using web = new WithFile("one\n");
  const { out } = await ctl(web.daemon, "catlog", "--json", "web");
  assertEquals(JSON.parse(out), { command: "catlog", ok: true, service: "web", log: "one\n" });
});

Deno.test("ctl catlog names a log file that it cannot show, and the reason", async () => {
  await using web = new WithFile();
  assertEquals(
    await ctl(web.daemon, "catlog", "web"),
    failure(`dinitctl: log file ${web.path} does not exist\n`),
  );
  Deno.mkdirSync(web.path);
  assertEquals(
    await ctl(web.daemon, "catlog", "web"),
    failure(`dinitctl: log ${web.path} is not a regular file and cannot be shown\n`),
  );
  const { err } = await ctl(web.daemon, "catlog", "--clear", "web");
  assertStringIncludes(err, `cannot clear the log of service 'web': it is a file, ${web.path}`);
});

Deno.test("ctl catlog of a service with neither buffer nor file is the reference's error", async () => {
  const on = { [Request.CATLOG]: () => [{ type: Reply.NAK } as const] };
  await using daemon = new StandIn({ services: { web: status() }, on, topics: { "service 0": status() } });
  const expected = failure("dinitctl: cannot cat log for service not configured to buffer output.\n");
  assertEquals(await ctl(daemon, "catlog", "web"), expected);
  assertEquals(await ctl(daemon, "catlog", "--clear", "web"), expected);
});

Deno.test("ctl catlog --follow continues when the log file grows, is rotated, and is truncated", async () => {
  await using web = new WithFile("one\n");
  let written = "";
  const io = new FakeIo();
  const steps: [after: string, then: () => void][] = [
    ["one\n", () => Deno.writeTextFileSync(web.path, "two\n", { append: true })],
    ["one\ntwo\n", () => {
      Deno.renameSync(web.path, `${web.path}.1`);
      Deno.writeTextFileSync(`${web.path}.1`, "late\n", { append: true });
      Deno.writeTextFileSync(web.path, "new file\n");
    }],
    ["one\ntwo\nlate\nnew file\n", () => Deno.writeTextFileSync(web.path, "short\n")],
  ];
  io.out = (data) => {
    written += typeof data === "string" ? data : new TextDecoder().decode(data);
    if (steps.length > 0 && written === steps[0][0]) steps.shift()![1]();
    else if (written.endsWith("short\n")) return false;
  };
  assertEquals(await runCtl(["-p", web.daemon.path, "catlog", "--follow", "web"], io), 0);
  assertEquals(written, "one\ntwo\nlate\nnew file\nshort\n");
});
