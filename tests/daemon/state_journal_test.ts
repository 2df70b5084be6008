import { assert, assertEquals, assertThrows } from "@std/assert";
import { fc } from "../random.ts";
import { type Plain, SavedStateError, type StatePart } from "../../src/model/saving.ts";
import { StateJournal, type StatePlace } from "../../src/daemon/surviving/state_journal.ts";
import { changeText, readState, stepLine } from "../../src/daemon/surviving/state_text.ts";

/** A place in memory. */
class Memory implements StatePlace {
  text = "";
  #complete: () => string | undefined = () => undefined;
  append(line: string): void {
    this.text += line;
    if (this.text.length > 100_000) this.text = this.#complete() ?? this.text;
  }
  keepState(complete: () => string | undefined): void {
    this.#complete = complete;
    this.text = complete() ?? "";
  }
}

class Documents implements StatePart {
  readonly name: string;
  readonly values = new Map<number, Plain>();
  made = 0;
  constructor(name: string) {
    this.name = name;
  }
  document(number: number): Plain | undefined {
    this.made += 1;
    return this.values.get(number);
  }
}

function world(): { memory: Memory; journal: StateJournal; services: Documents; processes: Documents } {
  const memory = new Memory();
  const journal = new StateJournal();
  journal.addPlace(memory);
  return { memory, journal, services: new Documents("service"), processes: new Documents("process") };
}

/** The saved documents of a part. */
function saved(text: string, part: string): [number, Plain][] {
  return [...readState(text)?.parts.get(part) ?? []];
}

Deno.test("a change outside of a step is saved at once", () => {
  const { memory, journal, services } = world();
  services.values.set(1, { up: true });
  journal.changed(services, 1);
  assertEquals(saved(memory.text, "service"), [[1, { up: true }]]);
  services.values.delete(1);
  journal.changed(services, 1);
  assertEquals(saved(memory.text, "service"), []);
});

Deno.test("the changes of a step are valid together, and each document is made once", () => {
  const { memory, journal, services, processes } = world();
  const before = memory.text;
  journal.step(() => {
    for (let round = 0; round < 10; round++) {
      services.values.set(1, round);
      journal.step(() => journal.changed(services, 1));
      processes.values.set(12, "p");
      journal.changed(processes, 12);
    }
    assertEquals(memory.text, before);
  });
  assertEquals([services.made, processes.made], [1, 1]);
  assertEquals(saved(memory.text, "service"), [[1, 9]]);
  assertEquals(saved(memory.text, "process"), [[12, "p"]]);
});

Deno.test("nothing is saved from the first step that fails on", () => {
  const { memory, journal, services } = world();
  const before = memory.text;
  assertThrows(
    () =>
      journal.step(() => {
        services.values.set(1, "half");
        journal.changed(services, 1);
        throw new Error("bug");
      }),
    Error,
    "bug",
  );
  assertEquals(memory.text, before);
  services.values.set(2, "later");
  journal.changed(services, 2);
  journal.step(() => journal.changed(services, 1));
  assertEquals(memory.text, before);
  journal.abandon();
  assertEquals(readState(memory.text), undefined);
});

Deno.test("a place that comes later has the whole state", () => {
  const { journal, services } = world();
  services.values.set(1, "a");
  journal.changed(services, 1);
  const later = new Memory();
  journal.addPlace(later);
  services.values.set(2, "b");
  journal.changed(services, 2);
  assertEquals(saved(later.text, "service"), [[1, "a"], [2, "b"]]);
});

Deno.test("the journal of many changes stays small, and loses nothing", () => {
  const { memory, journal, services } = world();
  for (let round = 0; round < 30_000; round++) {
    services.values.set(round % 7, { round, text: "x".repeat(50) });
    journal.changed(services, round % 7);
  }
  assert(memory.text.length < 110_000, `${memory.text.length} characters`);
  assertEquals(saved(memory.text, "service").length, 7);
});

Deno.test("lines of the record of processes may stand between the steps", () => {
  const { memory, journal, services } = world();
  services.values.set(1, "a");
  journal.changed(services, 1);
  memory.text = `{"format":"dinit processes","version":2}\n${memory.text}{"launch":1}\n{"sta`;
  assertEquals(saved(memory.text, "service"), [[1, "a"]]);
  assertEquals(readState('{"launch":1}\n'), undefined);
});

Deno.test("state of a newer program is refused", () => {
  const line = stepLine(1, changeText("service", 1, "a"), { complete: true }).replace(
    '"state":1',
    '"state":2',
  );
  assertThrows(() => readState(line), SavedStateError, "format 2 is of a newer program");
});

Deno.test("a journal that is cut off anywhere has the state of an earlier step, or none", () => {
  const { memory, journal, services } = world();
  const states = new Set([JSON.stringify(undefined), JSON.stringify([])]);
  for (let round = 0; round < 20; round++) {
    services.values.set(round % 3, { round, "a\nb": '"}]' });
    journal.changed(services, round % 3);
    states.add(JSON.stringify(saved(memory.text, "service").sort()));
  }
  for (let length = 0; length < memory.text.length; length++) {
    const reading = attempt(memory.text.slice(0, length));
    if (reading === "refused") continue;
    const parts = reading && [...reading.parts.get("service") ?? []].sort();
    assert(states.has(JSON.stringify(parts)), `cut off at ${length}: ${JSON.stringify(parts)}`);
  }
});

Deno.test("a flipped bit never mixes steps: the state is refused, or that of an earlier step", () => {
  const { memory, journal, services } = world();
  const states = new Set<string>();
  for (let round = 0; round < 20; round++) {
    services.values.set(round % 3, { round });
    journal.changed(services, round % 3);
    states.add(JSON.stringify(saved(memory.text, "service").sort()));
  }
  const bytes = new TextEncoder().encode(memory.text);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (place, bit) => {
      const damaged = bytes.slice();
      damaged[place] ^= 1 << bit;
      const reading = attempt(new TextDecoder().decode(damaged));
      if (reading === "refused" || reading === undefined) return true;
      return states.has(JSON.stringify([...reading.parts.get("service") ?? []].sort()));
    }),
    { numRuns: 2000 },
  );
});

function attempt(text: string): ReturnType<typeof readState> | "refused" {
  try {
    return readState(text);
  } catch (error) {
    assert(error instanceof SavedStateError, String(error));
    return "refused";
  }
}
