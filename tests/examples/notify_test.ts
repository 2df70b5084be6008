/** The example of `examples/notify`, with programs that note what they are given. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { outputOf } from "../_processes.ts";
import { Dinit, dinitCommand, ROOT } from "../e2e/_dinit.ts";

const SERVICES = `${ROOT}examples/notify/dinit.d`;
const NAMES = ["notify-desktop", "notify-mail", "notify-webhook"];

/** A service that fails, and the descriptions of the example. */
function services(): Record<string, string> {
  const files = [...NAMES, "notify.env"].map((name) => [name, Deno.readTextFileSync(`${SERVICES}/${name}`)]);
  return {
    boot: "type = internal\nwaits-for = web\nwaits-for = store\n",
    store: "type = process\ncommand = sleep 1000\n",
    web: "type = process\nrestart = no\nlog-type = buffer\n" +
      "command = sh -c \"echo first; echo 'second & last'; exit 7\"\n" +
      NAMES.map((name) => `@meta on-failure = ${name}@web\n`).join(""),
    ...Object.fromEntries(files),
  };
}

Deno.test("dinit check finds nothing wrong with the notifications", async () => {
  const [program, ...args] = dinitCommand(["check", "--json", "-d", SERVICES, ...NAMES]);
  const findings = JSON.parse(new TextDecoder().decode((await outputOf(program, { args })).stdout));
  assertEquals(findings, []);
});

Deno.test("mail, web hook and desktop say which service has failed, why, and what it wrote last", async () => {
  await using dinit = new Dinit(services());
  Deno.mkdirSync(`${dinit.directory}/bin`);
  for (const name of ["sendmail", "curl", "notify-send"]) {
    const path = `${dinit.directory}/bin/${name}`;
    const script = `{ for word; do echo "$word"; done; cat; } >"$0.new"; mv "$0.new" "$0.told"`;
    dinit.write(`bin/${name}`, `#!/bin/sh\n${script}\n`);
    Deno.chmodSync(path, 0o755);
  }
  dinit.start({ env: { PATH: `${dinit.directory}/bin:${Deno.env.get("PATH")}` } });
  const told = async (name: string) => {
    await dinit.until(() => dinit.has(`bin/${name}.told`), `the call of ${name}`);
    return dinit.read(`bin/${name}.told`);
  };
  const mail = await told("sendmail");
  assertStringIncludes(mail, "-t\nTo: root\nSubject: web has failed on ");
  assertStringIncludes(mail, ": terminated\n");
  assertStringIncludes(mail, "Exit status or signal: 7\n");
  assertStringIncludes(mail, "\nfirst\nsecond & last\n");
  const hook = (await told("curl")).split("\n");
  assertEquals(hook.filter((word) => word.startsWith("--data")).length, 5);
  for (
    const word of ["service=web", "reason=terminated", "exit=7", "output@-", "http://localhost:8080/failed"]
  ) {
    assertEquals(hook.includes(word), true, word);
  }
  assertEquals(hook.slice(-3), ["first", "second & last", ""]);
  const shown = await told("notify-send");
  assertStringIncludes(shown, "web has failed: terminated 7\nfirst\nsecond & last\n");
});
