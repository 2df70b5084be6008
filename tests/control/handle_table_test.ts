import { LimitError, ServiceType } from "../../src/model/mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { HandleTable } from "../../src/control/server/handle_table.ts";

const service = {
  id: 1,
  name: "web",
  type: ServiceType.PROCESS,
  dependencies: [],
  description: { directory: "" },
};

Deno.test("a new handle takes the lowest free number", () => {
  const table = new HandleTable(100);
  assertEquals([table.open(service), table.open(service), table.open(service)], [0, 1, 2]);
  table.close(1);
  table.close(0);
  assertEquals(table.get(1), undefined);
  assertEquals([table.open(service), table.open(service), table.open(service)], [0, 1, 3]);
});

Deno.test("the number of handles is limited, and a closed handle makes room again", () => {
  const table = new HandleTable(2);
  table.open(service);
  table.open(service);
  assertThrows(() => table.open(service), LimitError);
  table.close(1);
  assertEquals(table.open(service), 1);
});

Deno.test("numbers that were never given are no handles", () => {
  const table = new HandleTable(2);
  assertEquals([table.get(0), table.get(4_294_967_295)], [undefined, undefined]);
});
