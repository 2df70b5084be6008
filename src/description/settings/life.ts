/** How services and their processes start, become ready, restart and stop (service description 3.2). */

import {
  isValidServiceName,
  type KillMode,
  type ReadyBy,
  type RestartPolicy,
  type ServiceDescription,
  ServiceType,
  signalNumber,
  SIGNALS,
} from "../../model/mod.ts";
import type { Draft, OpenDescription, SettingTarget, SettingValue } from "../draft.ts";
import { Mistake } from "../text/mistake.ts";
import { parseTime, parseUnsigned } from "../text/numbers.ts";
import { DURATION_SYNTAX, parseDuration } from "../text/units.ts";
import { limitedDuration, setHealth } from "./health.ts";
import { need } from "./host_features.ts";
import {
  meaningOf,
  PATH_BASES,
  PROCESSES,
  RESTARTED,
  SCRIPT_TYPES,
  settingRow,
  START_TYPES,
} from "./rows.ts";
import type { Setting } from "./setting.ts";
import type { TypeName } from "./type_names.ts";

const RESTART_WORDS = new Map<string, RestartPolicy>([
  ["yes", "always"],
  ["true", "always"],
  ["on-failure", "on-failure"],
  ["no", "never"],
  ["false", "never"],
]);

const BOOLEANS = new Map([["yes", true], ["true", true], ["no", false], ["false", false]]);

const KILL_MODES = new Map<string, KillMode>([["process", "process"], ["group", "group"], ["all", "all"]]);

/** More services than anybody wants to start after a failure. */
const MOST_HOOKS = 16;

/** The largest `restart-delay-factor`. */
const MOST_GROWTH = 1000;
/** `restart-delay-max` without a setting, in milliseconds. */
const LONGEST_DELAY = 300_000;

type TimeField = "restartDelay" | "restartLimitInterval" | "startTimeout" | "stopTimeout";

function time(
  name: string,
  field: TimeField,
  types: readonly TypeName[],
  standard: string,
  summary: string,
): Setting {
  const standardTime = parseTime(standard, name);
  return settingRow({
    name,
    syntax: "SECONDS[.FRACTION]",
    types,
    default: standard,
    summary,
    change: "live",
    apply({ draft: { description }, setting }, { text }) {
      description[field] = parseTime(text, setting);
    },
    show: (description) => description[field] === standardTime ? undefined : showTime(description[field]),
  });
}

/** Milliseconds as seconds with up to nine decimal places. */
function showTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const nanoseconds = Math.round((milliseconds - whole) * 1e6);
  const digits = (BigInt(whole) * 1_000_000n + BigInt(nanoseconds)).toString().padStart(10, "0");
  const fraction = digits.slice(-9).replace(/0+$/, "");
  return digits.slice(0, -9) + (fraction === "" ? "" : `.${fraction}`);
}

function termSignal(name: string): Setting {
  return settingRow({
    name,
    syntax: [...SIGNALS.map(([word]) => word), "none"].join(" | "),
    types: RESTARTED,
    default: "TERM",
    summary: "the signal that asks the process to stop",
    change: "live",
    apply({ draft: { description } }, { text }) {
      const number = text === "none" || text === "NONE" ? 0 : signalNumber(text);
      if (number === undefined) {
        throw new Mistake(`unknown/unsupported termination signal: ${text}`, { code: "unknown-signal" });
      }
      description.termSignal = number;
    },
  });
}

function showSignal({ termSignal }: ServiceDescription): string | undefined {
  if (termSignal === 15) return undefined;
  return SIGNALS.find(([, number]) => number === termSignal)?.[0] ?? "none";
}

function applyReadiness({ draft: { description } }: SettingTarget, { text }: SettingValue): void {
  if (text.startsWith("pipefd:")) {
    description.readyFd = parseUnsigned(text.slice("pipefd:".length));
    readyBy(description, "");
  } else if (text.startsWith("pipevar:")) {
    const variable = text.slice("pipevar:".length);
    if (variable === "") throw new Mistake("invalid pipevar variable name");
    description.readyVariable = variable;
    readyBy(description, "");
  } else if (text === "notify" || text === "health") {
    readyBy(description, text);
  } else if (text.startsWith("uptime:")) {
    readyBy(description, "uptime");
    const uptime = limitedDuration("the time behind 'uptime:'", text.slice("uptime:".length), 1);
    setHealth(description, { uptime });
  } else {
    throw new Mistake(`unrecognised setting: ${text}`, { code: "unknown-word" });
  }
}

/** The pipe and the other ways replace each other; a pipe may have a number and a variable, as in the reference. */
function readyBy(description: OpenDescription, way: ReadyBy): void {
  if (way !== description.health.readyBy) setHealth(description, { readyBy: way, uptime: 0 });
  if (way === "") return;
  description.readyFd = undefined;
  description.readyVariable = undefined;
}

/** Why `restart-delay-factor` has no effect. A factor of 1 asks for none. */
function whyNoGrowth({ description, given }: Draft): string | undefined {
  const { type, restart, smoothRecovery, restartDelay, restartDelayFactor, restartDelayMax } = description;
  if (restartDelayFactor === 1) return undefined;
  const isScheduled = type === ServiceType.SCHEDULED;
  if (isScheduled && (restart === "never" || !given.restart)) {
    return "a run that has failed is not repeated: set 'restart', or remove this line";
  }
  if (restart === "never" && !smoothRecovery) {
    return "the process is not started again: set 'restart' or 'smooth-recovery', or remove this line";
  }
  if (restartDelay === 0) {
    return "'restart-delay' is 0, which does not grow: set it to more than 0, or remove this line";
  }
  return restartDelay < restartDelayMax ? undefined : "'restart-delay' is not less than " +
    `'restart-delay-max' (${
      showTime(restartDelayMax)
    } s), so it does not grow: change one of them, or remove this line`;
}

/** The settings of 3.2 for time, restarts, readiness and signals. */
export const LIFE_SETTINGS: readonly Setting[] = [
  settingRow({
    name: "restart",
    syntax: [...RESTART_WORDS.keys()].join(" | "),
    default: "yes; no for scheduled services",
    summary: "whether to restart the service when its process ends; whether to repeat a run that has failed",
    change: "live",
    apply({ draft: { description, given } }, { text }) {
      given.restart = true;
      description.restart = meaningOf(
        RESTART_WORDS,
        text,
        'restart must be one of: "yes", "true", "no", "false" or "on-failure"',
      );
    },
    show: ({ restart }) => restart === "always" ? undefined : restart === "never" ? "no" : restart,
  }),
  settingRow({
    name: "smooth-recovery",
    syntax: [...BOOLEANS.keys()].join(" | "),
    types: PROCESSES,
    default: "no",
    summary: "whether to replace an ended process without stopping the service",
    change: "live",
    apply({ draft: { description } }, { text }) {
      description.smoothRecovery = meaningOf(
        BOOLEANS,
        text,
        'smooth-recovery must be one of: "yes", "true", "no" or "false"',
      );
    },
    show: ({ smoothRecovery }) => smoothRecovery ? "yes" : undefined,
  }),
  time("restart-delay", "restartDelay", RESTARTED, "0.2", "the least time between two automatic starts"),
  settingRow({
    name: "restart-delay-factor",
    extension: true,
    syntax: "NUMBER[.FRACTION]",
    types: RESTARTED,
    default: "1",
    summary:
      "the growth of restart-delay with each restart, until the service has run for a while; 1 for none",
    change: "live",
    apply({ draft: { description } }, { text }) {
      const factor = /^[0-9]+(\.[0-9]+)?$/.test(text) ? Number(text) : NaN;
      if (!(factor >= 1 && factor <= MOST_GROWTH)) {
        throw new Mistake(
          `restart-delay-factor must be a number from 1 to ${MOST_GROWTH}, such as 2 or 1.5`,
          {
            code: "bad-number",
          },
        );
      }
      description.restartDelayFactor = factor;
    },
    show: ({ restartDelayFactor: factor }) => factor === 1 ? undefined : String(factor),
    withoutEffect: whyNoGrowth,
  }),
  settingRow({
    name: "restart-delay-max",
    extension: true,
    syntax: DURATION_SYNTAX,
    types: RESTARTED,
    default: "5m",
    summary: "the longest time to which restart-delay grows",
    change: "live",
    apply({ draft: { description } }, { text }) {
      description.restartDelayMax = Math.round(parseDuration(text));
    },
    show: ({ restartDelayMax: most }) => most === LONGEST_DELAY ? undefined : `${most}ms`,
    withoutEffect: ({ description: { restartDelayFactor: factor } }) =>
      factor > 1
        ? undefined
        : "'restart-delay' does not grow: set 'restart-delay-factor' to more than 1, or remove this line",
  }),
  time(
    "restart-limit-interval",
    "restartLimitInterval",
    RESTARTED,
    "10",
    "the time over which automatic starts count",
  ),
  settingRow({
    name: "restart-limit-count",
    syntax: "NUMBER",
    types: RESTARTED,
    default: "3",
    summary: "the largest number of automatic restarts in the interval; 0 for any number",
    change: "live",
    apply({ draft: { description } }, { text }) {
      description.restartLimitCount = parseUnsigned(text);
    },
    show: ({ restartLimitCount }) => restartLimitCount === 3 ? undefined : String(restartLimitCount),
  }),
  time("start-timeout", "startTimeout", START_TYPES, "60", "the time that a start may take; 0 for any"),
  time("stop-timeout", "stopTimeout", SCRIPT_TYPES, "10", "the time that a stop may take; 0 for any"),
  settingRow({
    name: "pid-file",
    syntax: "PATH",
    substitution: "post",
    types: ["bgprocess"],
    path: { field: "pidFile", turn: 4 },
    base: PATH_BASES.daemon,
    summary: "the file in which the service leaves its process ID",
    change: "never",
    refusal: "cannot change pid_file for running service.",
    apply({ draft: { description } }, { text }) {
      description.pidFile = text;
    },
    show: ({ pidFile }) => pidFile || undefined,
  }),
  { ...termSignal("term-signal"), show: showSignal },
  { ...termSignal("termsignal"), aliasOf: "term-signal" },
  settingRow({
    name: "ready-notification",
    syntax: "pipefd:NUMBER | pipevar:NAME | notify | health | uptime:DURATION",
    combined: true,
    extensionValues: /^(?:notify|health|uptime:.*)$/,
    types: ["process", "bgprocess"],
    summary:
      "how the process becomes ready: by a message on a descriptor or socket, by its health, or after a time",
    change: "next-start",
    needs: [
      need(
        "descriptor",
        ({ readyFd, readyVariable }) => readyFd !== undefined || readyVariable !== undefined,
      ),
      need("notify-socket", ({ health }) => health.readyBy === "notify", {
        label: "ready-notification = notify",
      }),
    ],
    apply: applyReadiness,
    show: ({ readyFd, readyVariable, health: { readyBy, uptime } }) => [
      ...(readyBy === "" ? [] : [readyBy === "uptime" ? `uptime:${uptime}ms` : readyBy]),
      ...(readyFd === undefined ? [] : [`pipefd:${readyFd}`]),
      ...(readyVariable === undefined ? [] : [`pipevar:${readyVariable}`]),
    ],
  }),
  settingRow({
    name: "on-failure",
    extension: true,
    syntax: "SERVICE",
    substitution: "pre",
    appends: true,
    repeats: "additive",
    summary: "a service to start when this one has failed and does not restart",
    change: "live",
    apply({ draft: { description } }, { text }) {
      if (!isValidServiceName(text)) {
        throw new Mistake(`invalid service name '${text}'`, { code: "bad-name" });
      }
      if (text === description.name) {
        throw new Mistake("on-failure names the service itself; restart = yes starts it again", {
          code: "bad-name",
        });
      }
      if (description.onFailure.includes(text)) return;
      if (description.onFailure.length === MOST_HOOKS) {
        throw new Mistake(`on-failure names more than ${MOST_HOOKS} services`, { code: "too-many" });
      }
      description.onFailure = [...description.onFailure, text];
    },
    show: ({ onFailure }) => onFailure,
  }),
  settingRow({
    name: "kill-mode",
    extension: true,
    syntax: [...KILL_MODES.keys()].join(" | "),
    types: RESTARTED,
    default: "process",
    summary:
      "what must have ended before the service counts as stopped: its main process, also the process " +
      "group, or all that it has started",
    change: "live",
    needs: [need("remaining-processes", ({ killMode }) => killMode !== "process")],
    apply({ draft: { description } }, { text }) {
      description.killMode = meaningOf(
        KILL_MODES,
        text,
        'kill-mode must be one of: "process", "group" or "all"',
      );
    },
    show: ({ killMode }) => killMode === "process" ? undefined : killMode,
  }),
];
