/** The page, the interface and the metrics of a real daemon. */

import { assert, assertEquals } from "@std/assert";
import { needing } from "../_needs.ts";
import { until } from "../_patience.ts";
import { BROWSER, Browser } from "../tools/web/_browser.ts";
import { readOpenMetrics } from "../tools/web/_openmetrics.ts";
import { StreamReader } from "../tools/web/_stream.ts";
import { Dinit, runDinit } from "./_dinit.ts";
import { Web } from "./_web.ts";

const SERVICES = {
  boot: "type = internal\nwaits-for = web\nwaits-for = store\n",
  web:
    'type = process\ncommand = /bin/sh -c "echo hello from web; exec sleep 1000"\nlog-type = buffer\ndepends-on = store\n',
  store: "type = process\ncommand = /bin/sleep 1000\n",
  broken: "type = process\ncommand = /nowhere/program\n",
};

Deno.test("dinit web shows a daemon to programs, and gives it commands", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  const web = await Web.start(dinit.socket, "--listen=127.0.0.1:0");
  try {
    assert(/^http:\/\/127\.0\.0\.1:\d+\/#t=[\w-]{43}$/.test(web.link), web.link);
    assertEquals((await fetch(`${web.address}api/v1/services`)).status, 401);
    const { services } = await (await web.ask("api/v1/services?figures=1")).json();
    const store = services.find(({ name }: { name: string }) => name === "store");
    assertEquals([store.state, store.figures.processes], ["started", 1]);
    const refused = await web.ask("api/v1/services/store/stop", { method: "POST" });
    assertEquals([refused.status, (await refused.json()).error.code], [409, "dependents"]);
    const reader = new StreamReader(await web.ask("api/v1/events"));
    const stopped = await web.ask("api/v1/services/store/stop?force=1&wait=1", { method: "POST" });
    assertEquals([stopped.status, (await stopped.json()).state], [200, "stopped"]);
    const seen: unknown[] = [];
    while (seen.length < 2) {
      const { data } = await reader.next();
      if (data.kind === "stopped") seen.push(data.service);
    }
    assertEquals(seen, ["web", "store"]);
    await reader.cut();
    const failed = await web.ask("api/v1/services/broken/start?wait=1", { method: "POST" });
    assertEquals([failed.status, (await failed.json()).error.code], [409, "start-failed"]);
    const { logs } = await (await web.ask("api/v1/logs?service=web")).json();
    assertEquals(logs, [{ service: "web", lines: ["hello from web"] }]);
    const metrics = readOpenMetrics(await (await web.ask("metrics")).text());
    assertEquals(metrics.get("dinit_service_state")?.samples.get('service="broken",state="failed"'), 1);
    assertEquals((await web.ask("healthz")).status, 200);
    await dinit.ctl("start", "web");
    await until(async () => (await (await web.ask("api/v1/services/web")).json()).state === "started", "web");
  } finally {
    const { code, output, errors } = await web.stop();
    assertEquals([code, output, errors], [0, "", ""]);
  }
});

Deno.test("dinitctl explains the start of a real daemon, and shows what its services cost", async () => {
  await using dinit = new Dinit(SERVICES).start();
  await dinit.printed("[  OK  ] boot");
  const { start, blame } = JSON.parse((await dinit.ctl("--json", "analyze")).stdout);
  const chain = start.chain.map(({ service }: { service: string }) => service);
  assertEquals([start.target, chain.at(-1), blame.length], ["boot", "boot", 3]);
  const parts = start.chain.flatMap(({ segments }: { segments: { kind: string }[] }) => segments);
  assert(parts.some(({ kind }: { kind: string }) => kind === "launch"), JSON.stringify(start));
  const { services } = JSON.parse((await dinit.ctl("--json", "top", "--once", "store")).stdout);
  assertEquals([services.length, services[0].name, services[0].figures.processes], [1, "store", 1]);
});

Deno.test("dinitctl explains the start of the daemon before, whose file the state folder keeps", async () => {
  await using dinit = new Dinit({ boot: "type = internal\nwaits-for = web\n", web: SERVICES.store });
  const args = ["--state-dir", `${dinit.directory}/state`];
  dinit.start({ args });
  await dinit.until(() => dinit.has("state/starts/1.json"), "the file of the start");
  const present = JSON.parse((await dinit.ctl("--json", "analyze")).stdout);
  await dinit.stop();
  dinit.start({ args });
  await dinit.until(
    () => dinit.lines.filter((line) => line === "[  OK  ] boot").length === 2,
    "the second start",
  );
  const { boot, start } = JSON.parse((await dinit.ctl("--json", "analyze", "--boot=-1")).stdout);
  assertEquals([boot, start.target, start.chain.length], [-1, "boot", present.start.chain.length]);
  assert(Math.abs(start.total - present.start.total) < 0.01, `${start.total} and ${present.start.total}`);
  const { boots } = JSON.parse((await dinit.ctl("--json", "analyze", "--boots")).stdout);
  assertEquals(boots.map(({ boot }: { boot: number }) => boot), [0, -1]);
});

Deno.test("by default dinit web listens on a socket that only its user can reach", async () => {
  await using dinit = new Dinit({ boot: "type = internal\n" }).start();
  await dinit.printed("[  OK  ] boot");
  const path = `${dinit.socket}.web`;
  const web = await Web.start(dinit.socket);
  try {
    assertEquals(web.link, `unix:${path}`);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    const client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
    const answer = await fetch("http://dinit/api/v1/services/boot", { client });
    assertEquals((await answer.json()).state, "started");
    client.close();
    const second = await runDinit(["web", "--socket-path", dinit.socket]);
    assertEquals([second.code, second.stderr.startsWith(`dinit-web: another server listens on ${path};`)], [
      1,
      true,
    ]);
  } finally {
    assertEquals((await web.stop()).code, 0);
  }
  assert(!dinit.has("socket.web"));
  const token = `${dinit.directory}/token`;
  Deno.writeTextFileSync(token, "a-token-that-others-can-read\n", { mode: 0o644 });
  const refused = await runDinit(["web", "-p", dinit.socket, "--listen=127.0.0.1:0", "--token-file", token]);
  assertEquals([refused.code, refused.stdout, refused.stderr.includes("a-token")], [1, "", false]);
});

/** The page is the same in the binary, and a browser starts slowly. */
const browserTest = needing(
  "the page shows services live, and why a stop is refused",
  "a browser, and the program as sources",
  BROWSER !== undefined && !Deno.env.has("DINIT_BINARY"),
);
Deno.test({
  ...browserTest,
  async fn() {
    await using dinit = new Dinit(SERVICES).start();
    await dinit.printed("[  OK  ] boot");
    await using web = await Web.start(dinit.socket, "--listen=127.0.0.1:0");
    await using browser = await Browser.start(BROWSER!); // the condition of the test
    await browser.open(web.link);
    const row = (name: string) =>
      `[...document.querySelectorAll("tr")].find((row) => row.textContent.startsWith("${name}"))`;
    await browser.until('document.querySelector("#connection")?.textContent === "live"');
    await browser.until(`${row("store")}?.querySelector(".started") !== null`);
    assertEquals(await browser.value("location.href"), `${web.address}`); // the token is not in it
    await browser.value(`${row("store")}.querySelector("[aria-label='stop store']").click()`);
    await browser.until(
      'document.querySelector("#notice").textContent.includes("following dependents: web")',
    );
    await browser.value('document.querySelector("#notice button").click()');
    await browser.until(`${row("store")}.querySelector(".stopped") !== null`);
    await dinit.ctl("start", "web");
    await browser.until(`${row("web")}.querySelector(".started") !== null`);
    for (
      const [view, text] of [["graph", "waits-for"], ["start", "decided how long"], [
        "logs",
        "hello from web",
      ]]
    ) {
      await browser.value(`location.hash = "#/${view}"`);
      await browser.until(`document.querySelector("main").textContent.includes("${text}")`);
    }
    const serious = browser.complaints.filter((complaint) => !complaint.includes("409 (Conflict)"));
    assertEquals(serious, []);
  },
});
