/** The export to units of systemd. */

import { DependencyKind, ServiceType, signalNameOf } from "../../model/mod.ts";
import { unitNameOf } from "./unit_name.ts";
import type { FileText } from "../../description/staged_files.ts";
import type { ExportRequest } from "./request.ts";
import type { ExportedService, ServiceSet } from "./service_set.ts";
import { absolutePath } from "./paths.ts";

type Line = readonly [name: string, value: string];

/** Writes a unit for each service. */
export function exportSystemd(set: ServiceSet, { name }: ExportRequest): FileText[] {
  const units = new Map<string, string>();
  for (const service of set.values()) units.set(unitNameOf(service.name), unitText(service, set, name));
  return Array.from(units, ([unit, text]) => ({ name: unit, text }));
}

function unitText(service: ExportedService, set: ServiceSet, name: string): string {
  const { description } = service;
  const hasProcess = description.type !== ServiceType.INTERNAL && description.type !== ServiceType.TRIGGERED;
  const unit: Line[] = [["Description", `${service.name} of ${name}`], ...relations(service, set)];
  const sections = [section("Unit", unit)];
  if (hasProcess) sections.push(section("Service", serviceLines(service)));
  service.input.outputs.add(unitNameOf(service.name));
  classify(service);
  if (service.name === "boot") sections.push(section("Install", [["WantedBy", "multi-user.target"]]));
  return sections.join("\n");
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
      if (set.has(name) || one === "After" || one === "Before") lines.push([one, unitNameOf(name)]);
    }
  }
  for (const name of description.onFailure) lines.push(["OnFailure", unitNameOf(name)]);
  if (description.chainTo !== "") lines.push(["OnSuccess", unitNameOf(description.chainTo)]);
  return lines;
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
    const restart = { always: "always", "on-failure": "on-failure", never: "no" }[description.restart];
    lines.push(["Restart", restart], ["RestartSec", span(description.restartDelay)]);
    lines.push(["KillSignal", signalNameOf(description.termSignal) ?? "SIGKILL"]);
    const modes = { process: "process", group: "control-group", all: "control-group" };
    lines.push(["KillMode", modes[description.killMode]]);
  }
  lines.push(["TimeoutStartSec", timeout(description.startTimeout)], [
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
  if (type === ServiceType.SCRIPTED) return "oneshot";
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

type Outcome = readonly ["carried" | "changed" | "none", string];

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

function classify({ lines, description }: ExportedService): void {
  for (const [setting, directives] of lines) {
    const [outcome, note] = outcomeOf(setting, directives.at(-1)?.value ?? "", description.health.readyBy);
    for (const directive of directives) directive[outcome](note);
  }
}

function outcomeOf(setting: string, value: string, readyBy: string): Outcome {
  if (/^(memory|swap|cpu|io|pids)-(max|high|weight)$/.test(setting)) {
    return ["carried", "a limit of the unit"];
  }
  if (setting.startsWith("rlimit-")) return ["carried", "Limit…="];
  if (setting === "ready-notification" && readyBy === "notify") return ["carried", "Type=notify"];
  if (setting === "options" && value === "no-new-privs") return ["carried", "NoNewPrivileges="];
  return Object.hasOwn(NOTES, setting) ? NOTES[setting] : ["none", "no unit says this"];
}
