/** `dinitctl analyze` against a scripted daemon. */

import { assert, assertEquals } from "@std/assert";
import { packedStart } from "../../src/model/kept_start.ts";
import { ctl, failure, StandIn, success } from "./_stand_in.ts";

const OVERVIEW = {
  daemon: { version: "0.1.0", pid: 42, uptime: 1000, socket: "/s", shuttingDown: false },
  services: [],
};

const TOPICS = {
  times: [
    { name: "boot", asked: 0, unblocked: 1500, decidedBy: "web", ready: 1500 },
    { name: "web", asked: 0, unblocked: 1200, decidedBy: "db", launched: 1200, ready: 1500 },
    { name: "db", asked: 0, unblocked: 0, launched: 200, ready: 1200 },
    { name: "side", asked: 0, unblocked: 0, launched: 0, ready: 400 },
    { name: "bad", asked: 0, unblocked: 0, launched: 0, ended: 50 },
  ],
  graph: {
    nodes: [],
    edges: [
      { from: "boot", to: "web", kind: 2 },
      { from: "boot", to: "side", kind: 2 },
      { from: "boot", to: "bad", kind: 2 },
      { from: "web", to: "db", kind: 0 },
    ],
  },
};

const daemon = () => new StandIn({ overview: OVERVIEW, topics: TOPICS });

Deno.test("analyze shows the chain that decided, and what would decide without its longest link", async () => {
  await using stand = daemon();
  assertEquals(
    await ctl(stand, "analyze"),
    success(
      "boot started in 1.500 s.\n" +
        "The chain that decided it:\n" +
        "    1.200 s  db    before the launch 200 ms, start-up 1.000 s\n" +
        "     300 ms  web\n" +
        "       0 ms  boot\n" +
        "Without the time of db the start would take 400 ms: side, boot\n",
    ),
  );
  assertEquals((await ctl(stand, "analyze", "side")).out.split("\n")[0], "side started in 400 ms.");
});

Deno.test("analyze blame lists all services, the slowest first", async () => {
  await using stand = daemon();
  assertEquals(
    await ctl(stand, "analyze", "blame"),
    success("1.200 s  db\n 400 ms  side\n 300 ms  web\n  50 ms  bad  (failed)\n   0 ms  boot\n"),
  );
});

Deno.test("analyze chart draws in SVG, or with characters", async () => {
  await using stand = daemon();
  const { out, status } = await ctl(stand, "analyze", "chart");
  assertEquals([status, out.startsWith("<svg "), out.endsWith("</svg>\n")], [0, true, true]);
  const drawing = await ctl(stand, "analyze", "chart", "--terminal");
  const lines = drawing.out.trimEnd().split("\n");
  assertEquals(lines[0], "boot: 1.500 s");
  assertEquals(lines.slice(1).map((line) => line.split(/\s+/)[0]), ["bad", "side", "db", "web", "boot"]);
  assert(/^db +#+ 1\.200 s$/.test(lines[3]) && /^web +\.+#+ 300 ms$/.test(lines[4]), drawing.out);
  assert(/^side +=+ 400 ms$/.test(lines[2]), drawing.out);
  assert(lines.every((line) => line.length <= 80), drawing.out);
});

Deno.test("analyze --json has the chain, its parts and the times of all services", async () => {
  await using stand = daemon();
  const { out } = await ctl(stand, "--json", "analyze", "chart", "web");
  const { command, ok, start, blame } = JSON.parse(out);
  assertEquals([command, ok, start.target, start.total], ["analyze", true, "web", 1500]);
  assertEquals(start.chain.map(({ service }: { service: string }) => service), ["db", "web"]);
  assertEquals(start.chain[0].segments, [
    { kind: "before-launch", begin: 0, end: 200 },
    { kind: "start-up", begin: 200, end: 1200 },
  ]);
  assertEquals(blame[0], { service: "db", length: 1200, outcome: "started" });
});

Deno.test("analyze says what it cannot know", async () => {
  await using stand = daemon();
  assertEquals(await ctl(stand, "analyze", "none"), failure("dinitctl: service 'none' was never started.\n"));
  assertEquals(
    await ctl(stand, "analyze", "tree", "web"),
    failure("dinitctl: there is no view 'tree' (chain, blame or chart)\n"),
  );
  await using idle = new StandIn({ overview: OVERVIEW, topics: { ...TOPICS, times: [] } });
  assertEquals(await ctl(idle, "analyze"), failure("dinitctl: nothing was ever started.\n"));
  await using reference = new StandIn();
  assertEquals((await ctl(reference, "analyze")).err.includes("does not record the times of starts"), true);
});

/** A folder with three earlier starts of `web`, the last one of 300 ms, and with that of the daemon, number 4. */
function keptStarts(): string {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-starts-" });
  for (let number = 1; number <= 4; number++) {
    const began = 1_000_000 * number;
    const nothing = { decidedBy: undefined, stopAsked: undefined, ended: undefined };
    const times = [
      {
        name: "web",
        asked: began,
        unblocked: began,
        launched: began,
        ready: began + 100 * number,
        ...nothing,
      },
    ];
    const start = {
      began,
      written: began + 900,
      kernel: 1000,
      times,
      edges: [],
      phases: [],
      checked: ["web"],
    };
    Deno.writeTextFileSync(`${folder}/${number}.json`, JSON.stringify(packedStart(start)));
  }
  return folder;
}

Deno.test("analyze --boot explains an earlier start, and --boots lists all that are kept", async () => {
  const folder = keptStarts();
  try {
    const overview = { ...OVERVIEW, daemon: { ...OVERVIEW.daemon, starts: { folder, own: 4 } } };
    await using stand = new StandIn({ overview, topics: TOPICS });
    assertEquals(await ctl(stand, "analyze", "--boot=0"), await ctl(stand, "analyze"));
    assertEquals(
      await ctl(stand, "analyze", "--boot=-1"),
      success(
        "web started in 300 ms (the kernel before it: 1.000 s).\n" +
          "The chain that decided it:\n    300 ms  web  health check 300 ms\n" +
          "Without the time of web the start would take 0 ms: web\n",
      ),
    );
    assertEquals((await ctl(stand, "analyze", "--boot", "-3", "blame")).out, "100 ms  web\n");
    assertEquals(
      (await ctl(stand, "analyze", "chart", "--boot=-2")).out.includes("Start of web: 200 ms"),
      true,
    );
    const { boot, start } = JSON.parse((await ctl(stand, "--json", "analyze", "--boot=-2")).out);
    assertEquals([boot, start.total], [-2, 200]);
    Deno.writeTextFileSync(`${folder}/1.json`, "{");
    const listed = (await ctl(stand, "analyze", "--boots")).out.trimEnd().split("\n");
    assertEquals(listed.map((line) => line.trim().split(/ {2,}/)[0]), ["BOOT", "0", "-1", "-2", "-3"]);
    assert(
      /^0 .* 1\.500 s +boot +db$/.test(listed[1]) && /^-1 .* 300 ms +web +web$/.test(listed[2]),
      listed.join("\n"),
    );
    assert(listed[4].includes("it is damaged"), listed[4]);
    const { boots } = JSON.parse((await ctl(stand, "--json", "analyze", "--boots")).out);
    assertEquals(boots[1], {
      boot: -1,
      began: 3_000_000,
      target: "web",
      total: 300,
      complete: true,
      longest: "web",
    });
    const damaged = await ctl(stand, "analyze", "--boot=-3");
    assertEquals(damaged, failure(`dinitctl: cannot read ${folder}/1.json: it is damaged: it is not JSON\n`));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("an earlier start that is not kept is an error that says why", async () => {
  const folder = keptStarts();
  try {
    const ofFolder = (own: number, path = folder) =>
      new StandIn({
        overview: { ...OVERVIEW, daemon: { ...OVERVIEW.daemon, starts: { folder: path, own } } },
        topics: TOPICS,
      });
    await using stand = ofFolder(4);
    assertEquals(
      await ctl(stand, "analyze", "--boot=-4"),
      failure(
        `dinitctl: there is no start -4: the oldest start that is kept is -3 in ${folder} (analyze --boots lists them)\n`,
      ),
    );
    await using fresh = ofFolder(1, `${folder}/none`);
    assertEquals(
      (await ctl(fresh, "analyze", "--boot=-1")).err.includes("no earlier start is kept in"),
      true,
    );
    await using homeless = daemon();
    for (const option of ["--boot=-1", "--boots"]) {
      const { err, status } = await ctl(homeless, "analyze", option);
      assertEquals(
        [status, err.includes("it has no state folder. Start it with --state-dir=DIR")],
        [1, true],
        err,
      );
    }
    for (const value of ["-21", "1", "last", "-0", ""]) {
      assertEquals(
        (await ctl(stand, "analyze", `--boot=${value}`)).err,
        "dinitctl: --boot should be followed by 0 (this start), or by -1 to -20 (earlier ones)\n",
      );
    }
    assertEquals((await ctl(stand, "analyze", "--boots", "web")).status, 1);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
