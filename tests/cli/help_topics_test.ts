import { assert, assertEquals } from "@std/assert";
import { runHelp } from "../../src/cli/help_topics.ts";
import { LOAD_OPTIONS, SECURE_BITS, SERVICE_OPTIONS, SETTINGS } from "../../src/description/mod.ts";
import { FakeIo, type Outcome } from "./_stand_in.ts";

async function help(...args: string[]): Promise<Outcome> {
  const io = new FakeIo();
  const status = await runHelp(args, io);
  return { out: io.output, err: io.errors, status };
}

Deno.test("help lists its topics", async () => {
  const { out, err, status } = await help();
  assertEquals([err, status], ["", 0]);
  assert(/^ {2}service {2}the settings of service descriptions$/m.test(out), out);
});

Deno.test("help has nothing on other topics, and says what there is", async () => {
  const { out } = await help();
  assertEquals(await help("weather"), { out: "", err: `dinit: no help on 'weather'\n${out}`, status: 1 });
});

Deno.test("help service explains every setting and flag of the table, once", async () => {
  const { out, status } = await help("service");
  assertEquals(status, 0);
  const explained = Array.from(out.matchAll(/^ {2}([a-z][\w.-]*)(?: =|$)/gm), ([, name]) => name);
  assertEquals(explained, SETTINGS.map(({ name }) => name));
  for (const { name } of [...SERVICE_OPTIONS, ...LOAD_OPTIONS, ...SECURE_BITS]) {
    assertEquals(Array.from(out.matchAll(new RegExp(`^ {8}${name}: `, "gm"))).length, 1, name);
  }
});

Deno.test("help service fits into 80 columns", async () => {
  for (const line of (await help("service")).out.split("\n")) assert(line.length <= 80, line);
});

Deno.test("help service tells defaults, types and what a line does", async () => {
  const { out } = await help("service");
  const words = out.replaceAll(/\s+/g, " ");
  assert(
    words.includes(
      "pid-file = PATH the file in which the service leaves its process ID; for bgprocess services; may hold variables",
    ),
  );
  assert(
    words.includes(
      "depends-on = SERVICE a service that must be up as long as this one; may be repeated; may hold variables",
    ),
  );
  assert(words.includes("default: 0.2; for process and bgprocess services"));
  assert(words.includes("termsignal another name of term-signal"));
});
