/** The page in a real browser, with the services of a scripted daemon. DINIT_UPDATE_SCREENSHOT=1 renews docs/web.png. */

import { assert, assertEquals } from "@std/assert";
import { LaunchStage, type ServiceOverview, ServiceType, StopReason } from "../../../src/model/mod.ts";
import type { ProcessSample } from "../../../src/insight/mod.ts";
import { needing } from "../../_needs.ts";
import { BROWSER, Browser } from "./_browser.ts";
import { RawServer } from "./_raw.ts";
import { service } from "./_services.ts";
import { scene, TOKEN, type WebScene } from "./_web.ts";

const PICTURE = new URL("../../../docs/web.png", import.meta.url);
/** The size of the picture in bytes at most: people load it with the README. */
const LARGEST_PICTURE = 120_000;
const MINUTE = 60_000, HOUR = 60 * MINUTE;

/** A page that has shown its services. */
async function shown(browser: Browser, server: RawServer, count: number): Promise<void> {
  await browser.open(`http://127.0.0.1:${server.port}/#t=${TOKEN}`);
  await browser.until(`document.querySelectorAll("tbody tr").length === ${count}`);
  await browser.until('document.querySelector("#connection")?.textContent === "live"');
}

function up(name: string, facts: Partial<ServiceOverview> = {}): ServiceOverview {
  return service(name, { state: 2, target: 2, since: Date.now() - 26 * HOUR, ...facts });
}

/** The row of a service, as an expression of the page. */
const row = (name: string) =>
  `[...document.querySelectorAll("tbody tr")].find((one) => one.querySelector("button").textContent === "${name}")`;

/** The processes of the picture: process id, megabytes, and the share of a processor. */
const PROCESSES = [[101, 212, 0.014], [102, 96, 0.083], [103, 41, 0.31], [104, 40, 0.29], [105, 310, 0.72], [
  106,
  12,
  0,
]];

function processes(): ProcessSample[] {
  return PROCESSES.map(([pid, megabytes, share]) => ({
    pid,
    program: "x",
    parent: 42,
    session: pid,
    startTicks: pid,
    cpuSeconds: share * performance.now() / 1000,
    memory: megabytes * 1024 * 1024,
  }));
}

function picturedServices(): ServiceOverview[] {
  const health = { name: "x", checked: true, failures: 0, limit: 3, count: 3, running: "up" } as const;
  const healthy = { health: { ...health, verdict: "healthy" } } as const;
  const now = Date.now();
  return [
    up("boot", { type: ServiceType.INTERNAL }),
    up("network", { type: ServiceType.SCRIPTED }),
    up("postgres", { pid: 101, ...healthy }),
    up("api", { pid: 102, since: now - 3 * HOUR, restarts: 1, ...healthy }),
    up("worker@1", { pid: 103 }),
    up("worker@2", { pid: 104 }),
    service("importer", { state: 1, target: 2, since: now - 4000, waitingFor: ["search"] }),
    service("search", {
      state: 1,
      target: 2,
      pid: 105,
      since: now - 4000,
      health: { ...health, verdict: "unknown" },
    }),
    up("backup", { type: ServiceType.SCHEDULED }),
    up("nginx", { pid: 106, ...healthy }),
    service("mailer", {
      since: now - 7 * MINUTE,
      reason: StopReason.FAILED,
      restarts: 3,
      exit: { code: 1, status: 2 },
      cause: "restart-limit",
    }),
    service("debug-shell", { since: now - 26 * HOUR }),
  ];
}

/** Services in unusual states, with long names and texts; and the notes that the page shows. */
function unusualServices(): readonly (readonly [ServiceOverview, RegExp])[] {
  const now = Date.now();
  const health = { name: "x", checked: true, failures: 3, limit: 3, count: 3, running: "up" } as const;
  const failure = { time: now, output: ["first", "a very long text ".repeat(100), "x".repeat(2000)] };
  const failed = { reason: StopReason.FAILED, exit: { code: 1, status: 2 } } as const;
  const starting = { state: 1, target: 2, since: now } as const;
  const limit = { restarts: 3, interval: 10_000 };
  return [
    [
      service("n".repeat(200), { ...failed, cause: "start-failed", failure }),
      /^it failed to start; said “x{2000}”$/,
    ],
    [
      service("limit", { ...failed, cause: "restart-limit", restarts: 3, failure: { ...failure, limit } }),
      /^it reached its restart limit, given up after 3 restarts in 10 s; restarted 3 times; said/,
    ],
    [
      service("program", {
        reason: StopReason.EXECFAILED,
        cause: "exec-failed",
        launchStage: LaunchStage.EXECUTE,
        launchErrno: 2,
      }),
      /^its program could not be executed, executing command: No such file or directory$/,
    ],
    [
      service("memory", {
        reason: StopReason.TERMINATED,
        cause: "terminated",
        exit: { code: 2, status: 9 },
        outOfMemory: 2 ** 29,
      }),
      /^out of memory \(512M\)$/,
    ],
    [up("ill", { health: { ...health, verdict: "unhealthy", last: "HTTP 503" } }), /^unhealthy: HTTP 503$/],
    [
      up("daily", { timer: { name: "daily", armed: true, schedule: "0 3 * * *", next: now + 3.5 * HOUR } }),
      /^next run in 3h \d+m$/,
    ],
    [service("delayed", { ...starting, retryAt: now + 10.5 * HOUR }), /^starts again in 10h \d+m$/],
    [
      service("queued", { ...starting, waitingForConsole: true, waitingFor: ["console"] }),
      /^waits for console$/,
    ],
    [up("terminal", { holdingConsole: true }), /^has the console$/],
    [up("left-out", { skipped: true }), /^startup skipped$/],
    [
      service("many", { ...starting, waitingFor: Array(99).fill("dependency") }),
      /^waits for dependency, depend/,
    ],
  ];
}

/** The page says why each service is as it is, and fits the window however long names and texts are. */
async function showsUnusual(browser: Browser, { manager, facts }: WebScene): Promise<void> {
  const unusual = unusualServices();
  manager.overview = unusual.map(([service]) => service);
  facts.started("limit");
  await browser.until(`document.querySelectorAll("tbody tr").length === ${unusual.length}`);
  for (const [{ name }, note] of unusual) {
    const text = String(await browser.value(`${row(name)}.querySelector(".note").textContent`));
    assert(note.test(text), `${name}: ${text}`);
  }
  for (const width of [390, 1200]) {
    const fits = async (what: string) => {
      const wide = await browser.value("document.documentElement.scrollWidth");
      assert(Number(wide) <= width, `${what} is ${wide} wide in a window of ${width}`);
    };
    await browser.resize(width, 800);
    await fits("the table");
    const highest =
      'Math.max(...[...document.querySelectorAll("tbody .note")].map((one) => one.offsetHeight))';
    assert(Number(await browser.value(highest)) <= 80, "a note has more than three lines");
    await browser.value(`${row(unusual[0][0].name)}.querySelector("button").click()`);
    await browser.until('document.querySelector("dialog[open]") !== null');
    const dialog = 'document.querySelector("dialog")';
    assert(await browser.value(`${dialog}.scrollWidth <= ${dialog}.clientWidth`), "the window of a service");
    assertEquals(await browser.value(`${dialog}.scrollTop`), 0);
    await browser.press("Escape");
    await browser.until('document.querySelector("dialog") === null');
    await browser.value('location.hash = "#/logs"');
    await browser.until('document.querySelector("main select") !== null');
    await fits("the view of logs");
    await browser.value('location.hash = "#/services"');
    await browser.until('document.querySelector("main table") !== null');
  }
}

const condition = needing(
  "the page shows 1,000 services, follows them in order, fits long texts, works with keys and on a phone, and can be pictured",
  "a browser",
  BROWSER !== undefined,
);
scene(condition.name, async (all) => {
  const { manager, facts } = all;
  const odd = `<img src=x onerror="document.title='bad'">`;
  const names = [odd, ...Array.from({ length: 999 }, (_, index) => `service-${index}`)];
  manager.overview = names.map((name) => up(name));
  await using server = await RawServer.start(all);
  await using browser = await Browser.start(BROWSER!); // the condition of the test
  await shown(browser, server, 1000);
  assertEquals(await browser.value("document.title"), "dinit");
  assertEquals(await browser.value('document.querySelectorAll("img").length'), 0);
  assertEquals(await browser.value('performance.getEntriesByName("services").length'), 1);
  // Only rows that can be seen are laid out.
  assertEquals(await browser.value(`getComputedStyle(${row("service-900")}).contentVisibility`), "auto");

  // Every state that lasts until it is asked for is seen, and in order.
  await browser.value(`(() => {
    window.states = [];
    const state = ${row("service-5")}.querySelector(".state");
    new MutationObserver(() => states.at(-1) !== state.textContent && states.push(state.textContent))
      .observe(state, { childList: true, characterData: true, subtree: true });
  })()`);
  for (const [at, state] of ([0, 1, 2, 3, 0] as const).entries()) {
    manager.overview = names.map((name) => up(name, name === "service-5" ? { state } : {}));
    facts.started("service-5");
    await browser.until(`states.length === ${at + 1}`);
  }
  assertEquals(await browser.value("states.join()"), "stopped,starting,started,stopping,stopped");

  // With the keyboard alone: a service is opened, and closed again.
  await browser.value('document.querySelector("input[type=search]").focus()');
  await browser.press("Tab");
  assertEquals(await browser.value("document.activeElement.textContent"), odd);
  await browser.press("Enter", "\r");
  await browser.until('document.querySelector("dialog[open]") !== null');
  await browser.press("Escape");
  await browser.until('document.querySelector("dialog") === null');
  const cells = "[role=table] tbody > [role=row] > [role=cell]";
  assertEquals(await browser.value(`document.querySelectorAll("${cells}").length`), 8000);

  await browser.resize(360, 740);
  assert(
    await browser.value("document.documentElement.scrollWidth <= 360"),
    "the page is wider than a phone",
  );
  const least = `Math.min(...[...${row("service-1")}.querySelectorAll(".actions button")]
    .map((one) => one.getBoundingClientRect().height))`;
  assert(Number(await browser.value(least)) >= 24, "a button is too small for a finger");

  await showsUnusual(browser, all);

  // The picture: how a daemon may look.
  const isUpdate = Deno.env.get("DINIT_UPDATE_SCREENSHOT") === "1";
  await browser.resize(1200, 700);
  await browser.prefer("light");
  manager.overview = picturedServices();
  facts.started("api");
  await browser.until(`document.querySelectorAll("tbody tr").length === ${manager.overview.length}`);
  if (isUpdate) await browser.until(`/[1-9]/.test(${row("api")}.querySelectorAll(".number")[1].textContent)`);
  const picture = await browser.picture();
  const size = new DataView(picture.buffer);
  assertEquals([size.getUint32(16), size.getUint32(20)], [1200, 700]);
  assert(picture.length <= LARGEST_PICTURE, `${picture.length} bytes`);
  if (isUpdate) Deno.writeFileSync(PICTURE, picture);

  // The service that was opened has no log.
  assertEquals(browser.complaints.filter((one) => !one.includes("404 (Not Found)")), []);
}, { processes, ignore: condition.ignore });

Deno.test("the README shows the picture of the page, which is small and in the light colours", () => {
  const readme = Deno.readTextFileSync(new URL("../../../README.md", import.meta.url));
  assert(/!\[[^\]]{20,}\]\(docs\/web\.png\)/.test(readme), "the README has no picture with a description");
  const picture = Deno.readFileSync(PICTURE);
  assertEquals(new DataView(picture.buffer).getUint32(16), 1200);
  assert(picture.length <= LARGEST_PICTURE, `${picture.length} bytes`);
});
