/** `ctl catlog --follow` and `ctl --trace`. */

import { assertEquals } from "@std/assert";
import type { RequestPacket } from "../../src/control/wire/layouts.ts";
import { encodeBytes } from "../../src/model/mod.ts";
import { runCtl } from "../../src/cli/ctl/main.ts";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import { type Answer, ctl, failure, FakeIo, StandIn, status, success } from "./_stand_in.ts";

const services = { web: status() };
const GONE = "dinitctl: control socket read failure or protocol error\n";

function part(generation: number, end: number, text: string): Answer {
  const start = end - encodeBytes(text).length;
  return { type: Reply.ANSWER, json: JSON.stringify({ generation, start, end, text }) };
}

/** Answers, one for each request, and then the end. */
function inTurn(...answers: Answer[]): () => Answer[] {
  return () => [answers.shift() ?? "close"];
}

Deno.test("ctl catlog --follow writes new output, also after the buffer was cleared", async () => {
  await using daemon = new StandIn({
    services,
    topics: { any: 1 },
    on: { [Request.QUERY]: inTurn(part(0, 3, "one"), part(0, 3, ""), part(1, 5, "2\udcff")) },
  });
  assertEquals(await ctl(daemon, "catlog", "--follow", "web"), failure(GONE, "one2\udcff"));
  assertEquals(daemon.received(Request.QUERY).map(({ topic }) => topic), [
    "log 0 0 0",
    "log 0 0 3",
    "log 0 0 3",
    "log 0 1 5",
  ]);
});

Deno.test("ctl catlog --follow --clear makes room as it reads, with any daemon", async () => {
  const log = (text: string): Answer => ({ type: Reply.SERVICE_LOG, log: new TextEncoder().encode(text) });
  await using daemon = new StandIn({ services, on: { [Request.CATLOG]: inTurn(log("a\n"), log("b")) } });
  assertEquals(await ctl(daemon, "catlog", "--follow", "--clear", "web"), failure(GONE, "a\nb"));
  assertEquals(daemon.received(Request.CATLOG).map(({ flags }) => flags), [1, 1, 1]);
});

Deno.test("ctl catlog --follow says how much was overwritten between two reads, but not before the first", async () => {
  await using daemon = new StandIn({
    services,
    topics: { any: 1 },
    on: { [Request.QUERY]: inTurn(part(0, 903, "one"), part(0, 1003, "two")) },
  });
  assertEquals(
    await ctl(daemon, "catlog", "--follow", "web"),
    failure("dinitctl: 97 bytes of output were lost before they could be shown\n" + GONE, "onetwo"),
  );
});

Deno.test("ctl catlog --follow ends when nobody reads its output", async () => {
  await using daemon = new StandIn({
    services,
    topics: { any: 1 },
    on: {
      [Request.QUERY]: inTurn(part(0, 0, ""), part(0, 3, "one"), part(0, 6, "two"), part(0, 9, "three")),
    },
  });
  const written: string[] = [];
  const io = new FakeIo();
  io.out = (data) => {
    written.push(new TextDecoder().decode(data as Uint8Array));
    return written.length < 2 ? undefined : false;
  };
  assertEquals(await runCtl(["-p", daemon.path, "catlog", "--follow", "web"], io), 0);
  assertEquals(written, ["one", "two"]);
});

Deno.test("ctl catlog --follow --json writes a document for each piece, and one at the end", async () => {
  await using daemon = new StandIn({
    services,
    topics: { any: 1 },
    on: { [Request.QUERY]: inTurn(part(0, 3, "one")) },
  });
  const { out } = await ctl(daemon, "catlog", "--follow", "--json", "web");
  assertEquals(out.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)), [
    { command: "catlog", ok: true, service: "web", log: "one" },
    {
      command: "catlog",
      ok: false,
      error: "control socket read failure or protocol error",
      hint: `socket: ${daemon.path}`,
    },
  ]);
});

Deno.test("ctl catlog --follow of a service without a buffer, and of a daemon without extensions", async () => {
  await using daemon = new StandIn({ services, topics: { any: 1 } });
  assertEquals(
    await ctl(daemon, "catlog", "--follow", "web"),
    failure("dinitctl: cannot cat log for service not configured to buffer output.\n"),
  );
  await using older = new StandIn({ services });
  assertEquals(
    await ctl(older, "catlog", "--follow", "web"),
    failure(
      "dinitctl: this daemon cannot show new output only; add --clear to empty the buffer while reading\n",
    ),
  );
});

Deno.test("ctl --trace shows each packet in words on standard error", async () => {
  const on = { [Request.UNPINSERVICE]: (_: RequestPacket): Answer[] => [{ type: Reply.ACK }] };
  await using daemon = new StandIn({ services, on });
  assertEquals(await ctl(daemon, "--trace", "unpin", "web"), {
    ...success("Service 'web' unpinned.\n"),
    err: `dinitctl: -> QUERYVERSION
dinitctl: <- CPVERSION minimum=1 actual=6
dinitctl: -> LOADSERVICE name="web"
dinitctl: <- SERVICERECORD state=0 handle=0 target=0
dinitctl: -> UNPINSERVICE handle=0
dinitctl: <- ACK
`,
  });
});
