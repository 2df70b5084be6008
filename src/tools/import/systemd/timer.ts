/** A timer: its service becomes a scheduled one. */

import type { Directive } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import { cronOf } from "./calendar.ts";
import type { Unit } from "./unit.ts";
import { durationText, parseBoolean, parseSpan } from "./values.ts";

/** How long after the start a missed run is made up: systemd does it at once. */
const CATCH_UP = "0s";

/** The unit that a timer starts. */
export function unitOfTimer(timer: Unit): string {
  return timer.named("Timer", "Unit")?.value || `${timer.name.stem}.service`;
}

/** Whether a timer has times that a schedule can say. */
export function hasTimes(timer: Unit): boolean {
  const isInterval = (name: string) =>
    timer.texts("Timer", name).some((value) => intervalOf(value) !== undefined);
  return timer.texts("Timer", "OnCalendar").some((value) => "cron" in cronOf(value)) ||
    isInterval("OnUnitActiveSec") || isInterval("OnUnitInactiveSec");
}

/** Adds the schedule to the description of the service; `undefined` if its unit is not imported. */
export function importTimer(timer: Unit, text: DescriptionText | undefined): void {
  const owner = unitOfTimer(timer);
  timer.last("Timer", "Unit")?.carried(text === undefined ? "" : `the schedule is in ${text.name}`);
  if (text === undefined) {
    const note = `import ${owner} together with the timer: the schedule belongs to its description`;
    for (const directive of timer.rest().filter(({ section }) => section === "Timer")) {
      directive.decision(note);
    }
    return;
  }
  const calendars = timer.all("Timer", "OnCalendar");
  const intervals = ["OnUnitActiveSec", "OnUnitInactiveSec"].flatMap((name) => timer.all("Timer", name));
  let schedules = 0;
  for (const directive of calendars) schedules += addCalendar(text, directive) ? 1 : 0;
  for (const directive of intervals) {
    const isSecond = schedules > 0;
    if (isSecond) text.decide(directive, "a schedule has times or an interval, and one interval only");
    else schedules += addInterval(text, directive) ? 1 : 0;
  }
  importStarts(timer, text, schedules > 0);
  if (schedules === 0) return explainRest(timer, text, false);
  if (text.get("type") !== "scripted") {
    text.comment(
      "Decide: the command is a daemon for systemd, and a scheduled run ends when its command ends.",
    );
  }
  text.set("type", "scheduled");
  text.remove("start-timeout"); // it limits a run, and importTimeouts has written schedule-limit
  explainRest(timer, text, true);
}

function addCalendar(text: DescriptionText, directive: Directive): boolean {
  const result = cronOf(directive.value);
  if ("fault" in result) {
    text.decide(directive, result.fault);
    return false;
  }
  const zone = text.get("schedule-timezone");
  if (text.has("schedule-cron") && zone !== result.zone) {
    text.decide(directive, "all times of a schedule have the same time zone");
    return false;
  }
  text.addText("schedule-cron", result.cron);
  if (result.zone !== undefined) text.set("schedule-timezone", result.zone);
  const note = `schedule-cron = ${result.cron}`;
  directive.changed(result.note === "" ? note : `${note}; ${result.note}`);
  return true;
}

function addInterval(text: DescriptionText, directive: Directive): boolean {
  const seconds = intervalOf(directive.value);
  if (seconds === undefined) {
    text.decide(directive, "this is no interval");
    return false;
  }
  text.set("schedule-interval", durationText(seconds));
  directive.changed(
    directive.name === "OnUnitActiveSec"
      ? "schedule-interval, from start to start"
      : "schedule-interval counts from start to start, not from end to start",
  );
  return true;
}

/** An interval in seconds; `undefined` if no schedule can have it. */
function intervalOf(text: string): number | undefined {
  const seconds = parseSpan(text);
  return seconds === undefined || seconds < 1 || seconds === Infinity ? undefined : seconds;
}

/** The first run of an interval, or a single run. */
function importStarts(timer: Unit, text: DescriptionText, isScheduled: boolean): void {
  for (const name of ["OnBootSec", "OnStartupSec", "OnActiveSec"]) {
    for (const directive of timer.all("Timer", name)) {
      if (isScheduled) {
        directive.changed("the schedule alone decides when the first run is; dinitctl trigger runs it now");
      } else text.decide(directive, "a single run after a time: start a service that sleeps first");
    }
  }
  for (const name of ["OnClockChange", "OnTimezoneChange"]) {
    timer.last("Timer", name)?.none("a schedule follows the clock, and does not run because it was set");
  }
}

function explainRest(timer: Unit, text: DescriptionText, isScheduled: boolean): void {
  const persistent = timer.last("Timer", "Persistent");
  if (persistent !== undefined) {
    const isOn = parseBoolean(persistent.value) === true && isScheduled;
    if (isOn) text.set("schedule-catch-up", CATCH_UP);
    if (isOn) {
      persistent.changed(`schedule-catch-up = ${CATCH_UP}: a missed run is made up at once`);
    } else persistent.carried();
  }
  const delay = timer.last("Timer", "RandomizedDelaySec");
  const seconds = delay && parseSpan(delay.value);
  if (delay !== undefined && (seconds === undefined || seconds === Infinity)) {
    text.decide(delay, "this is no span of time");
  } else if (delay !== undefined && seconds !== undefined) {
    if (isScheduled && seconds > 0) text.set("schedule-jitter", durationText(seconds));
    delay.changed("schedule-jitter is the same at each run of this service on this machine");
  }
  timer.last("Timer", "FixedRandomDelay")?.carried("the delay is always the same");
  timer.last("Timer", "AccuracySec")?.carried("runs start at their time");
  timer.last("Timer", "WakeSystem")?.none("dinit does not wake the machine; see schedule-catch-up");
  timer.last("Timer", "RemainAfterElapse")?.carried("a schedule stays armed");
  const deferred = timer.last("Timer", "DeferReactivation");
  if (deferred !== undefined) {
    const overlap = parseBoolean(deferred.value) === true ? "skip" : "queue";
    if (isScheduled) text.set("schedule-overlap", overlap);
    deferred.changed(`schedule-overlap = ${overlap}`);
  }
  timer.last("Timer", "RandomizedOffsetSec")?.none("see schedule-jitter");
}
