/** The export to units of systemd. */

import { DependencyKind, hasLastingProcess, hasProcess, ServiceType, signalNameOf } from "../../model/mod.ts";
import { startedUnitOf, unitNameOf } from "./unit_name.ts";
import type { FileText } from "../../description/staged_files.ts";
import type { ExportRequest } from "./request.ts";
import type { ExportedService, ServiceSet } from "./service_set.ts";
import { absolutePath } from "./paths.ts";
import type { Outcome } from "./outcome.ts";
import { type Line, scheduleNotes, timerLines } from "./systemd_timer.ts";

/** Writes a unit for each service, and a timer for each scheduled one. Throws `ExportError`. */
export function exportSystemd(set: ServiceSet, { name }: ExportRequest): FileText[] {
  const units = new Map<string, string>();
  for (const service of set.values()) {
    const own = new Map([[unitNameOf(service.name), unitText(service, set, name)]]);
    if (isScheduled(service)) own.set(unitNameOf(service.name, "timer"), timerText(service, set, name));
    for (const [unit, text] of own) {
      units.set(unit, text);
      service.input.outputs.add(unit);
    }
    classify(service);
  }
  return Array.from(units, ([unit, text]) => ({ name: unit, text }));
}

function isScheduled({ description: { type } }: ExportedService): boolean {
  return type === ServiceType.SCHEDULED;
}

function unitText(service: ExportedService, set: ServiceSet, name: string): string {
  const unit: Line[] = [["Description", `${service.name} of ${name}`], ...relations(service, set)];
  // A stop of the timer disarms the service, and ends its run.
  if (isScheduled(service)) unit.push(["PartOf", unitNameOf(service.name, "timer")]);
  unit.push(...hooks(service, set), ...startLimits(service));
  const lines = hasProcess(service.description.type) ? serviceLines(service) : emptyService(service);
  const sections = [section("Unit", unit), section("Service", lines)];
  if (service.name === "boot") sections.push(section("Install", [["WantedBy", "multi-user.target"]]));
  return sections.join("\n");
}

function timerText(service: ExportedService, set: ServiceSet, name: string): string {
  const unit: Line[] = [
    ["Description", `The times of ${service.name} of ${name}`],
    ...relations(service, set),
  ];
  return [
    section("Unit", unit),
    section("Timer", timerLines(service)),
    section("Install", [["WantedBy", "timers.target"]]),
  ].join("\n");
}

/** A service without a process. systemd refuses one without a command. Nothing can trigger a unit, so it must not be up. */
function emptyService({ description: { type } }: ExportedService): Line[] {
  const command = type === ServiceType.TRIGGERED ? "/bin/false" : "/bin/true";
  return [["Type", "oneshot"], ["RemainAfterExit", "yes"], ["ExecStart", command]];
}

function section(name: string, lines: readonly Line[]): string {
  return [`[${name}]`, ...lines.map(([key, value]) => `${key}=${value}`), ""].join("\n");
}

/** The directives of each kind of dependency. */
const RELATIONS: ReadonlyMap<DependencyKind, readonly string[]> = new Map([
  [DependencyKind.REGULAR, ["Requires", "After"]],
  [DependencyKind.SOFT, ["Wants", "After"]],
  [DependencyKind.WAITS_FOR, ["Wants", "After"]],
  [DependencyKind.MILESTONE, ["Requisite", "Wants", "After"]],
  [DependencyKind.PREPARED_BY, ["Requires", "After", "PartOf"]],
  [DependencyKind.AFTER, ["After"]],
  // The edge of `before` names the service that has the line.
  [DependencyKind.BEFORE, ["Before"]],
]);

function relations({ description }: ExportedService, set: ServiceSet): Line[] {
  const lines: Line[] = [];
  for (const { kind, name } of description.dependencies) {
    const names = RELATIONS.get(kind) ?? [];
    const kept = kind === DependencyKind.MILESTONE ? ["Wants", "After"] : names;
    for (const one of kept) {
      if (set.has(name) || one === "After" || one === "Before") lines.push([one, startedUnitOf(name, set)]);
    }
  }
  return lines;
}

/** What starts when the service ends. */
function hooks({ description: { type, onFailure, chainTo } }: ExportedService, set: ServiceSet): Line[] {
  const lines: Line[] = onFailure.map((name) => ["OnFailure", startedUnitOf(name, set)]);
  if (chainTo !== "" && type !== ServiceType.SCHEDULED) {
    lines.push(["OnSuccess", startedUnitOf(chainTo, set)]);
  }
  return lines;
}

/** How often it starts. Regular runs do not count here, so a service that repeats none needs no limit. */
function startLimits({ description }: ExportedService): Line[] {
  const { type, restart, restartLimitCount, restartLimitInterval } = description;
  if (!hasLastingProcess(type) && type !== ServiceType.SCHEDULED) return [];
  if (restart === "never") return type === ServiceType.SCHEDULED ? [["StartLimitIntervalSec", "0"]] : [];
  if (restartLimitCount === 0) return [["StartLimitIntervalSec", "0"]];
  return [
    ["StartLimitIntervalSec", span(restartLimitInterval)],
    ["StartLimitBurst", String(restartLimitCount)],
  ];
}

function serviceLines(service: ExportedService): Line[] {
  const { description, environmentFile } = service;
  const { type, command, stopCommand, health, flags } = description;
  const lines: Line[] = [["Type", typeOf(service)]];
  if (type === ServiceType.SCRIPTED) lines.push(["RemainAfterExit", "yes"]);
  if (description.pidFile !== "") lines.push(["PIDFile", description.pidFile]);
  lines.push(["ExecStart", execLine(command)]);
  if (stopCommand.length > 0) lines.push(["ExecStop", execLine(stopCommand)]);
  const folder = absolutePath(description.directory);
  lines.push([
    "WorkingDirectory",
    percent(description.workingDir === "" ? folder : absolutePath(description.workingDir)),
  ]);
  if (description.runAs !== undefined) {
    lines.push(["User", description.runAs.name ?? String(description.runAs.uid)]);
  }
  if (environmentFile !== "") {
    lines.push(["EnvironmentFile", percent(absolutePath(environmentFile, folder))]);
  }
  if (type !== ServiceType.SCRIPTED) {
    const always = type === ServiceType.SCHEDULED ? "on-failure" : "always"; // no oneshot restarts always
    const restart = { always, "on-failure": "on-failure", never: "no" }[description.restart];
    lines.push(["Restart", restart], ["RestartSec", span(description.restartDelay)]);
    lines.push(["KillSignal", signalNameOf(description.termSignal) ?? "SIGKILL"]);
    const modes = { process: "process", group: "control-group", all: "control-group" };
    lines.push(["KillMode", modes[description.killMode]]);
  }
  const startTimeout = type === ServiceType.SCHEDULED ? description.schedule.limit : description.startTimeout;
  lines.push(["TimeoutStartSec", timeout(startTimeout)], [
    "TimeoutStopSec",
    timeout(description.stopTimeout),
  ]);
  if (health.watchdog > 0) lines.push(["WatchdogSec", span(health.watchdog)]);
  for (const { resource, soft, hard } of description.limits) {
    const name =
      { nofile: "LimitNOFILE", core: "LimitCORE", data: "LimitDATA", addrspace: "LimitAS" }[resource];
    const part = (value: bigint | "unlimited" | undefined) =>
      value === "unlimited" ? "infinity" : String(value);
    lines.push([
      name,
      soft === undefined || hard === undefined ? part(soft ?? hard) : `${part(soft)}:${part(hard)}`,
    ]);
  }
  for (const [name, value] of groupLimits(description)) lines.push([name, value]);
  if (description.nice !== undefined) lines.push(["Nice", String(description.nice)]);
  if (description.oomScoreAdjust !== undefined) {
    lines.push(["OOMScoreAdjust", String(description.oomScoreAdjust)]);
  }
  if (flags.noNewPrivs) lines.push(["NoNewPrivileges", "yes"]);
  if (description.logType === "file" || description.logType === "kept") {
    lines.push(["StandardOutput", `append:${percent(absolutePath(description.logFile, folder))}`]);
  } else if (description.logType === "none") lines.push(["StandardOutput", "null"]);
  return lines;
}

function groupLimits({ group }: ExportedService["description"]): Line[] {
  const rows: [string, number | undefined, string][] = [
    ["MemoryMax", group.memoryMax, ""],
    ["MemoryHigh", group.memoryHigh, ""],
    ["MemorySwapMax", group.swapMax, ""],
    ["CPUQuota", group.cpuMax === undefined ? undefined : Math.round(group.cpuMax * 100), "%"],
    ["CPUWeight", group.cpuWeight, ""],
    ["IOWeight", group.ioWeight, ""],
    ["TasksMax", group.pidsMax, ""],
  ];
  return rows.flatMap(([name, value, unit]) =>
    value === undefined ? [] : [[name, `${value}${unit}`] as const]
  );
}

function typeOf({ description: { type, health } }: ExportedService): string {
  if (type === ServiceType.SCRIPTED || type === ServiceType.SCHEDULED) return "oneshot";
  if (type === ServiceType.BGPROCESS) return "forking";
  return health.readyBy === "notify" ? "notify" : "exec";
}

/** Words with the quotes and escapes of systemd. Variables were substituted before. */
function execLine(words: readonly string[]): string {
  return words.map((word) => {
    const escaped = percent(word).replaceAll("$", "$$$$").replaceAll("\\", "\\\\").replaceAll('"', '\\"')
      .replaceAll("\n", "\\n").replaceAll("\t", "\\t");
    return escaped === "" || /[\s'"\\;]/.test(escaped) ? `"${escaped}"` : escaped;
  }).join(" ");
}

function percent(text: string): string {
  return text.replaceAll("%", "%%");
}

function span(milliseconds: number): string {
  return `${milliseconds}ms`;
}

function timeout(milliseconds: number): string {
  return milliseconds === 0 ? "infinity" : span(milliseconds);
}

/** What becomes of the settings. */
const NOTES: Readonly<Record<string, Outcome>> = {
  type: ["changed", "Type="],
  command: ["changed", "ExecStart=, with its variables substituted"],
  "stop-command": ["changed", "ExecStop=; systemd also sends the signal afterwards"],
  "working-dir": ["carried", "WorkingDirectory="],
  "run-as": ["carried", "User="],
  "env-file": [
    "changed",
    "EnvironmentFile=, in which systemd removes quotes; !clear, !unset and !import mean nothing",
  ],
  "chain-to": ["changed", "OnSuccess="],
  "on-failure": ["changed", "OnFailure="],
  restart: ["carried", "Restart="],
  "restart-limit-count": ["changed", "StartLimitBurst=, which counts all starts"],
  "restart-limit-interval": ["changed", "StartLimitIntervalSec="],
  "restart-delay": ["changed", "RestartSec= counts from end to start"],
  "start-timeout": ["carried", "TimeoutStartSec="],
  "stop-timeout": ["carried", "TimeoutStopSec="],
  "pid-file": ["carried", "PIDFile="],
  "term-signal": ["carried", "KillSignal="],
  termsignal: ["carried", "KillSignal="],
  "kill-mode": ["changed", "KillMode="],
  "watchdog-timeout": ["carried", "WatchdogSec="],
  "depends-on": ["changed", "Requires= and After="],
  "waits-for": ["changed", "Wants= and After="],
  "depends-on.d": ["changed", "Requires= and After="],
  "waits-for.d": ["changed", "Wants= and After="],
  "depends-ms": ["changed", "Wants= and After=; a failure of the other does not prevent the start"],
  "depends-ms.d": ["changed", "Wants= and After=; a failure of the other does not prevent the start"],
  "prepared-by": ["changed", "Requires=, After= and PartOf="],
  after: ["carried", "After="],
  before: ["carried", "Before="],
  nice: ["carried", "Nice="],
  "oom-score-adj": ["carried", "OOMScoreAdjust="],
  "log-type": ["changed", "the journal keeps what went to a buffer"],
  logfile: ["changed", "StandardOutput=append:"],
};

/** What becomes of the types without a process. */
const TYPES: Readonly<Record<string, Outcome>> = {
  internal: ["changed", "a oneshot that runs /bin/true"],
  triggered: [
    "decision",
    "no unit waits for a trigger: replace its command, which fails so that no dependent starts at once",
  ],
};

function classify(service: ExportedService): void {
  const notes = isScheduled(service) ? { ...NOTES, ...scheduleNotes(service) } : NOTES;
  for (const [setting, directives] of service.lines) {
    const [outcome, note] = outcomeOf(setting, directives.at(-1)?.value ?? "", service, notes);
    for (const directive of directives) directive[outcome](note);
  }
}

function outcomeOf(
  setting: string,
  value: string,
  { description: { health } }: ExportedService,
  notes: Readonly<Record<string, Outcome>>,
): Outcome {
  if (/^(memory|swap|cpu|io|pids)-(max|high|weight)$/.test(setting)) {
    return ["carried", "a limit of the unit"];
  }
  if (setting.startsWith("rlimit-")) return ["carried", "Limit…="];
  if (setting === "ready-notification" && health.readyBy === "notify") return ["carried", "Type=notify"];
  if (setting === "options" && value === "no-new-privs") return ["carried", "NoNewPrivileges="];
  if (setting === "type" && Object.hasOwn(TYPES, value)) return TYPES[value];
  return Object.hasOwn(notes, setting) ? notes[setting] : ["none", "no unit says this"];
}
