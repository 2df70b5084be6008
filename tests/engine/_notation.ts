/**
 * Reads scenarios in the notation of the specification's tables (lifecycle 14):
 *
 *     S1 a few words
 *       A: internal
 *       B: internal, depends-on A, restart=yes
 *       > start B → up(A), A:STARTED, up(B), B:STARTED ⇒ A=started+1, B=started+1E
 *       active 2
 */

/** One service of a scenario. */
export interface ServiceSpec {
  readonly name: string;
  readonly kind: string;
  /** `depends-on A`, `restart=yes`, `slow-stop`, … */
  readonly attributes: readonly string[];
}

/** One thing to do; `drain` is false where the next request follows before the engine works. */
export interface Request {
  readonly text: string;
  readonly drain: boolean;
}

/** The action, its events, and the state changes afterwards. */
export interface Step {
  readonly requests: readonly Request[];
  /** Events and actions; empty for `—`. */
  readonly happens: string;
  /** Changed states; empty for `no change`. */
  readonly changes: string;
}

/** One scenario. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly services: readonly ServiceSpec[];
  readonly steps: readonly Step[];
  /** How many services are active at the end. */
  readonly active: number;
}

/** The scenarios of the specification (S and X, with the results of the contract), and of mended defects (R). */
export function readScenarios(): Scenario[] {
  return ["scenarios.txt", "regressions.txt"].flatMap((file) =>
    parseScenarios(Deno.readTextFileSync(new URL(file, import.meta.url)))
  );
}

/** Reads a file of scenarios. */
function parseScenarios(text: string): Scenario[] {
  return text.split(/\n\n+/).filter((block) => /^[SXR]\d/.test(block)).map(parseScenario);
}

function parseScenario(block: string): Scenario {
  const [head, ...lines] = block.trimEnd().split("\n");
  const [id, ...words] = head.split(" ");
  const body = lines.map((line) => line.trim());
  const active = body.find((line) => line.startsWith("active "));
  if (active === undefined) throw new Error(`${id}: no line "active N"`);
  return {
    id,
    title: words.join(" "),
    services: body.filter((line) => /^[A-Z]: /.test(line)).map(parseService),
    steps: body.filter((line) => line.startsWith("> ")).map((line) => parseStep(line.slice(2))),
    active: Number(active.slice("active ".length)),
  };
}

function parseService(line: string): ServiceSpec {
  const [name, rest] = line.split(": ");
  const [kind, ...attributes] = rest.split(", ");
  return { name, kind, attributes };
}

function parseStep(line: string): Step {
  const match = /^(.*?) → (.*) ⇒ (.*)$/.exec(line);
  if (match === null) throw new Error(`not a step: ${line}`);
  const [, requests, happens, changes] = match;
  return {
    requests: requests.split("; ").map((text) => ({
      text: text.replace(" (no drain)", ""),
      drain: !text.endsWith(" (no drain)"),
    })),
    happens: happens === "—" ? "" : happens,
    changes: changes === "no change" ? "" : changes,
  };
}
