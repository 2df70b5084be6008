import { assertEquals } from "@std/assert";
import { selector } from "../../src/cli/ctl/selection.ts";
import { ctl, failure, StandIn, status, success } from "./_stand_in.ts";

const NAMES = [
  "web",
  "web2",
  "db",
  "getty@tty1",
  "a.b",
  "a+b",
  "a[b",
  "a]b",
  "a\\b",
  "ä",
  "line\nbreak",
  "-",
];

const PATTERNS: readonly (readonly [string, string[]])[] = [
  ["web", ["web"]],
  ["web*", ["web", "web2"]],
  ["*", NAMES],
  ["**", NAMES],
  ["??", ["db"]],
  ["?", ["ä", "-"]],
  ["a.b", ["a.b"]],
  ["a?b", ["a.b", "a+b", "a[b", "a]b", "a\\b"]],
  ["a[.+]b", ["a.b", "a+b"]],
  ["a[!.+]b", ["a[b", "a]b", "a\\b"]],
  ["a[]]b", ["a]b"]],
  ["a[[]b", ["a[b"]],
  ["a[\\]b", ["a\\b"]],
  ["a[b", ["a[b"]],
  ["[w-x]eb", ["web"]],
  ["[z-a]eb", []],
  ["*@tty[0-9]", ["getty@tty1"]],
  ["(web|db)", []],
  ["[!-]", ["ä"]],
  ["[-]", ["-"]],
  ["line*", ["line\nbreak"]],
];

for (const [pattern, chosen] of PATTERNS) {
  Deno.test(`the pattern ${JSON.stringify(pattern)}`, () => {
    const isChosen = selector({ patterns: [pattern], states: [] });
    assertEquals(NAMES.filter((name) => isChosen({ name, status: status() })), chosen);
  });
}

const services = {
  web: status({ state: 2, target: 2 }),
  worker: status({ state: 1, target: 2 }),
  old: status({ state: 3 }),
  bad: status({ reason: 3, exit: { code: 1, status: 1 } }),
  idle: status(),
};

const names = (...list: string[]) => success(list.map((name) => `${name}\n`).join(""));

Deno.test("ctl list is limited by state and by patterns", async () => {
  await using daemon = new StandIn({ services });
  const list = (...args: string[]) => ctl(daemon, "list", "--names", ...args);
  assertEquals(await list(), names("web", "worker", "old", "bad", "idle"));
  assertEquals(await list("--state", "started"), names("web"));
  assertEquals(await list("--state=stopped"), names("bad", "idle"));
  assertEquals(await list("--state=failed"), names("bad"));
  assertEquals(await list("--state=starting", "--state=stopping"), names("worker", "old"));
  assertEquals(await list("w*"), names("web", "worker"));
  assertEquals(await list("w*", "idle", "--state=starting", "--state=stopped"), names("worker", "idle"));
  assertEquals(await ctl(daemon, "list", "web"), success("[{+}     ] web\n"));
  assertEquals(
    await list("--state=bogus"),
    failure("dinitctl: --state should be followed by one of: started, starting, stopping, stopped, failed\n"),
  );
});

Deno.test("ctl status is limited by state and by patterns, but an exact name comes first", async () => {
  await using daemon = new StandIn({ services: { ...services, "w*": status({ state: 2, target: 2 }) } });
  const status2 = async (...args: string[]) => {
    const { out } = await ctl(daemon, "status", ...args);
    return out.split("\n").slice(4, -1).map((line) => line.split(/ +/)[1]);
  };
  assertEquals(await status2("--state=failed", "--state=started"), ["web", "bad", "w*"]);
  assertEquals(await status2("w?b"), ["web"]);
  assertEquals((await ctl(daemon, "status", "w*")).out.split("\n")[0], "Service: w*");
  assertEquals(await ctl(daemon, "status", "z*"), failure("dinitctl: service not loaded.\n"));
  assertEquals(await ctl(daemon, "status", "zeta"), failure("dinitctl: service not loaded.\n"));
});
