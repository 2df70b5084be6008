/** The client against daemons that are scripted byte by byte: old ones, odd ones and broken ones. */

import { outputOf } from "../_processes.ts";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type ByteStream,
  ControlError,
  encodePacket,
  PacketError,
  Reply,
  Request,
  type ServiceEventPacket,
} from "../../src/control/mod.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { Peer, soon, toHex } from "./_server.ts";

/** A test with a client whose daemon is `daemon`. */
function conversation(name: string, test: (client: ControlClient, daemon: Peer) => Promise<void>): void {
  Deno.test(name, async () => {
    const directory = Deno.makeTempDirSync({ prefix: "dinit-control-" });
    const path = `${directory}/socket`;
    const listener = Deno.listen({ transport: "unix", path });
    const accepting = listener.accept();
    const client = await ControlClient.connect(path);
    const daemon = new Peer(await soon(accepting, "the connection"));
    try {
      await test(client, daemon);
    } finally {
      client.close();
      daemon.close();
      listener.close();
      Deno.removeSync(directory, { recursive: true });
    }
  });
}

async function fails(promise: Promise<unknown>, kind: ControlError["kind"]): Promise<ControlError> {
  const error: ControlError = await soon(assertRejects(() => promise, ControlError), "an error");
  assertEquals(error.kind, kind);
  return error;
}

for (
  const [reply, minimum, outcome] of [
    ["3a 01 00 06 00", 1, 6],
    ["3a 01 00 07 00", 7, 7],
    ["3a 07 00 ff 00", 1, 255],
    ["3a 01 00 01 00", 1, 1],
    ["3a 08 00 09 00", 1, "too-old-client"],
    ["3a 00 00 00 00", 0, "too-old-daemon"],
    ["3a 01 00 01 00", 2, "too-old-daemon"],
    ["32", 1, "protocol"],
  ] as const
) {
  conversation(`version reply ${reply} when ${minimum} is needed: ${outcome}`, async (client, daemon) => {
    const handshake = client.handshake(minimum);
    await daemon.expect("00");
    await daemon.send(reply);
    if (typeof outcome === "string") await fails(handshake, outcome);
    else await handshake;
    assertEquals(client.version, typeof outcome === "string" ? 0 : outcome);
  });
}

conversation(
  "requests made together are sent together, and get their replies in order",
  async (client, daemon) => {
    const replies = Promise.all([
      client.request({ type: Request.QUERYVERSION }),
      client.request({ type: Request.FINDSERVICE, name: "web" }),
      client.request({ type: Request.SERVICESTATUS6, handle: 0 }),
      client.request({ type: Request.SERVICESTATUS, handle: 0 }),
    ]);
    const sent = new Uint8Array(100);
    assertEquals(await soon(daemon.conn.read(sent), "the requests"), 1 + 6 + 5 + 5);
    await daemon.send(
      `3a 01 00 06 00 3c 46 00 ${Array(30).fill("01").join(" ")} 46 00 02 02 00 00 00 00 00 00 00 00`,
    );
    assertEquals((await replies).map(({ type }) => type), [Reply.CPVERSION, Reply.NOSERVICE, 70, 70]);
  },
);

conversation("extensions: the reference has none, and gets no query", async (client, daemon) => {
  const both = Promise.all([client.handshake(), client.extensions(), client.query("overview")]);
  await daemon.expect("00 01 11 00 01 64 69 6e 69 74 2d 65 78 74 65 6e 73 69 6f 6e 73");
  await daemon.send("3a 01 00 06 00 3c");
  assertEquals((await both).slice(1), [0, undefined]);
});

conversation(
  "extensions: the first query also asks for them; then documents arrive",
  async (client, daemon) => {
    const document = client.query("overview");
    const version = client.extensions();
    assertEquals(toHex(await daemon.receive(29)).slice(-26), "01 6f 76 65 72 76 69 65 77");
    await daemon.send(encodePacket({ type: Reply.ANSWER, json: '{"a":[1]}' }));
    assertEquals(await document, { a: [1] });
    assertEquals(await version, 1);
    const next = client.query("overview");
    await daemon.expect("80 08 00 6f 76 65 72 76 69 65 77");
    await daemon.send("33");
    assertEquals(await next, undefined);
    const broken = client.query("other");
    await daemon.receive(8);
    await daemon.send(encodePacket({ type: Reply.ANSWER, json: "{" }));
    await fails(broken, "protocol");
  },
);

conversation(
  "extensions: a daemon that has them but not the topic of the first query",
  async (client, daemon) => {
    const document = client.query("overview");
    await daemon.receive(29);
    await daemon.send("c0 01 00");
    assertEquals([await document, await client.extensions()], [undefined, 1]);
  },
);

conversation("every packet can be watched", async (client, daemon) => {
  const seen: string[] = [];
  await client.trace((text, direction) => seen.push(`${direction} ${text}`));
  const shaken = client.handshake();
  await daemon.receive(1);
  await daemon.send("3a 01 00 06 00");
  await shaken;
  assertEquals(seen, ["sent QUERYVERSION", "received CPVERSION minimum=1 actual=6"]);
});

conversation("an event in both forms is delivered once, in the newer form", async (client, daemon) => {
  const events: ServiceEventPacket[] = [];
  client.onEvent = (event) => events.push(event);
  const reply = client.request({ type: Request.QUERYVERSION });
  const status = "00 00 00 00 00 00 00 00 00 00";
  for (const event of ["00", "01"]) {
    await daemon.send(
      `65 15 05 00 00 00 ${event} ${status} 00 00 00 00 64 11 05 00 00 00 ${event} ${status}`,
    );
  }
  await daemon.send("3a 01 00 07 00");
  await reply;
  assertEquals(events.map(({ type, handle, event }) => [type, handle, event]), [[101, 5, 0], [101, 5, 1]]);
});

conversation(
  "an old daemon's events are delivered in the older form, with a status or without",
  async (client, daemon) => {
    const events: ServiceEventPacket[] = [];
    client.onEvent = (event) => events.push(event);
    const reply = client.request({ type: Request.QUERYVERSION });
    await daemon.send(
      "64 11 05 00 00 00 00 02 02 08 00 00 00 00 00 00 00 64 07 05 00 00 00 01 3a 01 00 01 00",
    );
    await reply;
    assertEquals(events.map(({ event, status }) => [event, status?.state]), [[0, 2], [1, undefined]]);
  },
);

conversation("code that awaits a reply runs before later events", async (client, daemon) => {
  const seen: string[] = [];
  client.onEvent = ({ event }) => seen.push(`event ${event}`);
  const waiting = (async () => {
    await client.request({ type: Request.STARTSERVICE, flags: 0, handle: 0 });
    seen.push("reply");
    await client.request({ type: Request.QUERYVERSION });
  })();
  await daemon.receive(6);
  await daemon.send("64 07 00 00 00 00 01 32 64 07 00 00 00 00 00");
  await daemon.expect("00");
  await daemon.send("3a 01 00 07 00");
  await waiting;
  assertEquals(seen, ["event 1", "reply", "event 0"]);
});

conversation("PREACK is reported when it arrives, and is no reply", async (client, daemon) => {
  const seen: string[] = [];
  client.onEvent = () => seen.push("event");
  const reply = client.request(
    { type: Request.STOPSERVICE, flags: 0x86, handle: 0 },
    { preack: () => seen.push("preack") },
  );
  await daemon.expect("04 86 00 00 00 00");
  await daemon.send("64 07 00 00 00 00 01 4f 64 07 00 00 00 00 01 32");
  assertEquals((await reply).type, Reply.ACK);
  assertEquals(seen, ["event", "preack", "event"]);
});

conversation(
  "changes of the environment are delivered, although their length byte is wrong",
  async (client, daemon) => {
    const entries: string[] = [];
    client.onEnvironment = ({ entry, flags }) => entries.push(`${flags} ${entry}`);
    const reply = client.request({ type: Request.LISTENENV });
    await daemon.send("66 05 01 06 00 4b 3d 76 61 6c 00 66 05 00 02 00 4b 00 32");
    await reply;
    assertEquals(entries, ["1 K=val", "0 K"]);
  },
);

conversation("unknown information is skipped by its length", async (client, daemon) => {
  const reply = client.request({ type: Request.QUERYVERSION });
  for (const byte of ["67", "04", "32", "33", "7f", "02", "32"]) {
    await daemon.send(byte);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  assertEquals((await reply).type, Reply.ACK);
});

conversation("lists: the newer form, or the older for a daemon that is too old", async (client, daemon) => {
  const newer = client.list();
  await daemon.expect("19");
  await daemon.send("3e 01 02 02 08 00 00 00 00 00 00 00 00 00 00 00 61 3f");
  assertEquals((await newer).map(({ name, status }) => [name, status.state]), [["a", 2]]);
  const handshake = client.handshake();
  await daemon.expect("00");
  await daemon.send("3a 01 00 04 00");
  await handshake;
  const older = client.list();
  await daemon.expect("08");
  await daemon.send("3e 01 02 02 08 00 00 00 00 00 00 00 62 3f");
  assertEquals((await older).map(({ name }) => name), ["b"]);
});

conversation("a reply of any size, in any pieces", async (client, daemon) => {
  const entries = Array.from({ length: 9000 }, (_, i) => `NAME${i}=${"x".repeat(i % 60)}`);
  const reply = client.request({ type: Request.GETALLENV, reserved: 0 });
  const bytes = encodePacket({ type: Reply.ALLENV, entries });
  for (let at = 0; at < bytes.length; at += 7919) await daemon.send(bytes.subarray(at, at + 7919));
  assertEquals(await reply, { type: Reply.ALLENV, entries });
});

for (
  const [what, bytes] of [
    ["an unknown reply", "fa"],
    ["a request", "05"],
    ["a reply to nothing", "32 32"],
    ["an entry of a list that was not asked for", "3e 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"],
    ["information with an impossible length", "67 00"],
    ["an impossible length", "4e ff ff ff ff ff ff ff ff"],
  ]
) {
  conversation(`${what} ends the connection as a protocol error`, async (client, daemon) => {
    const first = client.request({ type: Request.QUERYVERSION });
    await daemon.receive(1);
    await daemon.send(bytes);
    if (bytes.startsWith("32")) await first;
    else await fails(first, "protocol");
    await soon(client.closed, "the end");
    await fails(client.request({ type: Request.QUERYVERSION }), "protocol");
    await daemon.expectEnd();
  });
}

conversation(
  "when the daemon exits, answered requests succeed, and the rest fails",
  async (client, daemon) => {
    const first = client.request({ type: Request.QUERYVERSION });
    const second = client.request({ type: Request.QUERYVERSION });
    const list = client.list();
    await daemon.receive(3);
    await daemon.send("34 3a 01");
    daemon.close();
    assertEquals((await first).type, Reply.BADREQ);
    const error = await fails(second, "closed");
    assertEquals(error.errno, undefined);
    await fails(list, "closed");
    await soon(client.closed, "the end");
  },
);

conversation("requests without a waiting caller fail silently", async (client, daemon) => {
  const handshake = client.handshake();
  void client.list();
  void client.extensions();
  void client.query("overview");
  void client.request({ type: Request.LISTENENV });
  await daemon.receive(1);
  daemon.close();
  await fails(handshake, "closed");
  await new Promise((resolve) => setTimeout(resolve, 0));
});

conversation("closing rejects pending requests, and further requests", async (client) => {
  const reply = client.request({ type: Request.QUERYVERSION });
  client.close();
  await fails(reply, "closed");
  await fails(client.request({ type: Request.QUERYVERSION }), "closed");
  await client.closed;
  client.close();
});

conversation(
  "a request that cannot be encoded is not sent, and does not affect others",
  async (client, daemon) => {
    assertThrows(() => client.request({ type: Request.LOADSERVICE, name: "x".repeat(70_000) }), PacketError);
    const reply = client.request({ type: Request.QUERYVERSION });
    await daemon.expect("00");
    await daemon.send("3a 01 00 07 00");
    await reply;
  },
);

Deno.test("after a failed write, available replies are still read, and then the error gives the reason", async () => {
  const written = Promise.withResolvers<void>();
  const inbox = ["32", undefined];
  const stream: ByteStream = {
    read: async (buffer) => {
      await written.promise;
      const next = inbox.shift();
      if (next === undefined) return null;
      buffer[0] = parseInt(next, 16);
      return 1;
    },
    write: () => {
      written.resolve();
      return Promise.reject(new Deno.errors.BrokenPipe("Broken pipe (os error 32)"));
    },
    close: () => {},
  };
  const client = new ControlClient(stream);
  const [first, second] = [
    client.request({ type: Request.LISTENENV }),
    client.request({ type: Request.LISTENENV }),
  ];
  assertEquals((await first).type, Reply.ACK);
  const error = await fails(second, "closed");
  assertEquals([error.errno, error.message], [32, "Cannot write to the daemon: Broken pipe"]);
});

for (
  const [path, errno] of [["/nonexistent/socket", 2], ["", 22], ["/".padEnd(108, "x"), 22], [
    "/tmp\0",
    22,
  ]] as const
) {
  Deno.test(`connecting to ${JSON.stringify(path)}: error number ${errno}`, async () => {
    const error = await fails(ControlClient.connect(path), "connect");
    assertEquals([error.errno, error.path], [errno, path]);
  });
}

Deno.test("connecting without a permission: the error names the grant", async () => {
  const client = new URL("../../src/client/control_client.ts", import.meta.url);
  const script = `import { ControlClient } from ${JSON.stringify(client)};
    await ControlClient.connect("/run/none").catch((error) => console.log(error.kind, error.message));`;
  const file = Deno.makeTempFileSync({ prefix: "dinit-control-", suffix: ".ts" });
  try {
    Deno.writeTextFileSync(file, script);
    const { stdout } = await outputOf(Deno.execPath(), {
      args: ["run", "--no-check", "--no-prompt", "--allow-read=/run/none", file],
    });
    assertEquals(
      new TextDecoder().decode(stdout).trim(),
      "connect Cannot use control socket /run/none: --allow-write=/run/none is not granted " +
        "(it takes --allow-net=unix:/run/none --allow-read=/run/none --allow-write=/run/none)",
    );
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("a client waits while the queue of the control socket is full", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-control-" });
  const path = `${directory}/socket`;
  using listener = Deno.listen({ transport: "unix", path });
  let refusals = 2;
  const open = (where: string) => {
    if (refusals-- > 0) return Promise.reject(new Deno.errors.WouldBlock("full (os error 11)"));
    return Deno.connect({ transport: "unix", path: where });
  };
  const client = await soon(ControlClient.connect(path, open), "the connection");
  client.close();
  (await listener.accept()).close();
  assertEquals(refusals, -1);
  Deno.removeSync(directory, { recursive: true });
});
