/** Families of metrics as text: OpenMetrics 1.0, and the older text format of Prometheus. Pure. */

/** The labels of a sample and their values. */
export type Labels = Readonly<Record<string, string>>;

/** One value. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** All values of one metric. */
export interface Family {
  /** Without the `_total` of counters, and without `_info`. */
  readonly name: string;
  readonly type: "gauge" | "counter" | "info";
  /** The unit, which is also the end of the name. @default none */
  readonly unit?: "seconds" | "bytes";
  /** In one line, with a full stop. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The two formats and their content types. */
export const METRIC_FORMATS = {
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
} as const;
/** One of the formats. */
export type MetricFormat = keyof typeof METRIC_FORMATS;

/** The format that a client prefers: OpenMetrics, unless it only accepts plain text. */
export function preferredFormat(accept: string | null): MetricFormat {
  const types = (accept ?? "").split(",").map((one) => one.split(";")[0].trim().toLowerCase());
  return types.includes("text/plain") && !types.includes("application/openmetrics-text")
    ? "prometheus"
    : "openmetrics";
}

/** The text of all families. Those without samples are left out. */
export function metricsText(families: readonly Family[], format: MetricFormat): string {
  const isOpen = format === "openmetrics";
  const lines: string[] = [];
  for (const { name, type, unit, help, samples } of families) {
    if (samples.length === 0) continue;
    const sampleName = type === "gauge" ? name : `${name}${type === "counter" ? "_total" : "_info"}`;
    // The older format names a family like its samples, and does not know the type `info`.
    const familyName = isOpen ? name : sampleName;
    const typeName = type === "info" && !isOpen ? "gauge" : type;
    lines.push(`# HELP ${familyName} ${escaped(help, isOpen)}`, `# TYPE ${familyName} ${typeName}`);
    if (isOpen && unit !== undefined) lines.push(`# UNIT ${familyName} ${unit}`);
    for (const { labels, value } of samples) {
      lines.push(`${sampleName}${labelsText(labels)} ${numberText(value)}`);
    }
  }
  if (isOpen) lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

function labelsText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value, true)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

/** The bytes of a name that are not UTF-8 (lone surrogates) are shown as `\xNN`. */
function escaped(text: string, quotes: boolean): string {
  const whole = text.replace(
    /[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/g,
    (unit) => unit.length === 2 ? unit : `\\x${(unit.charCodeAt(0) & 0xff).toString(16)}`,
  );
  const line = whole.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return quotes ? line.replaceAll('"', '\\"') : line;
}
