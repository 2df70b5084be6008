import { assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  NO_FLAGS,
  ServiceState,
  ServiceType,
} from "../../src/model/mod.ts";
import {
  launching,
  type LaunchStep,
  PHASE,
  type Phase,
  waitingForDependents,
} from "../../src/engine/lifecycle/phase.ts";
import { restore, SavedStateError, snapshot } from "../../src/engine/mod.ts";
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
      const before = snapshot(play.world.manager);
      play.world.saveAndRestore();
      assertEquals(snapshot(play.world.manager), before);
      play.world.saveAndRestore({ later: 7 });
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
  world.saveAndRestore();
  assertEquals(world.service("a").description, before);
});

Deno.test("a timer keeps its remaining time, minus the elapsed time", () => {
  const world = new World();
  world.add("a", ServiceType.PROCESS, { startTimeout: 5000 });
  world.manager.start(world.service("a"));
  world.advance(1000);
  const taken = snapshot(world.manager);
  world.clock.time = 90_000;
  const restored = restore(world.options, taken, { elapsed: 1500 });
  assertEquals(world.clock.expiries(restored.find("a")!.id), [90_000 + 2500]);
});

Deno.test("a restored engine is shutting down if it was, and gives out new ids", () => {
  const world = new World();
  world.add("a", ServiceType.INTERNAL);
  world.manager.shutdown(4);
  world.saveAndRestore();
  assertEquals(world.manager.shuttingDown, true);
  assertEquals(world.manager.shutdownType, 4);
  assertEquals(world.manager.start(world.service("a")), "shutting-down");
  assertEquals(world.add("b", ServiceType.INTERNAL).id, world.service("a").id + 1);
});

Deno.test("a consumer and its placeholder find each other again", () => {
  const world = new World();
  const producer = world.manager.graph.getOrPlaceholder("p");
  producer.consumer = world.add("c", ServiceType.PROCESS, { consumerOf: "p" });
  world.saveAndRestore();
  assertEquals(world.manager.find("p"), undefined);
  assertEquals(world.manager.graph.get("p")?.consumer, world.service("c"));
});

/** A world with a service in each kind of state, and its saved form, which tests damage. */
function savedWorld(): { world: World; saved: { version: number; engine: Saved } } {
  const world = new World();
  const base = world.add("base", ServiceType.PROCESS, { stopTimeout: 4000 });
  const web = world.add("web", ServiceType.PROCESS, {
    readyFd: 3,
    limits: [{ resource: "core", soft: 1n, hard: undefined }],
  });
  world.manager.graph.connect(web, base, DependencyKind.REGULAR);
  world.manager.start(web);
  world.execSucceeded("base");
  return { world, saved: JSON.parse(JSON.stringify(snapshot(world.manager))) };
}

// deno-lint-ignore no-explicit-any -- the tests put anything in any place
type Saved = any;

Deno.test("a newer format is refused, and so is an unknown old one", () => {
  for (
    const [version, problem] of [[3, "format 3 is of a newer program"], [1, "format 1 is not known"]] as const
  ) {
    const { world, saved } = savedWorld();
    assertThrows(() => restore(world.options, { ...saved, version }), SavedStateError, problem);
  }
});

Deno.test("missing fields of a saved state have their defaults", () => {
  const { world, saved } = savedWorld();
  const [base, web] = saved.engine.records;
  for (const name of ["since", "startFailed", "reason", "restarts", "times", "pinStop", "description"]) {
    if (name !== "description") delete base[name];
  }
  base.description = { type: ServiceType.PROCESS };
  delete base.process.timer;
  delete base.process.others;
  delete web.process.stop;
  delete saved.engine.lifecycle.console;
  const restored = restore(world.options, saved);
  const [first] = restored.services();
  assertEquals(first.description, { ...DEFAULT_DESCRIPTION, type: ServiceType.PROCESS });
  assertEquals([first.startFailed, first.restarts, first.times], [false, 0, undefined]);
  assertEquals([first.state, first.claims], [ServiceState.STARTED, 1]);
  assertEquals(restored.find("web")!.process.stop, {
    pid: undefined,
    execPending: false,
    ended: undefined,
    foreign: false,
  });
});

const SPOILT: readonly (readonly [what: string, spoil: (engine: Saved) => void, path: string])[] = [
  ["a name that is a number", ({ records }) => records[0].name = 7, "engine.records[0].name"],
  ["no id", ({ records }) => delete records[1].id, "engine.records[1].id"],
  ["a type that does not exist", ({ records }) => records[0].type = 77, "engine.records[0].type"],
  ["no phase", ({ records }) => delete records[0].phase, "engine.records[0].phase"],
  [
    "an unknown phase",
    ({ records }) => records[0].phase = { kind: "asleep" },
    "engine.records[0].phase.kind",
  ],
  [
    "a recovery that is no step",
    ({ records }) => records[0].phase = { kind: "recovering", step: { kind: "up" } },
    "engine.records[0].phase.step",
  ],
  ["a flag that is a text", ({ records }) => records[0].force = "no", "engine.records[0].force"],
  [
    "a timer without a moment",
    ({ records }) => records[1].process.timer = { purpose: "stop-timeout" },
    "engine.records[1].process.timer.at",
  ],
  [
    "a command that is a text",
    ({ records }) => records[0].description.command = "/bin/x",
    "engine.records[0].description.command",
  ],
  [
    "a limit that is a number",
    ({ records }) => records[1].description.limits[0].soft = 1,
    "engine.records[1].description.limits[0].soft",
  ],
  ["records that are no list", (engine) => engine.records = {}, "engine.records"],
  ["an edge to nowhere", ({ edges }) => edges[0].to = 99, "engine.edges[0].to"],
  [
    "a dependent that is another's",
    ({ records }) => records[1].dependents = [0],
    "engine.records[1].dependents",
  ],
  ["an edge that its end does not know", ({ records }) => records[0].dependents = [], "engine.edges"],
  ["one name twice", ({ records }) => records[1].name = "base", "engine.records[1]"],
  ["an id that is given out again", (engine) => engine.nextId = 2, "engine.records[1]"],
  ["a consumer that is not there", ({ records }) => records[0].consumer = 50, "engine.records[0].consumer"],
];

for (const [what, spoil, path] of SPOILT) {
  Deno.test(`a saved state with ${what} is refused with its place`, () => {
    const { world, saved } = savedWorld();
    spoil(saved.engine);
    const error = assertThrows(() => restore(world.options, saved), SavedStateError);
    assertEquals(error.path, path);
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
