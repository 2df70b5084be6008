import { assert, assertEquals } from "@std/assert";
import { DEFAULT_DESCRIPTION, type ServiceDescription } from "../../src/model/mod.ts";
import { environmentFile, readService, serviceNames, SERVICES } from "./_example.ts";

/** What is known of a description apart from what its settings say. */
const GIVEN: (keyof ServiceDescription)[] = ["name", "directory", "file", "modified", "size"];

/** What works on every host, without a descriptor beyond standard input, output and error. */
const POSSIBLE: (keyof ServiceDescription)[] = [
  ...["type", "command", "stopCommand", "workingDir", "dependencies", "logType", "logFile"] as const,
  ...["termSignal", "startTimeout", "stopTimeout", "smoothRecovery"] as const,
  ...["restart", "restartDelay", "restartLimitInterval", "restartLimitCount"] as const,
];

Deno.test("the example is a boot service and eight others", () => {
  const names = ["audit", "boot", "clock", "flaky", "prepare", "store", "store-ready", "web", "worker"];
  assertEquals(serviceNames(), names);
});

Deno.test("boot reaches every service of the example", () => {
  const reached = new Set<string>(["boot"]);
  for (const name of reached) {
    for (const link of readService(name, environmentFile()).dependencies) reached.add(link.name);
  }
  assertEquals(Array.from(reached, (name) => name.split("@")[0]).sort(), serviceNames());
});

for (const service of serviceNames()) {
  Deno.test(`${service}: uses only settings that every host supports`, () => {
    const description = readService(service, environmentFile());
    for (const key of Object.keys(DEFAULT_DESCRIPTION) as (keyof ServiceDescription)[]) {
      if (GIVEN.includes(key) || POSSIBLE.includes(key)) continue;
      assertEquals(description[key], DEFAULT_DESCRIPTION[key], key);
    }
    assert(["none", "file"].includes(description.logType));
  });

  Deno.test(`${service}: uses only variables that services/environment sets`, () => {
    const known = Object.keys(environmentFile());
    const used: string[] = [];
    readService(service, environmentFile(), { variableUsed: (name) => used.push(name) });
    assertEquals(used.filter((name) => !known.includes(name)), []);
  });

  Deno.test(`${service}: its programs get only listed permissions`, () => {
    const { command, stopCommand } = readService(service, environmentFile());
    for (const words of [command, stopCommand].filter((words) => words.length > 0)) {
      const options = words.slice(2, words.findIndex((word) => word.endsWith(".ts")));
      const program = words[2 + options.length];
      assertEquals(words.slice(0, 2), ["deno", "run"]);
      assertEquals(options.slice(0, 2), ["--no-prompt", "--no-config"]);
      for (const grant of options.slice(2)) assert(/^--allow-(env|net|read|write|sys)=./.test(grant), grant);
      assert(Deno.statSync(`${SERVICES}/../${program}`).isFile, program);
    }
  });
}

Deno.test("boot.d names services of the example, by links that `enable` would make", () => {
  const entries = Array.from(Deno.readDirSync(`${SERVICES}/boot.d`), (entry) => entry.name).sort();
  assertEquals(entries, ["audit", "clock@UTC", "flaky", "worker"]);
  for (const entry of entries) {
    assertEquals(Deno.readLinkSync(`${SERVICES}/boot.d/${entry}`), `../${entry.split("@")[0]}`);
  }
});
