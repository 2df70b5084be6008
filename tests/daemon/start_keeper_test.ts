/** The daemon keeps how it has started, without a price for its start. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { StartKeeper } from "../../src/daemon/start_keeper.ts";
import { newMemory } from "../../src/daemon/surviving/daemon_state.ts";
import { EventRing } from "../../src/engine/mod.ts";
import {
  analyseStart,
  earlierStarts,
  keptRecords,
  KeptStartError,
  readKeptStart,
} from "../../src/insight/mod.ts";
import { DependencyKind, ServiceType } from "../../src/model/mod.ts";
import { World } from "../engine/_world.ts";
import "../_processes.ts";
import { KeptLog } from "./_scene.ts";

/** A daemon that starts `boot`, which waits for `web`, and its keeper. */
function scene(folder: string | undefined) {
  const world = new World();
  const { manager } = world;
  const web = world.add("web", ServiceType.PROCESS, { startTimeout: 0 });
  const boot = world.add("boot", ServiceType.INTERNAL);
  manager.graph.connect(boot, web, DependencyKind.WAITS_FOR);
  const log = new KeptLog();
  const stray: unknown[] = [];
  const memory = newMemory(world.clock.time, { hangUpIgnored: false });
  const due: { call: () => void; at: number }[] = [];
  const ring = new EventRing();
  const makeKeeper = () =>
    new StartKeeper({
      folder,
      log,
      ring,
      manager: () => manager,
      state: () => ({ memory, change: (changes) => void Object.assign(memory, changes) }),
      checked: () => ["web"],
      later: (call, milliseconds) => due.push({ call, at: world.clock.time + milliseconds }),
      stray: { report: (error: unknown) => stray.push(error) } as never, // no other method is used
    });
  const keeper = makeKeeper();
  return {
    world,
    log,
    memory,
    keeper,
    makeKeeper,
    stray,
    ring,
    start: () => manager.start(boot),
    /** Time passes, and what is due then is done. */
    async pass(milliseconds: number) {
      const end = world.clock.time + milliseconds;
      for (;;) {
        const index = due.findIndex(({ at }) => at <= end);
        if (index === -1) break;
        const [{ call, at }] = due.splice(index, 1);
        world.advance(Math.max(0, at - world.clock.time));
        call();
        await keeper.close();
      }
      world.advance(end - world.clock.time);
    },
    waiting: () => due.length,
  };
}

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const parent = Deno.makeTempDirSync({ prefix: "dinit-starts-" });
  try {
    await test(`${parent}/state/starts`);
  } finally {
    Deno.removeSync(parent, { recursive: true });
  }
}

const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("a start is kept when it is over, and explained from its file as from the daemon", async () => {
  await inFolder(async (folder) => {
    const { world, keeper, start, stray, waiting, memory } = scene(folder);
    start();
    world.advance(250);
    world.execSucceeded("web");
    await keeper.look();
    assertEquals([stray, waiting(), names(folder), memory.keptStart], [[], 0, ["1.json"], 1]);
    assertEquals(keeper.place, { starts: { folder, own: 1 } });
    const kept = readKeptStart(`${folder}/1.json`);
    const edges = [{ from: "boot", to: "web", kind: DependencyKind.WAITS_FOR }];
    const live = analyseStart({ times: world.manager.times(), edges, checked: new Set(["web"]) }, "boot", 0);
    assertEquals(analyseStart(keptRecords(kept), "boot", kept.written), live);
    assertEquals((Deno.statSync(`${folder}/1.json`).mode ?? 0) & 0o777, 0o600);
    await keeper.look();
    assertEquals(names(folder), ["1.json"]);
  });
});

Deno.test("the last 20 starts before that of the daemon are kept, the last one first", async () => {
  await inFolder(async (folder) => {
    Deno.mkdirSync(folder, { recursive: true });
    for (let number = 1; number <= 30; number++) Deno.writeTextFileSync(`${folder}/${number}.json`, "{}");
    Deno.writeTextFileSync(`${folder}/notes.txt`, "of somebody else");
    const { world, keeper, start } = scene(folder);
    start();
    world.execSucceeded("web");
    assertEquals(earlierStarts({ folder })[0], `${folder}/30.json`);
    await keeper.look();
    const wanted = Array.from({ length: 20 }, (_, index) => `${folder}/${30 - index}.json`);
    assertEquals(earlierStarts({ folder, own: 31 }), wanted);
    assertEquals(names(folder).length, 22);
    assert(names(folder).includes("notes.txt"));
  });
});

Deno.test("a start that takes more than a minute is kept as far as it is, and once more when it is over", async () => {
  await inFolder(async (folder) => {
    const { world, keeper, start, pass, memory, waiting } = scene(folder);
    start();
    await keeper.look();
    await pass(59_000);
    assertEquals([memory.keptStart, waiting()], [undefined, 1]);
    await pass(100_000);
    const early = readKeptStart(`${folder}/1.json`);
    assertEquals(analyseStart(keptRecords(early), "boot", early.written)?.end, undefined);
    world.execSucceeded("web");
    await pass(600_000);
    const late = readKeptStart(`${folder}/1.json`);
    assert(analyseStart(keptRecords(late), "boot", late.written)?.end !== undefined);
    assertEquals([names(folder), waiting()], [["1.json"], 0]);
  });
});

Deno.test("a program that takes over keeps the start only if the one before has not", async () => {
  await inFolder(async (folder) => {
    const { world, keeper, makeKeeper, start } = scene(folder);
    start();
    world.execSucceeded("web");
    await keeper.look();
    await makeKeeper().look();
    assertEquals(names(folder), ["1.json"]);
  });
});

Deno.test("a folder that cannot be written costs one line", async () => {
  await inFolder(async (folder) => {
    Deno.mkdirSync(folder.slice(0, folder.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(folder, "no folder");
    const { world, keeper, start, log, stray, waiting } = scene(folder);
    start();
    world.execSucceeded("web");
    await keeper.look();
    await keeper.look();
    assertEquals([log.lines.length, stray, waiting()], [1, [], 0]);
    assert(
      log.lines[0].startsWith(`warn cannot keep this start in ${folder} for dinitctl analyze: `),
      log.lines[0],
    );
    assertEquals(keeper.place, { starts: { folder } });
  });
});

Deno.test("without a folder, without a service and at a shutdown nothing is kept", async () => {
  const homeless = scene(undefined);
  homeless.start();
  homeless.world.execSucceeded("web");
  await homeless.keeper.look();
  assertEquals([homeless.keeper.place, homeless.stray, homeless.log.lines], [{}, [], []]);
  await inFolder(async (folder) => {
    const { keeper, stray, log } = scene(folder);
    await keeper.look();
    assertEquals([stray, log.lines], [[], []]);
    assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
  });
});

Deno.test("a start of 1,000 services with names of any bytes takes less than 200 KB", async () => {
  await inFolder(async (folder) => {
    const { world, keeper, start, ring } = scene(folder);
    const { graph } = world.manager;
    const web = graph.get("web")!; // the scene has made it
    for (let index = 0; index < 1000; index++) {
      const service = world.add(`service-\udc80-${index}`, ServiceType.INTERNAL);
      graph.connect(graph.get("boot")!, service, DependencyKind.REGULAR);
      graph.connect(service, web, DependencyKind.REGULAR);
    }
    start();
    for (let seq = 0; seq < 1000; seq++) {
      ring.fact({
        kind: "phase",
        id: 1,
        service: `service-\udc80-${seq}`,
        from: "launching",
        to: "awaiting-readiness",
        state: 1,
        at: Date.now(),
        time: seq,
      });
    }
    world.execSucceeded("web");
    await keeper.look();
    const { size } = Deno.statSync(`${folder}/1.json`);
    assert(size < 200_000, `${size} bytes`);
    const kept = readKeptStart(`${folder}/1.json`);
    assertEquals([kept.times.length, kept.phases.length], [1002, 1000]);
    assertEquals(kept.times.at(-1)?.name, "service-\udc80-999");
  });
});

Deno.test("a damaged file is an error with its path, whatever is wrong with it", async () => {
  await inFolder(async (folder) => {
    const { world, keeper, start } = scene(folder);
    start();
    world.execSucceeded("web");
    await keeper.look();
    const path = `${folder}/1.json`;
    const good = Deno.readTextFileSync(path);
    const damages = ["", "{", "null", "[]", good.replace('"form":1', '"form":2'), good.replace('"web"', "7")];
    damages.push(
      good.replace(/"times":\[\[\d/, '"times":[[99'),
      good.replace(/"edges":\[\[\d/, '"edges":[["x"'),
    );
    for (const text of damages) {
      assert(text !== good, "the test changes nothing");
      Deno.writeTextFileSync(path, text);
      const error = assertThrows(() => readKeptStart(path), KeptStartError);
      assert(error.message.startsWith(`cannot read ${path}: it is damaged: `), error.message);
    }
    Deno.removeSync(path);
    assertThrows(() => readKeptStart(path), KeptStartError, "No such file");
  });
});
