/** The service graph as a tree that opens on demand, so that thousands of services cost nothing. */

import { element, printable } from "./elements.js";
import { lookOf } from "./services.js";

/** Shows the graph. `open` shows one service. */
export function graphView({ nodes, edges }, services, open) {
  const byName = new Map(services.map((service) => [service.name, service]));
  const children = new Map();
  const isChild = new Set();
  for (const edge of edges) {
    if (edge.kind === "before" || edge.kind === "after") continue;
    if (!children.has(edge.from)) children.set(edge.from, []);
    children.get(edge.from).push(edge);
    isChild.add(edge.to);
  }
  const roots = nodes.filter(({ name }) => !isChild.has(name));

  const label = (name, kind) => {
    const service = byName.get(name);
    const look = service === undefined ? "stopped" : lookOf(service);
    const button = element("button", { class: "link", type: "button", textContent: printable(name) });
    button.addEventListener("click", (event) => {
      event.preventDefault();
      open(name);
    });
    return [
      element("span", { class: `state ${look}`, title: look }, element("span", { textContent: "" })),
      button,
      element("span", { class: "kind", textContent: kind === undefined ? ` ${look}` : ` ${kind}, ${look}` }),
    ];
  };

  const item = (name, kind, path) => {
    const below = children.get(name) ?? [];
    if (below.length === 0 || path.includes(name)) {
      return element("li", { class: "leaf" }, ...label(name, kind));
    }
    const details = element("details", {}, element("summary", {}, ...label(name, kind)));
    details.addEventListener("toggle", () => {
      if (!details.open || details.querySelector("ul") !== null) return;
      details.append(element("ul", {}, ...below.map((edge) => item(edge.to, edge.kind, [...path, name]))));
    });
    if (path.length === 0 && roots.length < 20) details.open = true;
    return element("li", {}, details);
  };

  return element(
    "section",
    { class: "tree", "aria-label": "Service graph" },
    element("p", { textContent: "Each service, and below it the services that it depends on." }),
    element("ul", {}, ...roots.map(({ name }) => item(name, undefined, []))),
  );
}
