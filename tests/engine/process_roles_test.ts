import { assertEquals } from "@std/assert";
import { assemble } from "../../src/engine/assembly.ts";
import { ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

Deno.test("a process in another role is kept beside the command and the stop command", () => {
  const world = new World();
  const [first, second] = ["first", "second"].map((name) =>
    world.add(name, ServiceType.PROCESS, { stopCommand: ["/bin/stop"] })
  );
  const { graph } = world.manager;
  const { launcher } = assemble(world.options, { graph, isShuttingDown: () => false, emit: () => {} });
  world.manager.start(first);
  world.execSucceeded("first");
  world.manager.start(second);
  assertEquals(launcher.launchStopCommand(first, "check"), true);
  const { pid } = world.host.process(first.id, "check")!;
  assertEquals(first.process.others, {
    check: { pid, execPending: true, ended: undefined, foreign: false },
  });
  assertEquals([first.process.stop.pid, second.process.others], [undefined, {}]);
});

Deno.test("events of a process in an unknown role are logged and change nothing", () => {
  const world = new World();
  const service = world.add("p", ServiceType.PROCESS);
  world.manager.start(service);
  const before = structuredClone(service.process);
  for (const role of ["nobody", "toString"]) {
    world.manager.execSucceeded(service.id, role);
    world.manager.execFailed(service.id, role, 18, 2);
    world.manager.exited(service.id, role, { kind: "exited", code: 0 });
  }
  assertEquals(service.process, before);
  assertEquals(
    world.log.messages,
    ["nobody", "toString"].flatMap((role) =>
      ["executed", "execution-failed", "exited"].map((event) =>
        `error internal error: event ${event} (${role}) for service p in phase launching`
      )
    ),
  );
});
