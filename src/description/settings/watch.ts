/** Files that a service watches, and what the daemon does when they change: extensions. docs/watching.md. */

import { NO_WATCH, ServiceType, signalNumber, SIGNALS, type WatchSettings } from "../../model/mod.ts";
import type { Draft, OpenDescription } from "../draft.ts";
import { Mistake } from "../text/mistake.ts";
import { DURATION_SYNTAX } from "../text/units.ts";
import { limitedDuration, type Misfit } from "./health.ts";
import { PATH_BASES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

/** The shortest `watch-delay`, in milliseconds: a program may write a file in several steps. */
const SHORTEST_DELAY = 10;
/** More patterns than anybody writes. */
const MOST_PATTERNS = 100;

type WatchRow = Pick<Setting, "name" | "syntax" | "summary" | "apply" | "show"> & Partial<Setting>;

function row(setting: WatchRow): Setting {
  return settingRow({ extension: true, types: ["process"], change: "live", combined: true, ...setting });
}

function setWatch(description: OpenDescription, changes: Partial<WatchSettings>): void {
  description.watch = { ...description.watch, ...changes };
}

/** What `signal:NAME` and `run:COMMAND` say; `undefined`: they say nothing. */
function parseAction([first = "", ...others]: readonly string[]): Partial<WatchSettings> | undefined {
  if (first === "restart" && others.length === 0) return { action: "restart", signal: 0, command: [] };
  const [, kind, rest] = /^(signal|run):([^]*)$/.exec(first) ?? [];
  if (kind === "run") {
    const command = rest === "" ? others : [rest, ...others];
    return command.length === 0 ? undefined : { action: "run", signal: 0, command };
  }
  const signal = kind === "signal" && others.length === 0 ? signalNumber(rest) : undefined;
  return signal === undefined ? undefined : { action: "signal", signal, command: [] };
}

/** The settings of watched files. */
export const WATCH_SETTINGS: readonly Setting[] = [
  row({
    name: "watch",
    value: "tokens",
    syntax: "PATTERN... [!PATTERN]...",
    appends: true,
    base: PATH_BASES.service,
    summary:
      "files whose changes restart the process: with *, ** and ?; a folder means all below it; ! excludes",
    apply({ draft: { description } }, { tokens, append }) {
      const { patterns: before } = description.watch;
      const patterns = append ? [...before, ...tokens] : tokens;
      if (patterns.length > MOST_PATTERNS) {
        throw new Mistake(`watch has more than ${MOST_PATTERNS} patterns: name folders instead of files`);
      }
      const empty = patterns.find((pattern) => pattern === "" || pattern === "!");
      if (empty !== undefined) throw new Mistake(`watch has the empty pattern '${empty}'`);
      if (patterns.length > 0 && patterns.every((pattern) => pattern.startsWith("!"))) {
        throw new Mistake("watch only excludes files: add a pattern without '!'");
      }
      setWatch(description, { patterns });
    },
    show: ({ watch }) => watch.patterns.length === 0 ? undefined : watch.patterns,
  }),
  row({
    name: "watch-delay",
    syntax: DURATION_SYNTAX,
    default: `${NO_WATCH.delay / 1000}`,
    summary: "how long the watched files must stay unchanged before the daemon acts",
    apply({ draft: { description } }, { text }) {
      setWatch(description, { delay: limitedDuration("watch-delay", text, SHORTEST_DELAY) });
    },
    show: ({ watch }) => watch.delay === NO_WATCH.delay ? undefined : `${watch.delay}ms`,
    withoutEffect: whyUnwatched,
  }),
  row({
    name: "watch-action",
    value: "tokens",
    syntax: "restart | signal:SIGNAL | run:COMMAND [ARGUMENT]...",
    default: "restart",
    base: PATH_BASES.program,
    summary: "what the daemon does when watched files have changed",
    apply({ draft: { description } }, { tokens }) {
      const action = parseAction(tokens);
      if (action === undefined) {
        const names = SIGNALS.map(([name]) => name).join(", ");
        throw new Mistake(
          `watch-action must be restart, signal:NAME or run:COMMAND, where NAME is one of ${names}`,
          { code: "unknown-word" },
        );
      }
      setWatch(description, action);
    },
    show: ({ watch: { action, signal, command } }) => {
      if (action === "run") return ["run:", ...command];
      if (action === "restart") return undefined;
      return [`signal:${SIGNALS.find(([, number]) => number === signal)?.[0] ?? signal}`];
    },
    withoutEffect: whyUnwatched,
  }),
];

/** The settings of watched files that do not fit the others. `given`: those that lines have set. */
export function watchMisfits(
  { type }: Pick<OpenDescription, "type">,
  given: ReadonlyMap<string, unknown>,
): Misfit[] {
  const names = WATCH_SETTINGS.map(({ name }) => name).filter((name) => given.has(name));
  if (type === ServiceType.PROCESS) return [];
  const message = "only process services watch files: change 'type', or remove this line";
  return names.map((setting) => ({ setting, message }));
}

function whyUnwatched({ description: { watch } }: Draft): string | undefined {
  return watch.patterns.length > 0 ? undefined : "no file is watched: set 'watch', or remove this line";
}
