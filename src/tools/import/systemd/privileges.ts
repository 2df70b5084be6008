/** The user, the limits and the priorities of a service. */

import type { Directive } from "../../shared/account.ts";
import { plainWords, type Word } from "../words.ts";
import { fixedText, type ServiceContext } from "./service_context.ts";
import { parseBoolean, parseBytes, parseSpan } from "./values.ts";

/** The limits that are settings here. */
const LIMIT_SETTINGS: Readonly<Record<string, string>> = {
  LimitNOFILE: "rlimit-nofile",
  LimitCORE: "rlimit-core",
  LimitDATA: "rlimit-data",
  LimitAS: "rlimit-addrspace",
};

/** The limits that the program `prlimit` sets. */
const LIMIT_OPTIONS: Readonly<Record<string, string>> = {
  LimitCPU: "cpu",
  LimitFSIZE: "fsize",
  LimitSTACK: "stack",
  LimitRSS: "rss",
  LimitNPROC: "nproc",
  LimitMEMLOCK: "memlock",
  LimitLOCKS: "locks",
  LimitSIGPENDING: "sigpending",
  LimitMSGQUEUE: "msgqueue",
  LimitNICE: "nice",
  LimitRTPRIO: "rtprio",
};

/** The limits that count bytes. */
const BYTE_LIMITS = /^Limit(CORE|DATA|AS|FSIZE|STACK|RSS|MEMLOCK|MSGQUEUE)$/;

/** `User`, `Group` and `SupplementaryGroups`. */
export function importUser(context: ServiceContext): void {
  const { unit, text } = context;
  const user = unit.last("Service", "User");
  const name = user && fixedText(context, user);
  if (user !== undefined && name !== undefined) {
    context.user = name === "root" || name === "0" ? "" : name;
    text.set("run-as", name);
    text.flag("export-passwd-vars", "load-options");
    user.carried();
  }
  const group = unit.last("Service", "Group");
  if (group !== undefined) {
    if (group.value === name) group.carried("the group of the user");
    else text.decide(group, "run-as gives the process the groups of its user in /etc/group");
  }
  for (const groups of unit.all("Service", "SupplementaryGroups")) {
    text.decide(groups, "run-as gives the process the groups of its user: add the user to these");
  }
  const dynamic = unit.last("Service", "DynamicUser");
  if (dynamic === undefined) return;
  if (parseBoolean(dynamic.value) === false) dynamic.carried();
  else text.decide(dynamic, "make a user for the service, and name it with run-as");
}

/** The limits on resources. */
export function importLimits(context: ServiceContext): void {
  for (const [name, setting] of Object.entries(LIMIT_SETTINGS)) {
    const directive = context.unit.last("Service", name);
    const limit = directive && limitOf(context, directive);
    if (directive === undefined || limit === undefined) continue;
    context.text.set(setting, limit.replaceAll("infinity", "-"));
    directive.carried();
  }
  const options: string[] = [];
  for (const [name, option] of Object.entries(LIMIT_OPTIONS)) {
    const directive = context.unit.last("Service", name);
    const limit = directive && limitOf(context, directive);
    if (directive === undefined || limit === undefined) continue;
    options.push(`--${option}=${limit.replaceAll("infinity", "unlimited")}`);
    directive.changed("the program prlimit sets it");
  }
  if (options.length > 0) context.prefix.push(...plainWords("/usr/bin/prlimit", ...options));
}

/** A limit as SOFT:HARD, with `infinity` for none. */
function limitOf(context: ServiceContext, directive: Directive): string | undefined {
  const { name, value } = directive;
  const parts = value.split(":").map((part) => limitNumber(name, part.trim()));
  if (parts.length > 2 || parts.includes(undefined)) {
    context.text.decide(directive, "this is no limit");
    return undefined;
  }
  return `${parts[0]}:${parts[1] ?? parts[0]}`;
}

function limitNumber(name: string, text: string): string | undefined {
  if (text === "infinity") return text;
  const number = BYTE_LIMITS.test(name)
    ? parseBytes(text)
    : name === "LimitCPU"
    ? parseSpan(text)
    : Number(text || NaN);
  const isLimit = number !== undefined && Number.isSafeInteger(Math.ceil(number)) && number >= 0;
  return isLimit ? String(Math.ceil(number)) : undefined;
}

/** How the scheduler and the system treat the processes. */
export function importPriorities(context: ServiceContext): void {
  const { unit, text } = context;
  number(context, "Nice", /^-?[0-9]{1,2}$/, (value) => text.set("nice", value));
  number(context, "OOMScoreAdjust", /^-?[0-9]{1,4}$/, (value) => text.set("oom-score-adj", value));
  importIo(context);
  importCpu(context);
  const privileges = unit.last("Service", "NoNewPrivileges");
  if (privileges !== undefined) {
    if (parseBoolean(privileges.value)) text.flag("no-new-privs");
    privileges.carried();
  }
  importCapabilities(context);
}

function number(
  context: ServiceContext,
  name: string,
  pattern: RegExp,
  apply: (value: string) => void,
): void {
  const directive = context.unit.last("Service", name);
  if (directive === undefined) return;
  if (!pattern.test(directive.value)) return context.text.decide(directive, "this is no number");
  apply(directive.value);
  directive.carried();
}

const IO_CLASSES: Readonly<Record<string, string>> = {
  "0": "none",
  none: "none",
  "1": "realtime",
  realtime: "realtime",
  "2": "best-effort",
  "best-effort": "best-effort",
  "3": "idle",
  idle: "idle",
};

/** The level of systemd without `IOSchedulingPriority`. */
const USUAL_IO_LEVEL = "4";

function importIo({ unit, text }: ServiceContext): void {
  const kind = unit.last("Service", "IOSchedulingClass");
  const level = unit.last("Service", "IOSchedulingPriority");
  if (kind === undefined && level === undefined) return;
  const name = IO_CLASSES[kind?.value ?? "best-effort"];
  const priority = level?.value ?? USUAL_IO_LEVEL;
  if (name === undefined || !/^[0-7]$/.test(priority)) {
    [kind, level].forEach((one) => one && text.decide(one, "no such priority is known"));
    return;
  }
  text.set("ioprio", name === "none" || name === "idle" ? name : `${name}:${priority}`);
  kind?.carried();
  level?.carried();
}

/** The options of `chrt` for each policy. */
const POLICIES: Readonly<Record<string, string>> = {
  other: "--other",
  batch: "--batch",
  idle: "--idle",
  fifo: "--fifo",
  rr: "--rr",
};

function importCpu(context: ServiceContext): void {
  const { unit, text, prefix } = context;
  const policy = unit.last("Service", "CPUSchedulingPolicy");
  const priority = unit.last("Service", "CPUSchedulingPriority");
  const affinity = unit.last("Service", "CPUAffinity");
  if (policy !== undefined || priority !== undefined) {
    const option = POLICIES[policy?.value ?? "other"];
    const level = priority?.value ?? (policy?.value === "fifo" || policy?.value === "rr" ? "1" : "0");
    const given = [policy, priority].filter((one) => one !== undefined);
    if (option === undefined || !/^[0-9]{1,2}$/.test(level)) {
      given.forEach((one) => text.decide(one, "no such priority is known"));
    } else {
      prefix.push(...plainWords("/usr/bin/chrt", option, level));
      given.forEach((one) => one.changed("the program chrt sets it"));
    }
  }
  if (affinity === undefined) return;
  const list = affinity.value.trim().replaceAll(/[\s,]+/g, ",");
  if (!/^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$/.test(list)) {
    return text.decide(affinity, "this is no list of processors");
  }
  prefix.push(...plainWords("/usr/bin/taskset", "--cpu-list", list));
  affinity.changed("the program taskset sets it");
}

/** An ambient capability is `^NAME` here, a blocked one `!NAME`. */
function importCapabilities({ unit, text }: ServiceContext): void {
  const entries: string[] = [];
  for (const directive of unit.all("Service", "AmbientCapabilities")) {
    const names = directive.value.split(/\s+/);
    if (directive.value.startsWith("~")) {
      text.decide(directive, "capabilities lists what the process gets");
      continue;
    }
    entries.push(...names.map((name) => `^${name.toLowerCase()}`));
    directive.changed("capabilities = ^NAME");
  }
  const none = unit.named("Service", "CapabilityBoundingSet");
  if (none?.value === "") text.decide(none, "no capability at all: list each as capabilities = !NAME,…");
  for (const directive of unit.all("Service", "CapabilityBoundingSet")) {
    if (directive.value.startsWith("~")) {
      entries.push(...directive.value.slice(1).trim().split(/\s+/).map((name) => `!${name.toLowerCase()}`));
      directive.changed("capabilities = !NAME");
    } else {
      text.decide(directive, "capabilities can only list what is blocked: capabilities = !NAME,…");
    }
  }
  if (entries.every((entry) => /^[!^]cap_[a-z_]+$/.test(entry))) {
    if (entries.length > 0) text.set("capabilities", entries.join(","));
  } else text.comment(`Decide: capabilities = ${entries.join(",")}: a name is not known.`);
}

/** The words in front of a program that set what the description cannot. */
export function withPrefix(context: ServiceContext, words: readonly Word[]): Word[] {
  return [...context.prefix, ...words];
}
