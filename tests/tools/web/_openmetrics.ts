/** A strict reader of the OpenMetrics text format 1.0, as far as gauges, counters and infos need it. */

/** One family of metrics. */
export interface ReadFamily {
  readonly type: string;
  readonly unit: string | undefined;
  readonly help: string;
  /** The values by their labels, in the order of the text. */
  readonly samples: Map<string, number>;
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const ESCAPED = String.raw`(?:[^"\\\n]|\\["\\n])*`;
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}"`;
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`,
);
const SUFFIXES: Readonly<Record<string, string>> = { gauge: "", counter: "_total", info: "_info" };

/** Reads a text. Throws for everything that the format does not allow. */
export function readOpenMetrics(text: string): Map<string, ReadFamily> {
  if (!text.endsWith("# EOF\n")) throw new Error("the text does not end with # EOF");
  const families = new Map<string, ReadFamily>();
  let current: { name: string; facts: Map<string, string>; family: ReadFamily | undefined } | undefined;
  for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
    const [, word, name, rest] = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line) ?? [];
    if (word !== undefined) {
      if (current?.name !== name) current = { name, facts: new Map(), family: undefined };
      if (current.family !== undefined || current.facts.has(word) || families.has(name)) {
        throw new Error(`metadata at a wrong place: ${line}`);
      }
      current.facts.set(word, rest);
      continue;
    }
    const [, sample, labels = "", value] = SAMPLE.exec(line) ?? [];
    if (sample === undefined || current === undefined) throw new Error(`no line of the format: ${line}`);
    const { name: familyName, facts } = current;
    const type = facts.get("TYPE") ?? "unknown";
    if (sample !== `${familyName}${SUFFIXES[type]}`) {
      throw new Error(`${line} does not belong to ${familyName}`);
    }
    const unit = facts.get("UNIT");
    if (unit !== undefined && !familyName.endsWith(`_${unit}`)) {
      throw new Error(`${familyName} lacks its unit`);
    }
    const number = Number(value);
    if (type === "counter" && number < 0) throw new Error(`a counter below 0: ${line}`);
    if (type === "info" && number !== 1) throw new Error(`an info that is not 1: ${line}`);
    current.family ??= { type, unit, help: facts.get("HELP") ?? "", samples: new Map() };
    families.set(familyName, current.family);
    if (current.family.samples.has(labels)) throw new Error(`twice the same labels: ${line}`);
    current.family.samples.set(labels, number);
  }
  return families;
}
