import { assertEquals } from "@std/assert";
import {
  DependencyKind,
  LaunchStage,
  type ServiceDescription,
  ServiceEvent,
  ServiceState,
  ServiceType,
} from "../../src/model/mod.ts";
import { World } from "./_world.ts";

const { STOPPED, STARTING, STOPPING } = ServiceState;
const { PROCESS, BGPROCESS, SCRIPTED } = ServiceType;

/** How the start of the service `p` fails, and the state that its listeners find then (lifecycle 10). */
const CASES: readonly (readonly [
  how: string,
  type: ServiceType,
  fail: (world: World) => void,
  state: ServiceState,
  description?: Partial<ServiceDescription>,
])[] = [
  [
    "its process ends too early",
    PROCESS,
    (world) => {
      world.execSucceeded("p");
      world.ends("p", { exit: 1 });
    },
    STARTING,
    { readyFd: 3 },
  ],
  ["its launcher fails", BGPROCESS, (world) => {
    world.execSucceeded("p");
    world.ends("p", { exit: 1 });
  }, STARTING],
  ["its start command fails", SCRIPTED, (world) => {
    world.execSucceeded("p");
    world.ends("p", { exit: 1 });
  }, STARTING],
  ["its start command cannot be executed", SCRIPTED, (world) => world.execFailed("p"), STARTING],
  ["its program cannot be executed", PROCESS, (world) => world.execFailed("p"), STOPPING],
  ["its launcher cannot be executed", BGPROCESS, (world) => world.execFailed("p"), STOPPING],
  ["it takes too long", PROCESS, (world) => world.advance(5000), STOPPING, { startTimeout: 5000 }],
  [
    "its readiness descriptor is closed",
    PROCESS,
    (world) => {
      world.execSucceeded("p");
      world.manager.readinessClosed(world.service("p").id);
    },
    STOPPING,
    { readyFd: 3 },
  ],
];

function failureStates(world: World): ServiceState[] {
  const states: ServiceState[] = [];
  world.manager.addListener(world.service("p"), {
    serviceEvent: (service, event) => {
      if (event === ServiceEvent.FAILEDSTART) states.push(service.state);
    },
  });
  return states;
}

for (const [how, type, fail, state, description] of CASES) {
  const name = Object.keys(ServiceType)[type].toLowerCase();
  Deno.test(`the state of a ${name} service when it is said to have failed, because ${how}`, () => {
    const world = new World();
    const service = world.add("p", type, description);
    const states = failureStates(world);
    world.manager.start(service);
    fail(world);
    assertEquals(states, [state]);
  });
}

Deno.test("a service that cannot be launched is STOPPING when it is said to have failed", () => {
  const world = new World();
  world.host.launchErrors.push({ stage: LaunchStage.EXECUTE, errno: 12, error: "could not fork" });
  const service = world.add("p", PROCESS);
  const states = failureStates(world);
  world.manager.start(service);
  assertEquals(states, [STOPPING]);
});

Deno.test("a service whose dependency has failed is STOPPED when it is said to have failed", () => {
  const world = new World();
  const service = world.add("p", PROCESS);
  const base = world.add("base", PROCESS);
  world.manager.graph.connect(service, base, DependencyKind.REGULAR);
  const states = failureStates(world);
  world.manager.start(service);
  world.execFailed("base");
  assertEquals(states, [STOPPED]);
});
