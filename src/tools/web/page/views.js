/** The start of the system, the logs, and one service. */

import { element, printable } from "./elements.js";
import { lookOf } from "./services.js";

function secondsText(milliseconds) {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(3)} s`;
}

const SEGMENTS = {
  "console": "waited for the console",
  "restart-delay": "waited for the restart delay",
  "failed-start": "failed attempts",
  "launch": "launched its program",
  "start-up": "prepared itself",
  "check": "waited for its health check",
  "trigger": "waited for its trigger",
  "before-launch": "waited before the launch",
};

/** What decided how long the start took, and the chart. */
export async function startView(daemon) {
  const { start } = await daemon.get("times");
  if (start === undefined) return element("p", { textContent: "Nothing was ever started." });
  const { target, total, end, chain, next, lost } = start;
  const done = end === undefined ? "has been starting for" : "started in";
  const items = chain.map(({ service, length, outcome, segments }) =>
    element(
      "li",
      {},
      element("strong", { textContent: printable(service) }),
      ` ${outcome === "failed" ? "failed after" : outcome === "running" ? "is starting since" : ""} ${
        secondsText(length)
      }`,
      element("span", {
        class: "note",
        textContent: segments.length < 2
          ? ""
          : segments.map((one) => `${SEGMENTS[one.kind] ?? one.kind} ${secondsText(one.end - one.begin)}`)
            .join(", "),
      }),
    )
  );
  const chart =
    new DOMParser().parseFromString(await daemon.text("chart.svg?bare=1"), "image/svg+xml").documentElement;
  return element(
    "section",
    { "aria-label": "Start" },
    element("h2", { textContent: `${target} ${done} ${secondsText(total)}` }),
    element("p", { textContent: "These services decided how long it took, in this order:" }),
    element("ol", { class: "chain" }, ...items),
    lost === undefined
      ? undefined
      : element("p", { textContent: `Before it came ${lost}, which was started again later.` }),
    next === undefined ? undefined : element("p", {
      textContent: `Without the time of ${next.without} the start would take ${
        secondsText(next.total)
      }, decided by ${next.chain.join(", ")}.`,
    }),
    element("div", { class: "scroll" }, document.adoptNode(chart)),
  );
}

/** The last lines of the logs. */
export async function logsView(daemon, services) {
  const chosen = element("select", { "aria-label": "Service" });
  chosen.append(
    new Option("all services", ""),
    ...services.map(({ name }) => new Option(printable(name), name)),
  );
  const lines = element("div", { class: "full" });
  const load = async () => {
    const query = chosen.value === "" ? "?n=20" : `?n=500&service=${encodeURIComponent(chosen.value)}`;
    const { logs } = await daemon.get(`logs${query}`).catch((error) => ({
      logs: [{ service: chosen.value, lines: [], problem: error.message }],
    }));
    lines.replaceChildren(...logs.flatMap(({ service, lines, problem, file }) => [
      element("h2", { textContent: printable(service) }),
      element("span", { class: "note", textContent: problem ?? file ?? "" }),
      element("pre", { tabIndex: 0, textContent: lines.map(printable).join("\n") }),
    ]));
    if (logs.length === 0) lines.append("No service has a log.");
  };
  const again = element("button", { type: "button", textContent: "Refresh" });
  again.addEventListener("click", load);
  chosen.addEventListener("change", load);
  await load();
  return element(
    "section",
    { "aria-label": "Logs" },
    element("div", { class: "tools" }, chosen, again),
    lines,
  );
}

function exitText({ how, status }) {
  return how === "exited" ? `exited with status ${status}` : `ended by signal ${status}`;
}

/** A window with the facts about one service. */
export async function serviceDialog(daemon, service, commands) {
  const {
    name,
    type,
    pid,
    since,
    target,
    explicit,
    waitingFor,
    restarts,
    logFile,
    exit,
    failure,
    health,
    why,
    retryAt,
    schedule,
    nextRun,
  } = service;
  const dateText = (date) => date === undefined ? undefined : new Date(date).toLocaleString();
  const facts = {
    State: `${lookOf(service)}, should be ${target}${explicit ? ", activated by name" : ""}`,
    Type: type,
    Process: pid,
    Since: dateText(since),
    "Waits for": waitingFor?.join(", ") || undefined,
    Cause: why,
    Restarts: restarts,
    "Starts again": dateText(retryAt),
    Schedule: schedule,
    "Next run": dateText(nextRun),
    "Last exit": exit === undefined ? undefined : exitText(exit),
    Health: health === undefined
      ? undefined
      : `${health.verdict}${health.last === undefined ? "" : `: ${health.last}`}`,
    Log: logFile,
  };
  const list = element("dl");
  for (const [term, text] of Object.entries(facts)) {
    if (text === undefined) continue;
    list.append(
      element("dt", { textContent: term }),
      element("dd", { textContent: printable(String(text)) }),
    );
  }
  const output = failure?.output?.length > 0
    ? [
      element("h3", { textContent: "Output before its failure" }),
      element("pre", { tabIndex: 0, textContent: failure.output.map(printable).join("\n") }),
    ]
    : [];
  const log = await daemon.get(`logs?n=100&service=${encodeURIComponent(name)}`).catch(() => ({ logs: [] }));
  const close = element("button", { type: "button", textContent: "Close" });
  const dialog = element(
    "dialog",
    { "aria-label": name },
    // Without a focus here, a button at the end would have it, and the window would show its end.
    element("h2", { textContent: printable(name), tabIndex: -1, autofocus: true }),
    list,
    ...output,
    ...log.logs.map(({ lines, problem }) =>
      element("pre", { tabIndex: 0, textContent: problem ?? lines.map(printable).join("\n") })
    ),
    element("div", { class: "tools" }, ...commands, close),
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  return dialog;
}
