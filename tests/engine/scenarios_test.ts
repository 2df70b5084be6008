import { parseScenarios } from "./_notation.ts";
import { playScenario } from "./_scenario.ts";

const text = Deno.readTextFileSync(new URL("scenarios.txt", import.meta.url));

for (const scenario of parseScenarios(text)) {
  const { id, title } = scenario;
  Deno.test(title === "" ? id : `${id}: ${title}`, () => playScenario(scenario));
}
