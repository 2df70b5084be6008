/**
 * The table of services. It has one row for each service, and changes only what differs. The rows are grids, so that
 * the browser lays out only those that can be seen; the roles say that it is a table all the same.
 */

import { bytesText, durationText, element, printable, setText } from "./elements.js";

/** The word for a state, as it is shown. */
export function lookOf({ state, failed }) {
  return failed ? "failed" : state;
}

/** When something happens, as the time until then. */
function until(time, now) {
  return `in ${durationText((Date.parse(time) - now) / 1000)}`;
}

/** Why a service is as it is, in a few words. */
function noteOf(service, now) {
  const { waitingFor = [], reason, state, failed, why, failure, restarts = 0, health, target } = service;
  const parts = [];
  if (waitingFor.length > 0) parts.push(`waits for ${waitingFor.join(", ")}`);
  if (service.console === "holding") parts.push("has the console");
  if (service.skipped && state === "started") parts.push("startup skipped");
  if (failed) parts.push(why ?? reason);
  if (health?.verdict === "unhealthy") parts.push(`unhealthy: ${health.last ?? "its check fails"}`);
  if (state === "started" && target === "stopped") parts.push("will stop");
  if (service.retryAt !== undefined) parts.push(`starts again ${until(service.retryAt, now)}`);
  else if (state === "stopped" && target === "started") parts.push("will start again");
  if (service.nextRun !== undefined) parts.push(`next run ${until(service.nextRun, now)}`);
  if (restarts > 0) parts.push(restarts === 1 ? "restarted once" : `restarted ${restarts} times`);
  if (failed && failure?.output?.length > 0) parts.push(`said “${failure.output.at(-1)}”`);
  return printable(parts.join("; "));
}

class Row {
  constructor(name, { open, command }) {
    const cell = (name, ...children) => element("td", { role: "cell", class: name }, ...children);
    this.state = element("span");
    this.note = element("span", { class: "note" });
    this.uptime = cell("number extra");
    this.health = cell("health extra");
    this.cpu = cell("number extra");
    this.memory = cell("number extra");
    this.processes = cell("number extra");
    this.actions = cell("actions");
    const link = element("button", { class: "link", type: "button", textContent: printable(name) });
    link.addEventListener("click", () => open(name));
    this.element = element(
      "tr",
      { role: "row" },
      cell("name", link, this.note),
      cell("look", this.state),
      this.uptime,
      this.health,
      this.cpu,
      this.memory,
      this.processes,
      this.actions,
    );
    this.name = name;
    this.command = command;
  }

  show(service, readOnly) {
    this.service = service;
    const look = lookOf(service);
    setText(this.state, look);
    const className = `state ${look}`;
    if (this.state.className !== className) this.state.className = className;
    const verdict = service.health?.verdict ?? "";
    setText(this.health, verdict);
    for (const place of [this.health, this.note]) {
      place.classList.toggle("unhealthy", verdict === "unhealthy");
    }
    this.tick(Date.now());
    const words = readOnly
      ? []
      : service.target === "started" || service.state === "started"
      ? ["restart", "stop"]
      : ["start"];
    if (words.join() === this.words) return;
    this.words = words.join();
    this.actions.replaceChildren(...words.map((word) => {
      const label = `${word} ${this.name}`;
      const button = element("button", { type: "button", textContent: word, "aria-label": label });
      button.addEventListener("click", () => this.command(this.name, word));
      return button;
    }));
  }

  tick(now) {
    const { since } = this.service;
    setText(this.uptime, since === undefined ? "" : durationText((now - Date.parse(since)) / 1000));
    setText(this.note, noteOf(this.service, now));
  }

  cost(figures) {
    setText(this.cpu, figures?.cpu === undefined ? "" : `${(100 * figures.cpu).toFixed(1)} %`);
    setText(this.memory, figures === undefined ? "" : bytesText(figures.memory));
    setText(this.processes, figures === undefined ? "" : String(figures.processes));
  }
}

/** The table with its tools. */
export class ServiceTable {
  #rows = new Map();
  #body = element("tbody", { role: "rowgroup" });
  #counts = element("span", { class: "counts" });
  #filter = element("input", {
    type: "search",
    placeholder: "Filter",
    "aria-label": "Filter services by name",
  });
  #context;

  constructor(context) {
    this.#context = context;
    const heading = (text, name = "") =>
      element("th", { role: "columnheader", class: name, textContent: text, scope: "col" });
    this.element = element(
      "section",
      { "aria-label": "Services" },
      element("div", { class: "tools" }, this.#filter, this.#counts),
      element(
        "table",
        { role: "table", "aria-label": "Services" },
        element(
          "thead",
          { role: "rowgroup" },
          element(
            "tr",
            { role: "row" },
            heading("Service"),
            heading("State"),
            heading("Since", "number"),
            heading("Health"),
            heading("CPU", "number"),
            heading("Memory", "number"),
            heading("Processes", "number"),
            heading("Actions", "actions"),
          ),
        ),
        this.#body,
      ),
    );
    this.#filter.addEventListener("input", () => this.#sift());
  }

  /** Shows all services. */
  show(services, readOnly) {
    const names = new Set(services.map(({ name }) => name));
    for (const [name, row] of this.#rows) {
      if (names.has(name)) continue;
      row.element.remove();
      this.#rows.delete(name);
    }
    const made = [];
    for (const service of services) {
      let row = this.#rows.get(service.name);
      if (row === undefined) {
        row = new Row(service.name, this.#context);
        this.#rows.set(service.name, row);
        made.push(row.element);
      }
      row.show(service, readOnly);
    }
    this.#body.append(...made);
    if (made.length > 0) this.#sift();
    this.#count(services);
  }

  /** Shows what services cost: figures by the name of the service. */
  cost(services) {
    for (const [name, row] of this.#rows) {
      row.cost(Object.hasOwn(services, name) ? services[name] : undefined);
    }
  }

  /** Time has passed. */
  tick() {
    const now = Date.now();
    for (const row of this.#rows.values()) row.tick(now);
  }

  #sift() {
    const wanted = this.#filter.value.toLowerCase();
    for (const [name, row] of this.#rows) row.element.hidden = !name.toLowerCase().includes(wanted);
  }

  #count(services) {
    const counts = new Map();
    for (const service of services) counts.set(lookOf(service), (counts.get(lookOf(service)) ?? 0) + 1);
    const words = Array.from(counts, ([word, count]) => `${count} ${word}`);
    setText(this.#counts, `${services.length} services: ${words.join(", ")}`);
  }
}
