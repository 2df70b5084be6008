import { assertEquals, assertThrows } from "@std/assert";
import { MainEnvironment, parseEnvironmentFile } from "../../src/description/mod.ts";
import { encodeBytes, type EnvironmentOverlay, LimitError, NO_OVERLAY } from "../../src/model/mod.ts";

function overlay(text: string): EnvironmentOverlay {
  return parseEnvironmentFile(encodeBytes(text)).overlay;
}

function main(processEnvironment: Record<string, string>, file = ""): MainEnvironment {
  const environment = new MainEnvironment(processEnvironment);
  environment.applyFile(parseEnvironmentFile(encodeBytes(file)));
  return environment;
}

Deno.test("the main environment begins as the daemon's", () => {
  assertEquals(new MainEnvironment([["B", "1"], ["A", "2"]]).entries(), [["B", "1"], ["A", "2"]]);
  assertEquals(new MainEnvironment({ B: "1", A: "2" }).entries(), [["B", "1"], ["A", "2"]]);
});

Deno.test("changes keep the place of a variable, and additions come last", () => {
  const environment = main({ A: "1", B: "2", C: "3" }, "X=x\nB=two\n!unset A\n");
  assertEquals(environment.entries(), [["B", "two"], ["C", "3"], ["X", "x"]]);
});

Deno.test("setting and removing at run time return whether there was a value", () => {
  const environment = main({ A: "1" });
  assertEquals(environment.set("A", "2"), true);
  assertEquals(environment.set("B", ""), false);
  assertEquals(environment.set("B", "3"), true);
  assertEquals(environment.unset("A"), true);
  assertEquals(environment.unset("A"), false);
  assertEquals([environment.get("A"), environment.get("B")], [undefined, "3"]);
});

Deno.test("the main file can clear, and import from the daemon's own environment", () => {
  const environment = main({ A: "1", B: "2" }, "!clear\n!import B NONE\nC=3\n");
  assertEquals(environment.entries(), [["B", "2"], ["C", "3"]]);
});

Deno.test("a service without an overlay has the main environment of the moment", () => {
  const environment = main({ A: "1" });
  environment.set("B", "2");
  assertEquals([...environment.compose(NO_OVERLAY)], [["A", "1"], ["B", "2"]]);
});

Deno.test("an overlay overrides, adds and removes", () => {
  const environment = main({ A: "1", B: "2", C: "3" });
  assertEquals([...environment.compose(overlay("B=two\n!unset C\nD=4\n"))], [["A", "1"], ["B", "two"], [
    "D",
    "4",
  ]]);
});

Deno.test("an overlay that imports has the value of the main layer", () => {
  const environment = main({ A: "process" }, "A=main\n");
  assertEquals([...environment.compose(overlay("A=x\n!import A\n"))], [["A", "main"]]);
  assertEquals([...environment.compose(overlay("!clear\n!import A\n"))], [["A", "main"]]);
});

Deno.test("after !clear, an import finds the daemon's variable although the main layer removed it", () => {
  const environment = main({ A: "process" });
  environment.unset("A");
  assertEquals([...environment.compose(overlay("!import A\n"))], []);
  assertEquals([...environment.compose(overlay("!clear\n!import A\n"))], [["A", "process"]]);
});

Deno.test("an import is resolved when the environment is composed", () => {
  const environment = main({});
  const changes = overlay("!clear\n!import A\n");
  assertEquals([...environment.compose(changes)], []);
  environment.set("A", "later");
  assertEquals([...environment.compose(changes)], [["A", "later"]]);
});

Deno.test("entries for the system end at the first NUL", () => {
  const composed = main({ A: "1\0x" }).compose(overlay("B\0=1\nC=2\0\n"));
  assertEquals([...composed], [["A", "1"], ["C", "2"]]);
});

Deno.test("services see the variables in the order of the daemon's environment", () => {
  const environment = new MainEnvironment([["Z", "1"], ["10", "2"], ["A", "3"], ["2", "4"]]);
  environment.set("A", "changed");
  environment.set("NEW", "5");
  const order = ["Z", "10", "A", "2", "NEW"];
  assertEquals(environment.entries().map(([name]) => name), order);
  assertEquals([...environment.compose(NO_OVERLAY).keys()], order);
  assertEquals([...environment.compose(overlay("OWN=x\n10=y\n")).keys()], [...order, "OWN"]);
});

Deno.test("clients cannot set and remove variables without end", () => {
  const environment = new MainEnvironment({ HOME: "/root" });
  for (let i = 0; i < 5000; i++) {
    environment.set(`SET_${i}`, "x");
    environment.unset(`UNSET_${i}`);
  }
  assertThrows(() => environment.set("ONE_MORE", "x"), LimitError);
  assertThrows(() => environment.unset("ONE_MORE"), LimitError);
  environment.set("SET_0", "y");
  environment.set("UNSET_0", "y");
  assertEquals([environment.get("SET_0"), environment.get("UNSET_0")], ["y", "y"]);
});
