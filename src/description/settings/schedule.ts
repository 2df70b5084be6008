/** When a scheduled service runs: extensions. docs/schedules.md. */

import {
  NO_SCHEDULE,
  type ScheduleOverlap,
  type ScheduleSettings,
  type ServiceDescription,
  ServiceType,
} from "../../model/mod.ts";
import { CronError, plainCron } from "../../model/cron_expression.ts";
import type { OpenDescription } from "../draft.ts";
import { Mistake } from "../text/mistake.ts";
import { DURATION_SYNTAX, parseDuration } from "../text/units.ts";
import { limitedDuration, type Misfit } from "./health.ts";
import { meaningOf, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

/** The shortest `schedule-interval`, in milliseconds: each run costs a process. */
const SHORTEST_INTERVAL = 1000;
/** The longest of all these times, in milliseconds: ten years. */
const LONGEST = 3650 * 86_400_000;
/** More expressions than anybody writes. */
const MOST_EXPRESSIONS = 32;

const OVERLAPS = new Map<string, ScheduleOverlap>([["skip", "skip"], ["queue", "queue"], ["stop", "stop"]]);

type ScheduleRow =
  & Pick<Setting, "name" | "syntax" | "summary" | "apply" | "show">
  & Partial<Pick<Setting, "default" | "appends" | "repeats" | "hashInWords" | "withoutEffect">>;

function row(setting: ScheduleRow): Setting {
  return settingRow({ extension: true, types: ["scheduled"], change: "live", combined: true, ...setting });
}

function set(description: OpenDescription, changes: Partial<ScheduleSettings>): void {
  description.schedule = { ...description.schedule, ...changes };
}

/** A duration in milliseconds. Throws `Mistake` if it is shorter than `shortest`, or too long. */
function time(setting: string, text: string, shortest: number): number {
  const milliseconds = Math.round(parseDuration(text));
  if (milliseconds >= shortest && milliseconds <= LONGEST) return milliseconds;
  throw new Mistake(`${setting} must be between ${shortest / 1000}s and 3650d`, { code: "bad-duration" });
}

/** The settings of schedules. */
export const SCHEDULE_SETTINGS: readonly Setting[] = [
  row({
    name: "schedule-cron",
    syntax: "MINUTE HOUR DAY MONTH WEEKDAY | @hourly | @daily | @weekly | @monthly | @yearly",
    appends: true,
    hashInWords: true,
    repeats: "additive",
    summary: "when to run: five fields with numbers, names, lists, ranges and steps; further lines add times",
    apply({ draft: { description } }, { text, starts }) {
      const { cron } = description.schedule;
      if (cron.length === MOST_EXPRESSIONS) {
        throw new Mistake(`schedule-cron has more than ${MOST_EXPRESSIONS} lines`, { code: "too-many" });
      }
      try {
        set(description, { cron: [...cron, plainCron(text.trim().split(/\s+/))] });
      } catch (error) {
        if (!(error instanceof CronError)) throw error;
        const start = starts[error.field]; // absent if the whole expression is in quotes
        throw new Mistake(error.message, {
          code: "bad-schedule",
          position: start === undefined ? undefined : start + error.offset,
        });
      }
    },
    show: ({ schedule: { cron } }) => cron.length === 0 ? undefined : cron,
  }),
  row({
    name: "schedule-interval",
    syntax: DURATION_SYNTAX,
    summary: "how long after the start of a run the next one starts",
    apply({ draft: { description } }, { text }) {
      set(description, { interval: time("schedule-interval", text, SHORTEST_INTERVAL) });
    },
    show: shown("interval"),
  }),
  row({
    name: "schedule-timezone",
    syntax: "ZONE (such as Europe/Zurich)",
    default: "that of the machine",
    summary: "the time zone in which schedule-cron is meant",
    apply({ draft: { description } }, { text }) {
      if (!isTimeZone(text)) {
        throw new Mistake(`unknown time zone '${text}': write a name such as Europe/Zurich or UTC`, {
          code: "bad-timezone",
        });
      }
      set(description, { timezone: text });
    },
    show: ({ schedule: { timezone } }) => timezone || undefined,
    withoutEffect: ({ description: { schedule } }) =>
      schedule.cron.length > 0
        ? undefined
        : "only 'schedule-cron' has a time zone: add such a line, or remove this one",
  }),
  row({
    name: "schedule-jitter",
    syntax: DURATION_SYNTAX,
    default: "0",
    summary:
      "runs begin later by up to this time: always by the same time, which differs from service to service",
    apply({ draft: { description } }, { text }) {
      set(description, { jitter: limitedDuration("schedule-jitter", text, 0) });
    },
    show: shown("jitter"),
  }),
  row({
    name: "schedule-catch-up",
    syntax: `no | ${DURATION_SYNTAX}`,
    default: "no",
    summary: "how long after the start, or after a suspend, a missed run is made up once",
    apply({ draft: { description } }, { text }) {
      set(description, { catchUp: text === "no" ? -1 : limitedDuration("schedule-catch-up", text, 0) });
    },
    show: ({ schedule: { catchUp } }) => catchUp < 0 ? undefined : `${catchUp}ms`,
  }),
  row({
    name: "schedule-overlap",
    syntax: [...OVERLAPS.keys()].join(" | "),
    default: NO_SCHEDULE.overlap,
    summary:
      "when a run is due while the last one still runs: it is skipped, it waits, or it replaces that one",
    apply({ draft: { description } }, { text }) {
      const mistake = 'schedule-overlap must be one of: "skip", "queue" or "stop"';
      set(description, { overlap: meaningOf(OVERLAPS, text, mistake) });
    },
    show: ({ schedule: { overlap } }) => overlap === NO_SCHEDULE.overlap ? undefined : overlap,
  }),
  row({
    name: "schedule-limit",
    syntax: DURATION_SYNTAX,
    default: "0",
    summary: "how long a run may take; then it is stopped, and has failed; 0 for any time",
    apply({ draft: { description } }, { text }) {
      set(description, { limit: time("schedule-limit", text, 0) });
    },
    show: shown("limit"),
  }),
];

function shown(
  field: "interval" | "jitter" | "limit",
): (description: ServiceDescription) => string | undefined {
  return ({ schedule }) => schedule[field] === 0 ? undefined : `${schedule[field]}ms`;
}

function isTimeZone(text: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return true;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return false;
  }
}

/**
 * The settings that do not fit.
 *
 * @param given the settings that lines have set
 */
export function scheduleMisfits(
  { type, schedule: { cron, interval } }: Pick<ServiceDescription, "type" | "schedule">,
  given: ReadonlyMap<string, unknown>,
): Misfit[] {
  const names = SCHEDULE_SETTINGS.map(({ name }) => name).filter((name) => given.has(name));
  if (type !== ServiceType.SCHEDULED) {
    return names.map((setting) => ({
      setting,
      message:
        "only a scheduled service runs at certain times: write 'type = scheduled', or remove this line",
    }));
  }
  if (cron.length === 0 || interval === 0) return [];
  return [{
    setting: "schedule-interval",
    message: "there is already 'schedule-cron': keep one of the two",
  }];
}

/** Whether the description of a scheduled service says when it runs. */
export function hasSchedule({ cron, interval }: ScheduleSettings): boolean {
  return cron.length > 0 || interval > 0;
}
