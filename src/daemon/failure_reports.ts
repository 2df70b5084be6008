/**
 * Why services fail, as far as their output shows it: for the console and for `status`. Loaded at the first failure.
 */

import type { ServiceRecord } from "../engine/mod.ts";
import { type FailureReport, type RestartLimit, restartLimitText, type UnkeptOutput } from "../model/mod.ts";
import { listOf, number, object, optional, type Plain, text } from "../model/saving.ts";
import { deniedAdvice } from "./denied_permission.ts";
import { endOfOutput, type OutputContext } from "./service_output.ts";
import type { Trouble } from "./trouble.ts";

/** How many of the last lines of output to keep and show. */
const LINES = 3;
/** How many characters of a line to keep. */
const LINE_LENGTH = 200;
/** How much of the output to read, in bytes: enough for the lines, and for the trace of an error. */
const TAIL = 8192;
/** How often to examine a service that fails and restarts, in milliseconds. */
const LOOK_PAUSE = 5_000;
/** How often to show it on the console, in milliseconds, until it stays down. */
const SHOW_PAUSE = 60_000;
/** How many reports the console gets in `SHOW_WINDOW` milliseconds: many services may fail for the same reason. */
const SHOWN_AT_MOST = 20;
const SHOW_WINDOW = 10_000;
/** How much file system time and clock may differ, in milliseconds. */
const TIME_SLACK = 1_000;

/** What the reports are given. */
export interface FailureReportsContext extends OutputContext {
  /** Milliseconds of a clock that never runs backwards. */
  now(): number;
  /** Whether the console gets the last lines of output; it may have all lines of services already. */
  readonly showsOutput: boolean;
  /** Writes a line to the console. */
  explain(line: string): void;
}

/** A failure. */
export interface Failure {
  readonly service: ServiceRecord;
  readonly trouble: Trouble;
  /** When the process was launched, in milliseconds since 1970. */
  readonly launched: number;
}

/** The state of one service. */
interface Case {
  report: FailureReport | undefined;
  /** When its output was last read, and when the report was last shown. */
  lookedAt: number;
  shownAt: number;
  /** What has happened since the output is being read; `undefined`: it is not being read. */
  pending: Set<Trouble> | undefined;
}

const savedReport = object<FailureReport>({
  time: number,
  output: listOf(text),
  limit: optional(object<RestartLimit>({ restarts: number, interval: number })),
  program: optional(text),
  advice: optional(text),
  unkept: optional(object<UnkeptOutput>({ consumer: optional(text) })),
});

/** The reports of all services. */
export class FailureReports {
  readonly #context: FailureReportsContext;
  readonly #cases = new Map<number, Case>();
  readonly #looks = new Set<Promise<void>>();
  #windowStart = -Infinity;
  #shown = 0;

  constructor(context: FailureReportsContext) {
    this.#context = context;
  }

  /** The report of a service that has failed. */
  of(service: ServiceRecord): FailureReport | undefined {
    return this.#cases.get(service.id)?.report;
  }

  /** The saved report of a service; `undefined`: there is none. */
  document(id: number): Plain | undefined {
    const report = this.#cases.get(id)?.report;
    if (report === undefined) return undefined;
    const { time, output, limit, program, advice, unkept } = report;
    return {
      time,
      output: [...output],
      ...(limit === undefined ? {} : { limit: { ...limit } }),
      ...(program === undefined ? {} : { program }),
      ...(advice === undefined ? {} : { advice }),
      ...(unkept === undefined ? {} : { unkept: { ...unkept } }),
    };
  }

  /** Continues with a saved report. Throws `SavedStateError`. */
  restore({ id }: ServiceRecord, document: Plain): void {
    const report = savedReport(document, `failure ${id}`);
    this.#cases.set(id, { report, lookedAt: -Infinity, shownAt: -Infinity, pending: undefined });
  }

  /** The service is unloaded. */
  forget(id: number): void {
    this.#cases.delete(id);
  }

  /** Looks for the reason of a failure, and shows it if that is due. */
  add({ service, trouble, launched }: Failure): void {
    const known = this.#cases.get(service.id) ??
      { report: undefined, lookedAt: -Infinity, shownAt: -Infinity, pending: undefined };
    this.#cases.set(service.id, known);
    if (known.pending !== undefined) return void known.pending.add(trouble);
    const now = this.#context.now();
    if (trouble === "ended" && now - known.lookedAt < LOOK_PAUSE) return;
    known.lookedAt = now;
    known.pending = new Set([trouble]);
    const look = this.#look(service, known, launched).finally(() => this.#looks.delete(look));
    this.#looks.add(look);
  }

  /** Resolves when all failures so far have been examined. */
  async complete(): Promise<void> {
    while (this.#looks.size > 0) await Promise.all(this.#looks);
  }

  async #look(service: ServiceRecord, known: Case, launched: number): Promise<void> {
    const time = Date.now();
    const text = await endOfOutput(this.#context, service, {
      bytes: TAIL,
      notBefore: launched - TIME_SLACK,
    });
    const output = linesOf(text);
    const advice = deniedAdvice(text, service.description);
    const troubles = known.pending!; // `add` has set it, and no other code clears it
    known.pending = undefined;
    const { restartLimitCount: restarts, restartLimitInterval: interval } = service.description;
    const unkept = troubles.has("not-executed") ? undefined : unkeptOutput(service);
    known.report = {
      time,
      output,
      ...(unkept === undefined ? {} : { unkept }),
      ...(troubles.has("restart-limit") ? { limit: { restarts, interval } } : {}),
      ...(advice === undefined ? {} : { advice: visible(advice) }),
      ...(troubles.has("not-executed") ? { program: visible(service.description.command[0] ?? "") } : {}),
    };
    const stays = troubles.size > 1 || !troubles.has("ended");
    const now = this.#context.now();
    if (!stays && now - known.shownAt < SHOW_PAUSE) return;
    known.shownAt = now;
    this.#show(service, known.report);
  }

  #show(service: ServiceRecord, { output, limit, program, advice }: FailureReport): void {
    const name = visible(service.name);
    const path = this.#context.logFile(service);
    const facts = [
      ...(program === undefined ? [] : [`cannot execute ${program}`]),
      ...(limit === undefined ? [] : [restartLimitText(limit)]),
      ...(advice === undefined ? [] : [advice]),
      ...(path === undefined ? [] : [`its log is ${visible(path)}`]),
    ];
    const lines = this.#context.showsOutput ? output : [];
    if ((lines.length === 0 && facts.length === 0) || !this.#mayShow()) return;
    for (const line of lines) this.#context.explain(`    ${name} > ${line}`);
    if (facts.length > 0) this.#context.explain(`    ${name}: ${facts.join("; ")}`);
  }

  #mayShow(): boolean {
    const now = this.#context.now();
    if (now - this.#windowStart >= SHOW_WINDOW) {
      this.#windowStart = now;
      this.#shown = 0;
    }
    this.#shown += 1;
    if (this.#shown === SHOWN_AT_MOST + 1) {
      this.#context.explain(
        "    More services fail than are explained here: 'dinitctl status SERVICE' tells why.",
      );
    }
    return this.#shown <= SHOWN_AT_MOST;
  }
}

/** Where the output goes if there can be no last lines of it; `undefined`: it is kept. */
function unkeptOutput({ description: { logType }, consumer }: ServiceRecord): UnkeptOutput | undefined {
  if (logType === "pipe" && consumer !== undefined) return { consumer: visible(consumer.name) };
  return logType === "pipe" || logType === "none" ? {} : undefined;
}

/** The sequences for colours, which are of no use in a report. */
// deno-lint-ignore no-control-regex
const COLOURS = /\x1b\[[\d;:]*m/g;

/** The last lines of a text whose beginning may be cut off; a repeated line counts once. */
function linesOf(text: string): string[] {
  const lines = text.replaceAll(COLOURS, "").split("\n").map((line) => line.trimEnd())
    .filter((line) => line !== "");
  return lines.filter((line, index) => line !== lines[index - 1]).slice(-LINES).map((line) => {
    const characters = Array.from(visible(line));
    return characters.length <= LINE_LENGTH
      ? characters.join("")
      : `${characters.slice(0, LINE_LENGTH).join("")}…`;
  });
}

/** Text that is safe to print on a terminal: control characters and bytes that are not UTF-8 become `\xNN`. */
function visible(text: string): string {
  return text.replaceAll("\t", " ").replaceAll(
    // deno-lint-ignore no-control-regex
    /[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]|[\ud800-\udfff](?![\udc00-\udfff])/g,
    (character) => {
      const code = character.charCodeAt(0) & (character >= "\udc80" && character <= "\udcff" ? 0xff : 0xffff);
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
    },
  );
}
