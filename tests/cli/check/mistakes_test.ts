import { assertEquals } from "@std/assert";
import type { CheckRecord } from "../../../src/cli/check/main.ts";
import { check, ROOT } from "./_support.ts";

const MISTAKES = "tests/fixtures/mistakes";

/** Runs the checker on the folder of mistakes, as from the top of the repository. */
async function checkMistakes(...args: string[]) {
  const { out, err, status } = await check(["-d", `${ROOT}${MISTAKES}`, ...args]);
  return { out: out.replaceAll(ROOT, ""), err: err.replaceAll(ROOT, ""), status };
}

Deno.test("each of the ten most common mistakes is found", async () => {
  const { out, status } = await checkMistakes("--json");
  const found: CheckRecord[] = JSON.parse(out);
  const boot = Deno.readTextFileSync(`${ROOT}${MISTAKES}/boot`);
  const services = Array.from(boot.matchAll(/^waits-for = (.*)$/gm), ([, name]) => name);
  assertEquals(services.length, 10);
  for (const name of services) {
    const record = found.find(({ service, neededBy }) => service === name || neededBy === name);
    assertEquals(record?.file, `${MISTAKES}/${name}`);
    assertEquals(typeof record?.line, "number", name);
  }
  assertEquals(status, 1);
});

Deno.test("the transcripts in docs/checking.md match the output of the checker", async () => {
  const page = Deno.readTextFileSync(`${ROOT}docs/checking.md`);
  const blocks = Array.from(page.matchAll(/^```text\n\$ dinit check -d (\S+)(.*)\n([^]*?)^```$/gm));
  assertEquals(blocks.map(([, directory, args]) => directory + args), [
    `${MISTAKES} --explain`,
    `${MISTAKES} --format=github`,
  ]);
  const [text, annotations] = blocks.map(([, , , transcript]) => transcript);
  const { out, err } = await checkMistakes("--explain");
  // Standard output is shown up to the secondary checks, then standard error, then the verdict.
  const verdict = out.lastIndexOf("\n", out.length - 2) + 1;
  assertEquals(text, err + out.slice(verdict));
  assertEquals(annotations, (await checkMistakes("--format=github")).out);
});
