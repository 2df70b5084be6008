/** The schedule of a service in the words of a CronJob, with the account of its lines. */

import type { ScheduleOverlap } from "../../../model/mod.ts";
import type { ExportedService } from "../service_set.ts";

/** When and how a CronJob runs. Times are in seconds. */
export interface CronJobPlan {
  /** Expressions with five fields. Each needs a separate CronJob. */
  readonly schedules: readonly string[];
  /** An IANA name; empty: that of the cluster. */
  readonly timeZone: string;
  readonly concurrencyPolicy: "Forbid" | "Replace";
  /** How late a run may begin; `undefined`: it may be made up at any time. */
  readonly startingDeadline: number | undefined;
  /** How long a run may take; `undefined`: any time. */
  readonly limit: number | undefined;
  /** How often a run that has failed is repeated. */
  readonly retries: number;
}

/** As here, a run that is later than a minute was missed. */
const MISSED_AFTER = 60;
/** The largest number of a field, for a service that restarts without a limit. */
const ANY_NUMBER = 2 ** 31 - 1;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The plan for a scheduled service; `undefined`, with a note on its lines, if no CronJob can say its times: then dinit
 * has to run it.
 */
export function cronJobPlan(service: ExportedService): CronJobPlan | undefined {
  const { schedule, restart, restartLimitCount } = service.description;
  const schedules = schedule.cron.length > 0
    ? schedule.cron.map(clusterCron)
    : [cronOfInterval(schedule.interval)];
  if (!schedules.every((one) => one !== undefined)) {
    explainStaying(service);
    return undefined;
  }
  explain(service, schedules);
  const canBeLate = schedule.catchUp >= 0 || schedule.overlap === "queue";
  return {
    schedules,
    timeZone: schedule.timezone,
    concurrencyPolicy: schedule.overlap === "stop" ? "Replace" : "Forbid",
    startingDeadline: canBeLate ? undefined : MISSED_AFTER,
    limit: schedule.limit === 0 ? undefined : Math.ceil(schedule.limit / 1000),
    retries: restart === "never" ? 0 : restartLimitCount === 0 ? ANY_NUMBER : restartLimitCount,
  };
}

/**
 * An expression as a cluster reads it: the days of the week are 0 to 6, and there is no `L` and no `#`. `undefined` for
 * what it cannot say.
 */
export function clusterCron(expression: string): string | undefined {
  const [minute, hour, day, month, weekday] = expression.split(" ");
  if (day.includes("L") || weekday.includes("#")) return undefined;
  return [minute, hour, day, month, weekday.split(",").map(weekdays).join(",")].join(" ");
}

/** A range that ends with 7, which is Sunday, as a list. */
function weekdays(item: string): string {
  const [, first, last, step] = /^([0-7])(?:-([0-7])(?:\/([0-9]+))?)?$/.exec(item) ?? [];
  if (first === undefined || (last ?? first) !== "7") return item;
  const days: number[] = [];
  for (let day = Number(first); day <= 7; day += Number(step ?? 1)) days.push(day % 7);
  return days.join(",");
}

/** The expression for an interval that divides an hour or a day; `undefined` for others. */
export function cronOfInterval(milliseconds: number): string | undefined {
  const divides = (unit: number, whole: number) => milliseconds % unit === 0 && whole % milliseconds === 0;
  if (milliseconds === DAY) return "0 0 * * *";
  if (milliseconds === HOUR) return "0 * * * *";
  if (divides(MINUTE, HOUR)) {
    return milliseconds === MINUTE ? "* * * * *" : `*/${milliseconds / MINUTE} * * * *`;
  }
  return divides(HOUR, DAY) ? `0 */${milliseconds / HOUR} * * *` : undefined;
}

const OVERLAPS: Readonly<Record<ScheduleOverlap, string>> = {
  skip: "concurrencyPolicy: Forbid",
  queue: "concurrencyPolicy: Forbid; the run follows, and so does one that was missed for another reason",
  stop: "concurrencyPolicy: Replace",
};

function explain({ description, lines }: ExportedService, schedules: readonly string[]): void {
  const { schedule } = description;
  const zone = schedule.timezone === "" ? ", in the time zone of the cluster" : "";
  const count = schedules.length === 1
    ? ""
    : `; ${schedules.length} CronJobs, each of which looks only at its own runs`;
  const lateness = schedule.overlap === "skip" && schedule.catchUp >= 0
    ? "; a run that is due meanwhile follows, since missed runs are made up"
    : "";
  const notes: Readonly<Record<string, readonly ["carried" | "changed" | "none", string]>> = {
    type: ["changed", "a CronJob"],
    "schedule-cron": ["changed", `schedule: ${schedules.join(" and ")}${zone}${count}`],
    "schedule-interval": [
      "changed",
      `schedule: ${schedules[0]}: at full hours and minutes, not from the start on`,
    ],
    "schedule-timezone": ["carried", "timeZone"],
    "schedule-overlap": ["changed", `${OVERLAPS[schedule.overlap]}${lateness}`],
    "schedule-limit": ["changed", "activeDeadlineSeconds, which also counts the start of the pod"],
    "schedule-catch-up": schedule.catchUp < 0
      ? ["changed", "startingDeadlineSeconds: 60"]
      : ["changed", "without startingDeadlineSeconds a missed run is made up at once"],
    "schedule-jitter": ["none", "a CronJob starts at its time: move the minute of its schedule"],
    restart: ["changed", "backoffLimit"],
    "restart-limit-count": ["changed", "backoffLimit counts for each run"],
    "restart-limit-interval": ["none", "backoffLimit counts for each run"],
    "restart-delay": ["none", "the cluster repeats a run after 10 seconds, and then after twice the time"],
    "restart-delay-factor": ["none", "the cluster doubles the time before it repeats a run"],
    "restart-delay-max": ["none", "the cluster waits at most six minutes before it repeats a run"],
    "on-failure": ["none", "nothing starts in the cluster when a Job fails; watch its status"],
  };
  for (const [setting, directives] of lines) {
    if (!Object.hasOwn(notes, setting)) continue;
    const [outcome, note] = notes[setting];
    for (const directive of directives) directive[outcome](note);
  }
}

/** The account of a service that stays with the others. */
function explainStaying({ description, lines }: ExportedService): void {
  const why = description.schedule.cron.length > 0
    ? "a CronJob knows no L and no #"
    : "a CronJob knows only intervals that divide an hour or a day";
  for (const setting of ["schedule-cron", "schedule-interval"]) {
    for (const directive of lines.get(setting) ?? []) {
      directive.changed(`dinit goes on to run it in the pod: ${why}`);
    }
  }
}

/** Settings of a scheduled service that a program which runs once does not have. */
const SCHEDULE_LINE =
  /^[ \t]*(?:@meta[ \t]+)?(?:type|restart|restart-(?:delay|delay-factor|delay-max|limit-count|limit-interval)|schedule-[a-z-]+|on-failure)[ \t]*(?:[=:]|\+=).*$/gm;

/** The description of a service that runs once, as the pod starts it: with `--exit-with` the pod ends with its status. */
export function runningOnce(text: string): string {
  return text.replaceAll(SCHEDULE_LINE, (line) => `# the CronJob says it: ${line.trim()}`);
}

/** What follows the description of the scheduled service itself. */
export const ONCE =
  "\n# The CronJob starts the pod, which ends with this service.\ntype = process\nrestart = no\n";
