/** `ctl tree` and `ctl graph` (which the reference does not have). */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Graph, GraphNode } from "../../src/control/mod.ts";
import type { ServiceStatus } from "../../src/model/mod.ts";
import { graphText } from "../../src/cli/ctl/graph_text.ts";
import { dependencyTree } from "../../src/cli/ctl/service_tree.ts";
import { renderTree } from "../../src/cli/ctl/tree_text.ts";
import { ctl, ctlAlone, failure, StandIn, status, success } from "./_stand_in.ts";

function node(name: string, facts: Partial<ServiceStatus> = {}): GraphNode {
  return { ...status() as ServiceStatus, name, type: 1, ...facts };
}

const GRAPH: Graph = {
  nodes: [
    node("boot", { state: 2, target: 2 }),
    node("web", { state: 1, target: 2 }),
    node("db", { reason: 3, exit: { code: 1, status: 1 } }),
    node("log", { state: 2, target: 2 }),
    node("alone"),
  ],
  edges: [
    { from: "boot", to: "web", kind: 2 },
    { from: "boot", to: "log", kind: 3 },
    { from: "web", to: "db", kind: 0 },
    { from: "web", to: "log", kind: 0 },
    { from: "db", to: "log", kind: 0 },
    { from: "web", to: "absent", kind: 5 },
    { from: "log", to: "boot", kind: 4 },
  ],
};

const TREE = `boot  started
  web  starting  waits-for
    db  failed  depends-on
      log  started  depends-on
    log  started  depends-on
  log  started  depends-ms
alone  stopped
`;

Deno.test("ctl tree shows dependencies by indentation, and no orderings", async () => {
  await using daemon = new StandIn({ topics: { graph: GRAPH } });
  assertEquals(await ctl(daemon, "tree"), success(TREE));
});

Deno.test("ctl tree of one service, and of dependents, shows each subtree once", async () => {
  await using daemon = new StandIn({ topics: { graph: GRAPH } });
  assertEquals(await ctl(daemon, "tree", "db"), success("db  failed\n  log  started  depends-on\n"));
  assertEquals(
    await ctl(daemon, "tree", "--reverse", "log"),
    success(`log  started
  boot  started  depends-ms
  web  starting  depends-on
    boot  started  waits-for
  db  failed  depends-on
    web  starting  depends-on (see above)
`),
  );
  assertEquals(await ctl(daemon, "tree", "absent"), failure("dinitctl: service not loaded: absent\n"));
});

Deno.test("a tree on a terminal has lines, symbols and colours, and fits the width", () => {
  const roots = dependencyTree(GRAPH, { roots: ["boot"] });
  assertEquals(
    renderTree(roots, { symbols: true, columns: 30 }),
    `● boot  started
├─ ◐ web  starting  waits-for
│  ├─ × db  failed  depends-on
│  │  └─ ● log  started  depe…
│  └─ ● log  started  depends…
└─ ● log  started  depends-ms
`,
  );
  assertEquals(
    renderTree(dependencyTree(GRAPH, { roots: ["alone"] }), { symbols: true, colour: true }),
    "\x1b[2m○ \x1b[0malone\x1b[2m  stopped\x1b[0m\n",
  );
});

Deno.test("a tree of ten thousand services in a chain, and of a ring that no daemon would have", () => {
  const nodes = Array.from({ length: 10_000 }, (_, index) => node(`s${index}`));
  const edges = nodes.slice(1).map(({ name }, index) => ({ from: `s${index}`, to: name, kind: 0 as const }));
  assertEquals(renderTree(dependencyTree({ nodes, edges }), {}).split("\n").length, 10_001);
  const ring = { nodes: nodes.slice(0, 2), edges: [edges[0], { from: "s1", to: "s0", kind: 0 as const }] };
  assertEquals(
    renderTree(dependencyTree(ring, { roots: ["s0"] }), {}),
    "s0  stopped\n  s1  stopped  depends-on\n    s0  stopped  depends-on (see above)\n",
  );
});

Deno.test("ctl tree and graph say so if the daemon does not provide the graph", async () => {
  await using daemon = new StandIn({ services: { a: status() } });
  for (const name of ["tree", "graph"]) {
    assertEquals(
      await ctl(daemon, name),
      failure("dinitctl: this daemon does not provide the service graph\n"),
    );
  }
  for (const graph of [null, 1, {}, { nodes: [{}], edges: [] }, { nodes: [], edges: [{}] }]) {
    await using odd = new StandIn({ topics: { graph } });
    assertEquals(await ctl(odd, "graph"), failure("dinitctl: protocol error\n"));
  }
});

Deno.test("ctl graph writes dot by default, and quotes names", async () => {
  const graph: Graph = { nodes: [node('a"b\\')], edges: [{ from: 'a"b\\', to: "c", kind: 2 }] };
  await using daemon = new StandIn({ topics: { graph } });
  const expected = success(`digraph dinit {
  rankdir=LR;
  node [shape=box, style=filled];
  "a\\"b\\\\" [fillcolor="#e2e3e5"];
  "a\\"b\\\\" -> "c" [label="waits-for", style=dashed];
}
`);
  assertEquals(await ctl(daemon, "graph"), expected);
  assertEquals(await ctl(daemon, "graph", "--format", "dot"), expected);
});

Deno.test("the graph for Mermaid numbers its nodes and names all of them", () => {
  assertEquals(
    graphText({
      nodes: [node("getty@tty1", { state: 2 }), node('x"#')],
      edges: [{ from: "getty@tty1", to: 'x"#', kind: 0 }, { from: 'x"#', to: "no", kind: 5 }],
    }, "mermaid"),
    `flowchart LR
  s0["getty@tty1"]:::started
  s1["x#34;#35;"]:::stopped
  s2["no"]
  s0 -->|depends-on| s1
  s1 -.->|after| s2
  classDef started fill:#c3e6cb,color:#000
  classDef stopped fill:#e2e3e5,color:#000
`,
  );
});

Deno.test("ctl graph as JSON, alone and as the document of the command", async () => {
  await using daemon = new StandIn({ topics: { graph: GRAPH } });
  const alone = JSON.parse((await ctl(daemon, "graph", "--format=json")).out);
  assertEquals(alone.nodes[2], {
    name: "db",
    type: "process",
    state: "STOPPED",
    target: "STOPPED",
    failed: true,
  });
  assertEquals(alone.edges.map(({ kind }: { kind: string }) => kind), [
    "waits-for",
    "depends-ms",
    "depends-on",
    "depends-on",
    "depends-on",
    "after",
    "before",
  ]);
  const document = JSON.parse((await ctl(daemon, "graph", "--json")).out);
  assertEquals(document, { command: "graph", ok: true, ...alone });
});

Deno.test("ctl tree --json nests what the text indents", async () => {
  await using daemon = new StandIn({ topics: { graph: GRAPH } });
  const { out, status: code } = await ctlAlone(["-p", daemon.path, "tree", "--json", "web"]);
  const log = { name: "log", state: "STARTED", failed: false, kind: "depends-on", children: [] };
  assertEquals(code, 0);
  assertEquals(JSON.parse(out), {
    command: "tree",
    ok: true,
    reverse: false,
    roots: [{
      name: "web",
      state: "STARTING",
      failed: false,
      children: [{ name: "db", state: "STOPPED", failed: true, kind: "depends-on", children: [log] }, log],
    }],
  });
});

Deno.test("a pipe gets colours only on request", async () => {
  await using daemon = new StandIn({
    topics: { graph: GRAPH },
    services: { a: status({ state: 2, target: 2 }) },
  });
  for (const command of ["tree", "list"]) {
    assertEquals((await ctl(daemon, command)).out.includes("\x1b"), false);
    assertEquals((await ctl(daemon, command, "--color=auto")).out.includes("\x1b"), false);
    assertStringIncludes((await ctl(daemon, command, "--color", "always")).out, "\x1b[32m");
    const terminal = (...args: string[]) => ctlAlone(["-p", daemon.path, command, ...args], { columns: 80 });
    assertStringIncludes((await terminal()).out, "\x1b[32m");
    assertEquals((await terminal("--color=never")).out.includes("\x1b"), false);
  }
});
