/** Health checks and the watchdog, and which of these settings fit together: extensions. docs/health.md. */

import {
  checkAddress,
  hasCheck,
  type HealthAction,
  type HealthSettings,
  httpTarget,
  NO_HEALTH,
  ServiceType,
} from "../../model/mod.ts";
import type { Draft, OpenDescription } from "../draft.ts";
import { Mistake } from "../text/mistake.ts";
import { parseUnsigned } from "../text/numbers.ts";
import { DURATION_SYNTAX, parseDuration } from "../text/units.ts";
import { need } from "./host_features.ts";
import { meaningOf, PATH_BASES, PROCESSES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

/** The shortest pause between two checks, in milliseconds: each check costs the daemon something. */
const SHORTEST_PAUSE = 50;
/** The shortest time limit, in milliseconds. */
const SHORTEST_LIMIT = 10;
/** The longest of all these times, in milliseconds: a week. The timers of the runtime take 24 days. */
const LONGEST = 7 * 86_400_000;
/** The largest `health-failures`. */
const MOST_FAILURES = 1000;

const ACTIONS = new Map<string, HealthAction>([["restart", "restart"], ["stop", "stop"], ["none", "none"]]);

/** The fields of times. */
type TimeField = "interval" | "timeout" | "startInterval" | "startPeriod" | "watchdog";

type HealthRow =
  & Pick<Setting, "name" | "syntax" | "summary" | "apply" | "show">
  & Partial<
    Pick<
      Setting,
      "default" | "value" | "substitution" | "appends" | "base" | "needs" | "types" | "withoutEffect"
    >
  >;

function row(setting: HealthRow): Setting {
  return settingRow({ extension: true, types: PROCESSES, change: "live", combined: true, ...setting });
}

/** Changes some of the settings. */
export function setHealth(description: OpenDescription, changes: Partial<HealthSettings>): void {
  description.health = { ...description.health, ...changes };
}

/** A duration between two limits, in milliseconds. */
export function limitedDuration(setting: string, text: string, shortest: number): number {
  const time = Math.round(parseDuration(text));
  if (time >= shortest && time <= LONGEST) return time;
  const least = shortest === 0 ? "0" : `${shortest}ms`;
  throw new Mistake(`${setting} must be between ${least} and 7d`, { code: "bad-duration" });
}

function time(name: string, field: TimeField, shortest: number, summary: string): Setting {
  const standard = NO_HEALTH[field];
  return row({
    name,
    syntax: DURATION_SYNTAX,
    default: field === "watchdog" ? "" : `${standard / 1000}`,
    summary,
    apply: ({ draft: { description } }, { text }) => {
      setHealth(description, { [field]: limitedDuration(name, text, shortest) });
    },
    show: ({ health }) => health[field] === standard ? undefined : `${health[field]}ms`,
    withoutEffect: whyNoCheck,
  });
}

/** The settings of health checks. */
export const HEALTH_SETTINGS: readonly Setting[] = [
  row({
    name: "health-http",
    syntax: "URL",
    substitution: "pre",
    summary: "the check: a request to this URL, which must be answered with a status from 200 to 399",
    needs: [need("health-connection", ({ health }) => health.http !== "")],
    apply({ draft: { description } }, { text }) {
      const target = text === "" ? undefined : httpTarget(text);
      if (text !== "" && target === undefined) {
        throw new Mistake(
          `bad URL '${text}': write http://HOST[:PORT]/PATH or https://…, without user and password`,
          { code: "bad-url" },
        );
      }
      setHealth(description, { http: text });
    },
    show: ({ health }) => health.http || undefined,
  }),
  row({
    name: "health-tcp",
    syntax: "[HOST:]PORT | unix:PATH",
    substitution: "pre",
    summary: "the check: a connection to this port or Unix socket",
    needs: [need("health-connection", ({ health }) => health.tcp !== "")],
    apply({ draft: { description } }, { text }) {
      const address = text === "" ? undefined : checkAddress(text);
      if (text !== "" && address === undefined) {
        throw new Mistake(
          `bad address '${text}': write PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH`,
          { code: "bad-address" },
        );
      }
      setHealth(description, { tcp: text });
    },
    show: ({ health }) => health.tcp || undefined,
  }),
  row({
    name: "health-command",
    value: "tokens",
    syntax: "EXECUTABLE [ARGUMENT]...",
    appends: true,
    substitution: "post",
    base: PATH_BASES.program,
    summary: "the check: a command with the user, directory, environment and limits of the service; status 0",
    apply({ draft }, { tokens, append }) {
      const isBlank = tokens.length === 0 || (tokens.length === 1 && tokens[0] === "");
      if (append && !isBlank) draft.healthCommand.push(...tokens);
      else if (!append) draft.healthCommand = isBlank ? [] : tokens;
    },
    show: ({ health }) => health.command.length === 0 ? undefined : health.command,
  }),
  time("health-interval", "interval", SHORTEST_PAUSE, "the time from the end of a check to the next one"),
  time("health-timeout", "timeout", SHORTEST_LIMIT, "the time after which a check has failed"),
  row({
    name: "health-failures",
    syntax: "COUNT",
    default: String(NO_HEALTH.failures),
    summary: "how many failed checks in a row make the service unhealthy",
    apply({ draft: { description } }, { text }) {
      const failures = parseUnsigned(text, MOST_FAILURES);
      if (failures === 0) {
        throw new Mistake(`health-failures must be a number from 1 to ${MOST_FAILURES}`, {
          code: "bad-number",
        });
      }
      setHealth(description, { failures });
    },
    show: ({ health }) => health.failures === NO_HEALTH.failures ? undefined : String(health.failures),
    withoutEffect: whyNoCheck,
  }),
  time(
    "health-start-interval",
    "startInterval",
    SHORTEST_PAUSE,
    "the same as health-interval, until the first check of a process succeeds",
  ),
  time("health-start-period", "startPeriod", 0, "how long after its launch failed checks do not count"),
  row({
    name: "health-action",
    syntax: [...ACTIONS.keys()].join(" | "),
    default: NO_HEALTH.action,
    summary:
      "what the daemon does with an unhealthy service: it treats it like a crash, stops it for good, or only says so",
    apply({ draft: { description } }, { text }) {
      const mistake = 'health-action must be one of: "restart", "stop" or "none"';
      setHealth(description, { action: meaningOf(ACTIONS, text, mistake) });
    },
    show: ({ health }) => health.action === NO_HEALTH.action ? undefined : health.action,
    withoutEffect({ description: { health } }) {
      // A process that talks may say that it does not work, or set a watchdog for itself.
      if (hasCheck(health) || health.readyBy === "notify") return undefined;
      const unless = `set ${CHECK_NAMES}, or 'ready-notification = notify'`;
      return `nothing says whether the service is healthy, so '${health.action}' never happens: ${unless}`;
    },
  }),
  {
    ...time(
      "watchdog-timeout",
      "watchdog",
      SHORTEST_LIMIT,
      "the longest time between two signs of life (WATCHDOG=1) of a process that is up",
    ),
    types: PROCESSES,
    change: "next-start",
    withoutEffect: ({ description: { health } }) =>
      health.readyBy === "notify"
        ? undefined
        : "the process cannot say that it is alive: set 'ready-notification = notify'",
  },
];

/** Why a setting of checks has no effect. */
function whyNoCheck({ description: { health } }: Draft): string | undefined {
  return hasCheck(health) ? undefined : `there is no check: set ${CHECK_NAMES}, or remove this line`;
}

/** A setting that does not fit the others. */
export interface Misfit {
  readonly setting: string;
  /** What is wrong, with the remedy. */
  readonly message: string;
}

const CHECKS = ["health-http", "health-tcp", "health-command"] as const;
/** All settings besides the checks themselves. */
const OF_HEALTH = HEALTH_SETTINGS.map(({ name }) => name).filter((name) =>
  !CHECKS.some((one) => one === name)
);
const CHECK_NAMES = "'health-http', 'health-tcp' or 'health-command'";

/**
 * The settings that do not fit.
 *
 * @param given the settings that lines have set
 */
export function misfits(
  health: HealthSettings,
  type: ServiceType,
  given: ReadonlySet<string> | ReadonlyMap<string, unknown>,
): Misfit[] {
  if (given.size === 0) return [];
  const found: Misfit[] = [];
  const misfit = (setting: string, message: string) => void found.push({ setting, message });
  const { readyBy } = health;
  const values = { "health-http": health.http, "health-tcp": health.tcp, "health-command": health.command };
  const checks = CHECKS.filter((name) => values[name].length > 0);
  const isProcess = type === ServiceType.PROCESS;
  if (!isProcess && type !== ServiceType.BGPROCESS) {
    for (const name of [...checks, ...OF_HEALTH.filter((name) => given.has(name))]) {
      misfit(
        name,
        "only process and bgprocess services have a process to check: change 'type', or remove this line",
      );
    }
    if (found.length > 0 && readyBy === "") return found;
  }
  // The messages of a bgprocess service say which process is the main one, and that it is alive.
  const mayTalk = readyBy === "notify" && type === ServiceType.BGPROCESS;
  if (readyBy !== "" && !isProcess && !mayTalk) {
    const why = type === ServiceType.BGPROCESS
      ? "a bgprocess service is ready when its launcher has ended"
      : "";
    const rule = `'ready-notification = ${readyBy}' is only for process services`;
    misfit("ready-notification", `${rule}${why && `; ${why}`}: change 'type', or remove this line`);
  }
  for (const name of checks.slice(1)) {
    misfit(name, `there is already a check, '${checks[0]}': keep one of ${CHECK_NAMES}`);
  }
  if (readyBy === "health" && checks.length === 0) {
    misfit("ready-notification", `'health' needs a check: set ${CHECK_NAMES}`);
  }
  return found;
}
