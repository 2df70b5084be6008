/** The timer of a scheduled service, and the account of its schedule. */

import type { ScheduleOverlap } from "../../model/mod.ts";
import { calendarsOf } from "./calendar.ts";
import { type ExportedService, ExportError } from "./service_set.ts";
import type { Outcome } from "./outcome.ts";

/** A line of a unit. */
export type Line = readonly [name: string, value: string];

/** The lines of the section `Timer`. Throws `ExportError`. */
export function timerLines(service: ExportedService): Line[] {
  const { description: { schedule }, lines } = service;
  const { cron, interval, jitter, catchUp, overlap } = schedule;
  const zone = zoneOf(service);
  const calendars = new Set(cron.flatMap((one) => calendarsOf(one, zone)));
  const timer: Line[] = Array.from(calendars, (calendar) => ["OnCalendar", calendar]);
  if (interval > 0) timer.push(["OnActiveSec", `${interval}ms`], ["OnUnitActiveSec", `${interval}ms`]);
  if (jitter > 0) timer.push(["RandomizedDelaySec", `${jitter}ms`], ["FixedRandomDelay", "yes"]);
  if (catchUp >= 0 && interval === 0) timer.push(["Persistent", "yes"]);
  // systemd before 257 warns about the line, so a service that does not need it gets none.
  if (overlap !== "stop" && lines.has("schedule-overlap")) {
    timer.push(["DeferReactivation", overlap === "skip" ? "yes" : "no"]);
  }
  // Otherwise systemd may begin a run up to a minute late.
  return [...timer, ["AccuracySec", "1us"]];
}

/** The name of the time zone as systemd knows it, with the usual letters. */
function zoneOf({ name, description: { schedule: { timezone } } }: ExportedService): string {
  if (timezone === "") return "";
  if (/^[+-]/.test(timezone)) {
    throw new ExportError(
      `Cannot export '${name}': schedule-timezone = ${timezone}: a timer knows only names: ` +
        "write one such as Europe/Zurich or UTC",
    );
  }
  const known = new Intl.DateTimeFormat("en", { timeZone: timezone }).resolvedOptions().timeZone;
  return known.toLowerCase() === timezone.toLowerCase() ? known : timezone;
}

const OVERLAPS: Readonly<Record<ScheduleOverlap, Outcome>> = {
  skip: ["changed", "DeferReactivation=yes, from systemd 257 on; before, the run follows"],
  queue: ["changed", "DeferReactivation=no: the run follows"],
  stop: ["decision", "the run follows, as with queue: let the command end the one before"],
};

/** What becomes of the settings that mean something else, or something more, for a scheduled service. */
export function scheduleNotes(
  { description: { schedule, restart } }: ExportedService,
): Readonly<Record<string, Outcome>> {
  const isInterval = schedule.interval > 0;
  return {
    type: ["changed", "a timer, and a service with Type=oneshot; what depends on it depends on the timer"],
    "schedule-cron": [
      "changed",
      "OnCalendar=; systemd makes up at once what the machine missed in a suspend",
    ],
    "schedule-interval": [
      "changed",
      "OnActiveSec= and OnUnitActiveSec=, which do not count the time in which the machine is suspended",
    ],
    "schedule-timezone": ["carried", "OnCalendar="],
    "schedule-jitter": isInterval
      ? ["changed", "RandomizedDelaySec= and FixedRandomDelay=; each interval is longer by the delay"]
      : ["carried", "RandomizedDelaySec= and FixedRandomDelay="],
    "schedule-catch-up": catchUpOutcome(schedule.catchUp, isInterval),
    "schedule-overlap": OVERLAPS[schedule.overlap],
    "schedule-limit": ["carried", "TimeoutStartSec="],
    restart: restart === "always"
      ? ["changed", "Restart=on-failure, which repeats no run that ends by TERM, INT, HUP or PIPE"]
      : ["carried", "Restart="],
    "chain-to": ["none", "a timer does not end; OnSuccess= would start the other unit after each run"],
  };
}

function catchUpOutcome(catchUp: number, isInterval: boolean): Outcome {
  if (catchUp < 0) return ["carried", "without Persistent="];
  if (isInterval) {
    return ["none", "Persistent= is only for OnCalendar=: the first run comes one interval later"];
  }
  if (catchUp === 0) return ["carried", "Persistent="];
  return ["changed", "Persistent=: a missed run is made up as soon as the timer starts"];
}
