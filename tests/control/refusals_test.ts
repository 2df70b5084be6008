/** Refused requests, and the state of the connection afterwards (control protocol 4.1, 7 and 12). */

import { assertEquals } from "@std/assert";
import { encodePacket, Reply, Request, type RequestPacket } from "../../src/control/mod.ts";
import { conversation, replyType } from "./_conversation.ts";
import { toHex, withServer } from "./_server.ts";

const NAMES_THAT_ARE_NONE = [".web", "@web", "a\0b", "\0"];
for (const name of NAMES_THAT_ARE_NONE) {
  for (const type of [Request.FINDSERVICE, Request.LOADSERVICE]) {
    conversation(`${type}: the name ${JSON.stringify(name)} is refused`, async (client, manager) => {
      assertEquals(await replyType(client, { type, name }), Reply.BADREQ);
      await client.closed;
      assertEquals(manager.calls, []);
    });
  }
}

/** The reply for a handle that is not open, for every request with a handle. */
const WITH_HANDLE: [RequestPacket, "BADREQ" | "NAK"][] = [
  [{ type: Request.STARTSERVICE, flags: 0x80, handle: 7 }, "BADREQ"],
  [{ type: Request.STOPSERVICE, flags: 0, handle: 7 }, "BADREQ"],
  [{ type: Request.WAKESERVICE, flags: 0, handle: 7 }, "BADREQ"],
  [{ type: Request.RELEASESERVICE, flags: 0, handle: 7 }, "BADREQ"],
  [{ type: Request.UNPINSERVICE, handle: 7 }, "BADREQ"],
  [{ type: Request.UNLOADSERVICE, handle: 7 }, "BADREQ"],
  [{ type: Request.ADD_DEP, kind: 0, from: 0, to: 7 }, "BADREQ"],
  [{ type: Request.ADD_DEP, kind: 0, from: 7, to: 0 }, "BADREQ"],
  [{ type: Request.REM_DEP, kind: 0, from: 7, to: 0 }, "BADREQ"],
  [{ type: Request.ENABLESERVICE, kind: 0, from: 7, to: 0 }, "BADREQ"],
  [{ type: Request.QUERYSERVICENAME, reserved: 0, handle: 7 }, "NAK"],
  [{ type: Request.RELOADSERVICE, handle: 7 }, "BADREQ"],
  [{ type: Request.SERVICESTATUS, handle: 7 }, "NAK"],
  [{ type: Request.SETTRIGGER, handle: 7, value: 1 }, "NAK"],
  [{ type: Request.CATLOG, flags: 0, handle: 7 }, "NAK"],
  [{ type: Request.SIGNAL, signal: 0, handle: 7 }, "NAK"],
  [{ type: Request.QUERYSERVICEDSCDIR, reserved: 0, handle: 7 }, "NAK"],
  [{ type: Request.CLOSEHANDLE, handle: 7 }, "BADREQ"],
  [{ type: Request.SERVICESTATUS5, handle: 7 }, "NAK"],
  [{ type: Request.SERVICESTATUS6, handle: 7 }, "NAK"],
  [{ type: Request.ENABLE_SERVICE_V7, kind: 0, from: 0, to: 7 }, "BADREQ"],
];
for (const [packet, expected] of WITH_HANDLE) {
  Deno.test(`request ${packet.type} with a handle that is not open: ${expected}`, () =>
    withServer(async ({ peer, manager }) => {
      manager.add("web");
      const client = await peer();
      await client.send("01 03 00 77 65 62");
      await client.receive(7);
      await client.send(encodePacket(packet));
      await client.expect(expected === "NAK" ? "33" : "34");
      if (expected === "NAK") {
        await client.send("00");
        await client.expect("3a 01 00 07 00");
      } else await client.expectEnd();
      assertEquals(manager.calls, []);
    }));
}

/** Requests that are wrong by themselves: one BADREQ, no effect, and the end. */
const REFUSED: [string, RequestPacket][] = [
  ...[1, 4, 5, 6, 7, 255].flatMap((kind): [string, RequestPacket][] => [
    [`ADD_DEP of kind ${kind}`, { type: Request.ADD_DEP, kind, from: 0, to: 2 }],
    [`REM_DEP of kind ${kind}`, { type: Request.REM_DEP, kind, from: 0, to: 2 }],
    [`ENABLESERVICE of kind ${kind}`, { type: Request.ENABLESERVICE, kind, from: 0, to: 2 }],
    [`ENABLE_SERVICE_V7 of kind ${kind}`, { type: Request.ENABLE_SERVICE_V7, kind, from: 0, to: 2 }],
  ]),
  ["ADD_DEP of a service to itself", { type: Request.ADD_DEP, kind: 0, from: 0, to: 0 }],
  ["ADD_DEP of a service to itself through another handle", {
    type: Request.ADD_DEP,
    kind: 0,
    from: 0,
    to: 1,
  }],
  ["ENABLE_SERVICE_V7 of a service from itself", {
    type: Request.ENABLE_SERVICE_V7,
    kind: 2,
    from: 1,
    to: 0,
  }],
  ...[0, 7, 255].map((
    kind,
  ): [string, RequestPacket] => [`SHUTDOWN of kind ${kind}`, { type: Request.SHUTDOWN, kind }]),
  ["GETALLENV with a reserved byte", { type: Request.GETALLENV, reserved: 1 }],
  ["SETENV of no name", { type: Request.SETENV, entry: "=x" }],
  ["SETENV with a NUL", { type: Request.SETENV, entry: "A=\0" }],
  ["QUERY without negotiation", { type: Request.QUERY, topic: "overview" }],
];
for (const [what, packet] of REFUSED) {
  Deno.test(`${what} is refused, once and without effect`, () =>
    withServer(async ({ peer, manager }) => {
      manager.add("web");
      manager.add("db");
      const client = await peer();
      for (const name of ["web", "web", "db"]) {
        await client.send(encodePacket({ type: Request.FINDSERVICE, name }));
        await client.receive(7);
      }
      await client.send(encodePacket(packet));
      assertEquals(toHex(await client.rest()), "34");
      assertEquals(manager.calls, []);
    }));
}
