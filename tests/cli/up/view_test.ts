import { assertEquals } from "@std/assert";
import { Boards } from "../../../src/cli/up/board.ts";
import { type KeyRequest, Keys } from "../../../src/cli/up/keys.ts";
import { Screen } from "../../../src/cli/up/screen.ts";
import type { ServiceInfo } from "../../../src/client/library.ts";

Deno.test("a key asks for services, and what is typed can be changed and cancelled", () => {
  const requests: KeyRequest[] = [];
  const keys = new Keys((request) => requests.push(request));
  keys.type("x");
  assertEquals(keys.question, undefined);
  keys.type("r");
  keys.type("wxb\x7f\x7feb*");
  assertEquals(keys.question?.endsWith(": web*"), true, keys.question);
  keys.type("\r");
  keys.type("s\n");
  keys.type("l-\r");
  keys.type("rweb");
  keys.type("\x1b[A");
  assertEquals(keys.question, undefined);
  keys.type("q");
  assertEquals(requests, [
    { kind: "restart", pattern: "web*" },
    { kind: "stop", pattern: "*" },
    { kind: "logs", pattern: "-" },
    { kind: "quit" },
  ]);
});

Deno.test("lines go by above the block, which is drawn again, and a pipe gets lines only", () => {
  let out = "";
  const screen = new Screen((text) => void (out += text), true);
  screen.block = ["one", "two"];
  screen.flush();
  screen.add("line\n");
  screen.flush();
  screen.block = ["three"];
  screen.end();
  assertEquals(out, "one\ntwo\r\x1b[1A\x1b[Jline\none\ntwo\r\x1b[1A\x1b[Jthree\n");
  out = "";
  const pipe = new Screen((text) => void (out += text), false);
  pipe.block = ["one"];
  pipe.add("line\n");
  pipe.end();
  assertEquals(out, "line\n");
  assertEquals(new Screen(() => false, false).add("x\n"), false);
});

function service(
  name: string,
  state: ServiceInfo["state"],
  since: number,
  more: Partial<ServiceInfo> = {},
): ServiceInfo {
  const rest = { explicit: false, skipped: false, failed: false, reason: "normal", restarts: 0 } as const;
  return { name, state, target: "started", type: "process", since: new Date(since), ...rest, ...more };
}

Deno.test("the time of a start counts from its own beginning, that of the first one from the start of the daemon", () => {
  const boards = new Boards({ root: "/p", isNew: true, ports: () => [80] });
  const daemon = { version: "", pid: 2, socket: "", shuttingDown: false };
  const look = (now: number, ...services: ServiceInfo[]) =>
    boards.look({ daemon: { ...daemon, uptime: now - 1000 }, services }, now);
  const boot = service("boot", "started", 1000, { type: "internal" });
  const first = look(1300, boot, service("a", "started", 1200, { pid: 5 }), service("b", "starting", 1000));
  assertEquals(first.rows.map(({ name, look, took, ports }) => ({ name, look, took, ports })), [
    { name: "a", look: "ready", took: 200, ports: [80] },
    { name: "b", look: "starting", took: undefined, ports: [] },
  ]);
  assertEquals(first.settled, false);
  const second = look(1900, boot, service("a", "started", 1200), service("b", "started", 1800));
  assertEquals([second.rows[1].took, second.settled, second.took], [800, true, 800]);
  look(2600, boot, service("a", "started", 1200), service("b", "starting", 2500));
  const third = look(3000, boot, service("a", "started", 1200), service("b", "started", 2900));
  assertEquals([third.rows[0].took, third.rows[1].took, third.took], [200, 400, 800]);
});
