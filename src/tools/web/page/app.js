/** The page: what it shows, and what changes it. */

import { Daemon, takeToken } from "./daemon.js";
import { durationText, element, setText } from "./elements.js";
import { graphView } from "./graph.js";
import { ServiceTable } from "./services.js";
import { logsView, serviceDialog, startView } from "./views.js";

/**
 * The page asks for the services at once, and then waits this long before it asks again, in milliseconds: a burst of
 * facts causes one request.
 */
const COLLECTING = 50;
/** How often to ask what services cost, in milliseconds. */
const COST_PAUSE = 2000;
const VIEWS = ["services", "graph", "start", "logs"];

const place = (id) => document.getElementById(id);
const daemon = new Daemon(takeToken());
const table = new ServiceTable({ open: showService, command });
let system = { readOnly: true, services: [] };
let asked = false;
let askAgain = false;
let askedAt = -Infinity;

/** Shows a message that stays until the next command. */
function notice(text, ...others) {
  const dismiss = element("button", { type: "button", textContent: "Dismiss" });
  dismiss.addEventListener("click", () => place("notice").replaceChildren());
  place("notice").replaceChildren(element("span", { textContent: text }), ...others, dismiss);
}

/** Asks for the services, and never twice at the same time. */
async function refresh() {
  if (asked) {
    askAgain = true;
    return;
  }
  asked = true;
  const pause = askedAt + COLLECTING - performance.now();
  if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  askedAt = performance.now();
  askAgain = false;
  try {
    system = { ...await daemon.get("services"), at: Date.now() };
    show();
  } catch (error) {
    if (error.status === 401) noToken();
  }
  asked = false;
  if (askAgain) refresh();
}

function show() {
  table.show(system.services, system.readOnly);
  headline();
}

/** Says which daemon this is, and how long it has run. */
function headline() {
  const { daemon: info, at } = system;
  if (info !== undefined) {
    const state = info.shuttingDown ? ", shutting down" : "";
    setText(
      place("daemon"),
      `${info.version}, process ${info.pid}, up ${
        durationText((info.uptime + Date.now() - at) / 1000)
      }${state}`,
    );
  }
}

function noToken() {
  notice("This page needs its token: open the link that dinit web has printed.");
}

function connection(text, isLost) {
  setText(place("connection"), text);
  place("connection").classList.toggle("lost", isLost);
}

/** Gives a command, and shows why it is refused. */
async function command(name, word, query = "") {
  place("notice").replaceChildren();
  try {
    await daemon.command(name, word, query);
  } catch (error) {
    if (error.code !== "dependents") return notice(error.message);
    const force = element("button", { type: "button", textContent: `${word} all of them` });
    force.addEventListener("click", () => command(name, word, "?force=1"));
    notice(error.message, force);
    force.focus();
  }
}

async function showService(name) {
  const service = await daemon.get(`services/${encodeURIComponent(name)}`).catch(() =>
    system.services.find((one) => one.name === name)
  );
  if (service === undefined) return;
  const words = system.readOnly
    ? []
    : ["start", "stop", "restart", ...(service.type === "triggered" ? ["trigger"] : [])];
  const buttons = words.map((word) => {
    const button = element("button", { type: "button", textContent: word });
    button.addEventListener("click", () => {
      dialog.close();
      command(name, word);
    });
    return button;
  });
  const dialog = await serviceDialog(daemon, service, buttons);
  document.body.append(dialog);
  dialog.showModal();
}

function currentView() {
  const name = location.hash.replace(/^#\//, "");
  return VIEWS.includes(name) ? name : "services";
}

async function route() {
  const view = currentView();
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const main = place("main");
  if (view === "services") return main.replaceChildren(table.element);
  main.replaceChildren(element("p", { textContent: "Loading…" }));
  try {
    const content = view === "graph"
      ? graphView(await daemon.get("graph"), system.services, showService)
      : view === "start"
      ? await startView(daemon)
      : await logsView(daemon, system.services);
    if (currentView() === view) main.replaceChildren(content);
  } catch (error) {
    if (currentView() === view) main.replaceChildren(element("p", { textContent: error.message }));
  }
}

async function costs() {
  for (;;) {
    if (!document.hidden && currentView() === "services") {
      const { services } = await daemon.get("figures").catch(() => ({}));
      if (services !== undefined) table.cost(services);
    }
    await new Promise((resolve) => setTimeout(resolve, COST_PAUSE));
  }
}

addEventListener("hashchange", route);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the part of the address behind # names the view
  place("main").focus();
});
setInterval(() => {
  if (document.hidden) return;
  table.tick();
  headline();
}, 1000);
connection("connecting…", false);
await refresh();
route();
performance.mark("services"); // for measurements
costs();
daemon.follow({
  take(event, document) {
    if (event !== "daemon") return refresh();
    connection(
      document.connected ? "live" : "The daemon cannot be reached; trying again.",
      !document.connected,
    );
    if (document.connected) refresh();
  },
  lost(error) {
    if (error !== undefined) noToken();
    connection("The connection is lost; trying again.", true);
  },
});
