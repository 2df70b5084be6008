import { assertEquals } from "@std/assert";
import { DIAGRAM, stateDiagram } from "../../scripts/state_diagram.ts";
import { isLegalChange, STATE_CHANGES } from "../../src/engine/lifecycle/state_changes.ts";
import { ServiceState, ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

Deno.test("the state diagram in the documentation is drawn from the table as it is", () => {
  assertEquals(Deno.readTextFileSync(DIAGRAM), stateDiagram());
});

Deno.test("the table names each way once, and none from a state to itself", () => {
  const ways = STATE_CHANGES.map(({ from, to }) => `${from} ${to}`);
  assertEquals(new Set(ways).size, ways.length);
  for (const state of Object.values(ServiceState)) assertEquals(isLegalChange(state, state), false);
});

Deno.test("a way that is not in the table is reported with both names", () => {
  const world = new World();
  const service = world.add("a", ServiceType.INTERNAL);
  world.manager.lifecycle.setState(service, ServiceState.STOPPING);
  assertEquals(world.log.messages, ["error internal error: service a goes from STOPPED to STOPPING"]);
});
