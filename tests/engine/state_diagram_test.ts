import { assert, assertEquals } from "@std/assert";
import { DIAGRAM, stateDiagram } from "../../scripts/state_diagram.ts";
import { PHASE_STATES } from "../../src/engine/lifecycle/phase.ts";
import { IMPOSSIBLE, NOTHING, PHASE_TABLE } from "../../src/engine/lifecycle/phase_table.ts";
import { BEHAVIOURS } from "../../src/engine/launcher/behaviours.ts";
import type { Launcher } from "../../src/engine/launcher/launcher.ts";
import { isLegalChange, STATE_CHANGES, STATE_NAMES } from "../../src/engine/lifecycle/state_changes.ts";
import { ServiceState, ServiceType } from "../../src/model/mod.ts";
import { World } from "./_world.ts";

Deno.test("the state diagram in the documentation is drawn from the current table", () => {
  assertEquals(Deno.readTextFileSync(DIAGRAM), stateDiagram());
});

Deno.test("the table has each transition once, and none from a state to itself", () => {
  const ways = STATE_CHANGES.map(({ from, to }) => `${from} ${to}`);
  assertEquals(new Set(ways).size, ways.length);
  for (const state of Object.values(ServiceState)) assertEquals(isLegalChange(state, state), false);
});

Deno.test("the page on the engine explains every phase with its state, and every event", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/engine.md", import.meta.url));
  const rows = page.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split(/ *\| */));
  const explained = new Map(rows.map(([, name, second]) => [name.replaceAll("`", ""), second]));
  for (const [kind, state] of Object.entries(PHASE_STATES)) {
    assertEquals(explained.get(kind), STATE_NAMES[state]);
  }
  for (const event of Object.keys(PHASE_TABLE.stopped)) assert(explained.has(event), event);
  assertEquals(explained.size, Object.keys(PHASE_STATES).length + Object.keys(PHASE_TABLE.stopped).length);
});

Deno.test("the table uses every reaction that the engine has", () => {
  const { lifecycle } = new World().manager;
  const launcher = {} as Launcher; // only asked for names
  const ofTypes = Object.values(BEHAVIOURS).flatMap((make) => Object.keys(make(launcher).reactions ?? {}));
  const has = [...Object.keys(lifecycle.reactions()), ...new Set(ofTypes)];
  const used = new Set<string>(Object.values(PHASE_TABLE).flatMap((row) => Object.values(row)));
  used.delete(IMPOSSIBLE);
  used.delete(NOTHING);
  assertEquals(has.sort(), [...used].sort());
});

Deno.test("a transition that is not in the table is reported with both names", () => {
  const world = new World();
  const service = world.add("a", ServiceType.INTERNAL);
  world.manager.lifecycle.enter(service, { kind: "interrupting" });
  assertEquals(world.log.messages, ["error internal error: service a goes from stopped to interrupting"]);
});
