/** `dinitctl why`: the state of a service, explained. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { until } from "../_patience.ts";
import { Dinit } from "./_dinit.ts";

const SERVICES = {
  boot: "type = internal\nwaits-for = store\nwaits-for = web\nwaits-for = page\nwaits-for = lazy\n",
  store: "type = process\ncommand = sleep 1000\n",
  web: 'type = process\ncommand = sh -c "echo no database; exit 7"\nlog-type = buffer\n' +
    "restart-limit-count = 1\nrestart-delay = 0\n",
  page: "type = internal\ndepends-on = base\n",
  base: "type = internal\ndepends-on = slow\n",
  slow: "type = scripted\ncommand = sleep 1000\nstart-timeout = 0\noptions = start-interruptible\n",
  lazy: "type = process\ncommand = false\nrestart-delay = 1000\n",
};

Deno.test("why names the cause, the last lines of output, and what a service waits for", async () => {
  await using dinit = new Dinit(SERVICES).start();
  const why = async (name: string) => (await dinit.ctl("why", name)).stdout;
  const explained = (name: string, text: string) =>
    until(async () => {
      const said = await why(name);
      return said.includes(text) ? said : undefined;
    }, `${text} about ${name}`);
  const web = await explained("web", "it reached its restart limit");
  assertStringIncludes(web, "no database");
  assertMatch(web, /^web is STOPPED \(terminated; exited - status 7\)\.\n/);
  assertStringIncludes(web, "Failed: it reached its restart limit, given up after 1 restart in 10 s\n");
  assertStringIncludes(web, "Tried again: not automatically");
  const page = await explained("page", "slow waits for its own process");
  assertStringIncludes(page, "page is STARTING.\n    Waits for: base\n    base waits for: slow\n");
  assertStringIncludes(await why("slow"), "Needed by: base\n");
  assertMatch(await explained("lazy", "Tried again"), /Waits for: restart-delay/);
  const status = (await dinit.ctl("status", "--long", "web")).stdout;
  assertStringIncludes(status, "Restart limit: given up after 1 restart in 10 s");
  const document = JSON.parse((await dinit.ctl("why", "--json", "web")).stdout);
  assertEquals(
    [document.command, document.ok, document.cause, document.service.failure.limit.restarts],
    ["why", true, "restart-limit", 1],
  );
  assertEquals(JSON.parse((await dinit.ctl("why", "--json", "slow")).stdout).neededBy, ["base"]);
  const missing = await dinit.ctl("why", "nosuch");
  assertEquals([missing.code, missing.stderr], [1, "dinitctl: service not loaded.\n"]);
});

Deno.test("status names a reached restart limit only as long as it keeps the service down", async () => {
  const web = "type = process\nrestart-limit-count = 1\nrestart-delay = 0\nlog-type = buffer\n" +
    'command = sh -c "if [ -e ../good ]; then exec sleep 1000; fi; echo bad; exit 7"\n';
  await using dinit = new Dinit({ boot: "type = internal\nwaits-for = store\n", store: SERVICES.store, web })
    .start();
  await dinit.printed("[  OK  ] boot");
  await dinit.ctl("start", "--no-wait", "web");
  const status = async () => (await dinit.ctl("status", "--long", "web")).stdout;
  await until(async () => (await status()).includes("Restart limit:"), "the restart limit");
  dinit.write("good", "");
  await dinit.ctl("start", "web");
  await dinit.ctl("stop", "web");
  const after = await status();
  assertStringIncludes(after, "STOPPED");
  assertEquals(after.includes("Restart limit:"), false);
});
