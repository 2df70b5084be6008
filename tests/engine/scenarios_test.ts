import { readScenarios } from "./_notation.ts";
import { playScenario } from "./_scenario.ts";

for (const scenario of readScenarios()) {
  const { id, title } = scenario;
  Deno.test(title === "" ? id : `${id}: ${title}`, () => playScenario(scenario));
}
