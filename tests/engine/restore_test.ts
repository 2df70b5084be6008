import { assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  NO_FLAGS,
  NO_OVERLAY,
  ServiceState,
  ServiceType,
} from "../../src/model/mod.ts";
import { type Plain, SavedStateError } from "../../src/model/saving.ts";
import { MainEnvironment } from "../../src/description/mod.ts";
import {
  launching,
  type LaunchStep,
  PHASE,
  type Phase,
  waitingForDependents,
} from "../../src/engine/lifecycle/phase.ts";
import { restore, snapshot } from "../../src/engine/restoring.ts";
import { readScenarios } from "./_notation.ts";
import { Play } from "./_scenario.ts";
import { World } from "./_world.ts";

/** The steps of a recovery, and of a start. */
const RECOVERIES: readonly LaunchStep[] = [
  { kind: "restart-delay" },
  { kind: "launching", then: "up" },
  { kind: "launching", then: "awaiting-readiness" },
  { kind: "launching", then: "awaiting-launcher" },
  { kind: "awaiting-readiness" },
  { kind: "awaiting-launcher" },
];
/** Every phase in which a service can be, except that only a service that is completely up can have been recovering. */
const ALL_PHASES: readonly Phase[] = [
  ...Object.values(PHASE),
  launching("running-start-command"),
  ...RECOVERIES.filter(({ kind }) => kind === "launching"),
  ...RECOVERIES.map((step) => ({ kind: "recovering", step } as const)),
  ...(["up", "half", "down"] as const).map((brought) => waitingForDependents(brought)),
  ...RECOVERIES.map((step) => waitingForDependents("up", step)),
  ...[true, false].flatMap((launcher) => [
    { kind: "awaiting-execution", launcher } as const,
    { kind: "asked-to-stop", launcher } as const,
  ]),
];

for (const scenario of readScenarios()) {
  Deno.test(`${scenario.id}, saved and restored after every step`, () => {
    const play = new Play(scenario);
    scenario.steps.forEach((step, index) => {
      play.step(step, `${scenario.id} step ${index + 1}`);
      play.world.restore();
      play.listen(play.world.manager);
    });
    assertEquals(play.world.manager.activeCount, scenario.active);
    play.windDown();
  });
}

Deno.test("the scenarios save and restore services in every phase, with all its details", () => {
  const reached = new Set<string>();
  for (const scenario of readScenarios()) {
    const play = new Play(scenario);
    for (const step of scenario.steps) {
      play.act(step);
      for (const { phase } of play.world.manager.services()) reached.add(JSON.stringify(phase));
    }
  }
  assertEquals([...reached].sort(), ALL_PHASES.map((phase) => JSON.stringify(phase)).sort());
});

Deno.test("a description with every kind of value is the same after restoring", () => {
  const world = new World();
  const description = {
    environment: {
      clear: true,
      set: new Map([["A", "\udcff bytes"]]),
      unset: new Set(["B"]),
      imported: new Set<string>(),
    },
    limits: [{ resource: "core" as const, soft: 18446744073709551615n, hard: "unlimited" as const }],
    runAs: { uid: 7, gid: undefined, name: undefined },
    flags: { ...NO_FLAGS, passCsFd: true },
  };
  const before = world.add("a", ServiceType.PROCESS, description).description;
  world.restore();
  assertEquals(world.service("a").description, before);
});

Deno.test("a description with default values shares them after restoring", () => {
  const world = new World();
  world.add("a", ServiceType.PROCESS);
  world.restore();
  const { environment, flags, limits } = world.service("a").description;
  assertEquals([environment === NO_OVERLAY, flags === NO_FLAGS, limits], [true, true, []]);
});

Deno.test("variables that clients have changed are changed again, in the same order", () => {
  const world = new World();
  const changes = [["A", "1"], ["B", "\udcff"], ["A", "2"], ["C", undefined], ["B", undefined], [
    "B",
    "3",
  ]] as const;
  for (const [name, value] of changes) world.manager.setEnvironment(name, value);
  const environment = new MainEnvironment({ C: "c", D: "d" });
  const restored = restore({ ...world.options, environment }, world.store.parts());
  restored.resume();
  assertEquals(restored.environmentEntries(), ["D=d", "A=2", "B=3"]);
});

Deno.test("a stop in a hurry is still in a hurry after restoring", () => {
  const world = new World();
  world.add("a", ServiceType.PROCESS, { stopTimeout: 60_000 });
  world.manager.start(world.service("a"));
  world.execSucceeded("a");
  world.manager.hasten("hurry");
  world.restore();
  world.manager.shutdown(4);
  assertEquals(world.clock.expiries(world.service("a").id), [world.clock.time + 1000]);
});

Deno.test("a restored engine is shutting down if it was, and gives out new ids", () => {
  const world = new World();
  world.add("a", ServiceType.INTERNAL);
  world.manager.shutdown(4);
  world.restore();
  assertEquals(world.manager.shuttingDown, true);
  assertEquals(world.manager.shutdownType, 4);
  assertEquals(world.manager.start(world.service("a")), "shutting-down");
  assertEquals(world.add("b", ServiceType.INTERNAL).id, world.service("a").id + 1);
});

Deno.test("a consumer and its placeholder find each other again", () => {
  const world = new World();
  const { graph } = world.manager;
  graph.setConsumer(graph.getOrPlaceholder("p"), world.add("c", ServiceType.PROCESS, { consumerOf: "p" }));
  world.restore();
  assertEquals(world.manager.find("p"), undefined);
  assertEquals(world.manager.graph.get("p")?.consumer, world.service("c"));
});

/** A world with two services and a placeholder, and its saved documents, which tests damage. */
function savedWorld(): { world: World; saved: Saved } {
  const world = new World();
  const base = world.add("base", ServiceType.PROCESS, { stopTimeout: 4000 });
  const web = world.add("web", ServiceType.PROCESS, {
    readyFd: 3,
    limits: [{ resource: "core", soft: 1n, hard: undefined }],
  });
  world.manager.graph.connect(web, base, DependencyKind.REGULAR);
  world.manager.graph.connect(web, world.manager.graph.getOrPlaceholder("later"), DependencyKind.AFTER);
  world.manager.start(web);
  world.execSucceeded("base");
  world.manager.setEnvironment("A", "1");
  const saved: Saved = {};
  for (const [part, documents] of world.store.parts()) saved[part] = Object.fromEntries(documents);
  return { world, saved };
}

/** Restores documents in the form of `savedWorld`. */
function restoreSaved(world: World, saved: Saved) {
  const parts = new Map<string, Map<number, Plain>>();
  for (const part of Object.keys(saved)) {
    const entries = Object.entries(saved[part]) as [string, Plain][];
    parts.set(part, new Map(entries.map(([number, document]) => [Number(number), document])));
  }
  return restore(world.options, parts);
}

// deno-lint-ignore no-explicit-any -- the tests put anything in any place
type Saved = any;

Deno.test("missing fields of a saved state have their defaults, and unknown fields and parts are ignored", () => {
  const { world, saved } = savedWorld();
  saved.service[1] = { phase: "up", colour: "red" };
  saved.service[2].process = { main: { pid: 7, colour: "red" } };
  saved.description[1] = { name: "base", type: ServiceType.PROCESS, colour: "red" };
  saved.engine[0].colour = { red: [1] };
  saved.colours = { 1: "red" };
  delete saved.environment;
  const restored = restoreSaved(world, saved);
  const [first] = restored.services();
  assertEquals(first.description, { ...DEFAULT_DESCRIPTION, name: "base", type: ServiceType.PROCESS });
  assertEquals([first.startFailed, first.restarts, first.since, first.times], [false, 0, 0, undefined]);
  assertEquals([first.state, first.claims], [ServiceState.STARTED, 1]);
  const nobody = { pid: undefined, execPending: false, ended: undefined, foreign: false };
  assertEquals(restored.find("web")!.process.main, { ...nobody, pid: 7 });
  assertEquals(restored.find("web")!.process.stop, nobody);
});

const SPOILT: readonly (readonly [what: string, spoil: (saved: Saved) => void, path: string])[] = [
  ["no document of the engine", (saved) => delete saved.engine, "description 1"],
  ["a next id that is a text", ({ engine }) => engine[0].nextId = "4", "engine 0.nextId"],
  ["an unknown type of shutdown", ({ engine }) => engine[0].shutdownType = 9, "engine 0.shutdownType"],
  ["an id that is given out again", ({ engine }) => engine[0].nextId = 2, "description 2"],
  ["an id that is no number of a service", ({ service }) => service[-1] = service[1], "service -1"],
  ["a stop held back of no service", ({ engine }) => engine[0].heldBack = [50], "engine 0.heldBack[0]"],
  [
    "no service that waits for the console",
    ({ engine }) => engine[0].console = { holder: "leaving-log", waiting: [1, 50] },
    "engine 0.console.waiting[1]",
  ],
  ["a service that is a list", ({ service }) => service[1] = [], "service 1"],
  ["a name that is a number", ({ description }) => description[1].name = 7, "description 1.name"],
  ["one name twice", ({ description }) => description[2].name = "base", "description 2.name"],
  [
    "the name of a service for one that is not loaded",
    ({ service }) => service[3].name = "web",
    "service 3.name",
  ],
  ["a service without any name", ({ service }) => delete service[3].name, "service 3.name"],
  ["a type that does not exist", ({ description }) => description[1].type = 77, "description 1.type"],
  ["an unknown phase", ({ service }) => service[1].phase = "asleep", "service 1.phase"],
  ["a phase that is a number", ({ service }) => service[1].phase = 3, "service 1.phase"],
  ["a phase without its details", ({ service }) => service[1].phase = "recovering", "service 1.phase.step"],
  [
    "a recovery that is no step",
    ({ service }) => service[1].phase = { kind: "recovering", step: { kind: "recovering", step: "up" } },
    "service 1.phase.step",
  ],
  ["a name that is not loaded and up", ({ service }) => service[3].phase = "up", "service 3.phase"],
  ["a flag that is a text", ({ service }) => service[1].force = "no", "service 1.force"],
  ["a time that is nothing", ({ service }) => service[1].since = null, "service 1.since"],
  [
    "a timer without a moment",
    ({ service }) => service[2].process.timer = { purpose: "stop-timeout" },
    "service 2.process.timer.at",
  ],
  [
    "an exit status of an unknown kind",
    ({ service }) => service[1].process.exit = { kind: "vanished" },
    "service 1.process.exit.kind",
  ],
  ["a child that is a number", ({ service }) => service[1].process.main = 4, "service 1.process.main"],
  ["an edge to nowhere", ({ edge }) => edge[1].to = 99, "edge 1.to"],
  ["an edge from nowhere", ({ edge }) => delete edge[2].from, "edge 2.from"],
  ["an edge of an unknown kind", ({ edge }) => edge[2].kind = 17, "edge 2.kind"],
  ["a consumer that is not there", ({ service }) => service[1].consumer = 50, "service 1.consumer"],
  ["no description", ({ description }) => delete description[2], "service 2.name"],
  [
    "a description with an id of the future",
    ({ description }) => description[9] = description[1],
    "description 9",
  ],
  ["a description without a type", ({ description }) => delete description[1].type, "description 1.type"],
  [
    "a command that is a text",
    ({ description }) => description[1].command = "/bin/x",
    "description 1.command",
  ],
  [
    "a limit that is a number",
    ({ description }) => description[2].limits[0].soft = 1,
    "description 2.limits[0].soft",
  ],
  [
    "a large number that is none",
    ({ description }) => description[2].limits[0].soft = { $bigint: "many" },
    "description 2",
  ],
  [
    "a map that is a number",
    ({ description }) => description[2].environment = { $map: 4 },
    "description 2",
  ],
  [
    "a variable without a name",
    ({ environment }) => environment[0].changes = [{ value: "1" }],
    "environment 0.changes[0].name",
  ],
];

for (const [what, spoil, path] of SPOILT) {
  Deno.test(`a saved state with ${what} is refused with its place, and nothing has changed`, () => {
    const { world, saved } = savedWorld();
    const before = [world.manager.environmentEntries(), [...world.clock.timers], world.store.lines()];
    spoil(saved);
    const error = assertThrows(() => restoreSaved(world, saved), SavedStateError);
    assertEquals(error.path, path);
    assertEquals([world.manager.environmentEntries(), [...world.clock.timers], world.store.lines()], before);
  });
}

Deno.test("an engine that is not at rest is not saved", () => {
  const world = new World();
  const service = world.add("a", ServiceType.INTERNAL);
  const errors: string[] = [];
  world.manager.addListener(service, {
    serviceEvent: () => errors.push(assertThrows(() => snapshot(world.manager), Error).message),
  });
  world.manager.start(service);
  world.manager.lifecycle.deactivate(service, { bringDown: true });
  assertThrows(() => snapshot(world.manager), Error, "not at rest"); // its drain is still to come
  world.manager.lifecycle.drain();
  snapshot(world.manager);
  world.manager.start(service, { pin: true });
  world.manager.lifecycle.processLost(service);
  assertThrows(() => snapshot(world.manager), Error, "not at rest"); // it is to be looked at again
  world.manager.lifecycle.drain();
  snapshot(world.manager);
  assertEquals(errors, Array(3).fill("Cannot save the engine: it is not at rest"));
});
