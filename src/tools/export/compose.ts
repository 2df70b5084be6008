/** The export to a compose file: each service with a process is a container of the same image. */

import {
  DependencyKind,
  hasCheck,
  hasLastingProcess,
  hasProcess,
  ServiceType,
  signalNameOf,
} from "../../model/mod.ts";
import { yamlText } from "./yaml_text.ts";
import { absolutePath } from "./paths.ts";
import type { FileText } from "../../description/staged_files.ts";
import type { Outcome } from "./outcome.ts";
import { heldBack, type HoldReason } from "./held_back.ts";
import type { ExportRequest } from "./request.ts";
import type { ExportedService, ServiceSet } from "./service_set.ts";

/** The profile of containers that do not start with the others. `compose run` finds them, too. */
const MANUAL = "manual";

/** All services, and those that do not start with the others. */
interface Plan {
  readonly set: ServiceSet;
  readonly held: ReadonlyMap<string, HoldReason>;
}

/** Writes `compose.yaml`. */
export function exportCompose(set: ServiceSet, { name, image, roots }: ExportRequest): FileText[] {
  const plan = { set, held: heldBack(set, roots) };
  const services: Record<string, unknown> = {};
  const volumes: Record<string, unknown> = {};
  for (const service of set.values()) {
    if (hasProcess(service.description.type)) {
      services[nameOf(service.name)] = container(service, plan, image);
      for (const path of service.data) volumes[volumeOf(path)] = {};
    }
    classify(service, plan);
  }
  return [{
    name: "compose.yaml",
    text: yamlText({
      name,
      services,
      ...(Object.keys(volumes).length === 0 ? {} : { volumes }),
    }),
  }];
}

function nameOf(service: string): string {
  return service.replaceAll(/[^\w.-]/g, "-");
}

function volumeOf(path: string): string {
  return nameOf(path.slice(1));
}

function container(service: ExportedService, plan: Plan, image: string): Record<string, unknown> {
  const { description, environmentFile, ports, data } = service;
  const isLasting = hasLastingProcess(description.type);
  const folder = absolutePath(description.directory);
  const depends = dependencies(service, plan);
  const health = healthcheck(service);
  const { workingDir, runAs } = description;
  return {
    image,
    command: description.command.map(escaped),
    ...(workingDir === "" ? {} : { working_dir: escaped(workingDir) }),
    ...(runAs === undefined ? {} : { user: runAs.name ?? String(runAs.uid) }),
    ...(environmentFile === "" ? {} : { env_file: [absolutePath(environmentFile, folder)] }),
    ...(Object.keys(depends).length === 0 ? {} : { depends_on: depends }),
    ...(health === undefined ? {} : { healthcheck: health }),
    ...(plan.held.has(service.name) ? { profiles: [MANUAL] } : {}),
    restart: isLasting ? restartOf(description.restart, description.restartLimitCount) : "no",
    ...(description.stopTimeout === 0 ? {} : { stop_grace_period: duration(description.stopTimeout) }),
    ...(description.termSignal === 15 || description.termSignal === 0
      ? {}
      : { stop_signal: signalNameOf(description.termSignal) }),
    ...limits(description),
    ...(ports.length === 0 ? {} : { expose: ports.map(String) }),
    ...(data.length === 0 ? {} : { volumes: data.map((path) => `${volumeOf(path)}:${path}`) }),
  };
}

/** In compose files `$` begins a variable. */
function escaped(text: string): string {
  return text.replaceAll("$", "$$$$");
}

function restartOf(policy: string, limit: number): string {
  if (policy === "never") return "no";
  return policy === "always" ? "always" : limit === 0 ? "on-failure" : `on-failure:${limit}`;
}

function duration(milliseconds: number): string {
  return `${milliseconds}ms`;
}

/** The containers that a service waits for, through services without a process and those that a schedule runs. */
function dependencies(service: ExportedService, { set, held }: Plan): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const seen = new Set([service.name]);
  const waiting = [service];
  for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
    for (const { kind, name } of one.description.dependencies) {
      const other = set.get(name);
      if (
        kind === DependencyKind.BEFORE || kind === DependencyKind.AFTER || other === undefined ||
        seen.has(name)
      ) continue;
      seen.add(name);
      const isAbsent = held.has(name) && !held.has(service.name);
      if (
        !hasProcess(other.description.type) || other.description.type === ServiceType.SCHEDULED || isAbsent
      ) {
        waiting.push(other);
      } else {
        const isSoft = kind === DependencyKind.WAITS_FOR || kind === DependencyKind.SOFT;
        const restarts = kind === DependencyKind.REGULAR || kind === DependencyKind.PREPARED_BY;
        found[nameOf(name)] = {
          condition: conditionOf(other),
          ...(isSoft ? { required: false } : {}),
          ...(restarts ? { restart: true } : {}),
        };
      }
    }
  }
  return found;
}

function conditionOf({ description: { type, health } }: ExportedService): string {
  if (type === ServiceType.SCRIPTED) return "service_completed_successfully";
  return health.readyBy === "health" && health.command.length > 0 ? "service_healthy" : "service_started";
}

function limits({ group }: ExportedService["description"]): Record<string, unknown> {
  return {
    ...(group.memoryMax === undefined ? {} : { mem_limit: group.memoryMax }),
    ...(group.cpuMax === undefined ? {} : { cpus: group.cpuMax }),
    ...(group.pidsMax === undefined ? {} : { pids_limit: group.pidsMax }),
  };
}

function healthcheck({ description: { health } }: ExportedService): Record<string, unknown> | undefined {
  if (!hasCheck(health) || health.command.length === 0) return undefined;
  return {
    test: ["CMD", ...health.command.map(escaped)],
    interval: duration(health.interval),
    timeout: duration(health.timeout),
    retries: health.failures,
    start_period: duration(health.startPeriod),
  };
}

/** What becomes of each type. */
const TYPES: Readonly<Record<string, Outcome>> = {
  process: ["carried", "a container"],
  scripted: ["changed", "a container that ends; the stop-command does not run"],
  internal: ["changed", "others wait for what it depends on"],
  bgprocess: ["decision", "the program of a container has to stay in the foreground"],
  triggered: ["none", "nothing triggers a container"],
};

const NOTES: Readonly<Record<string, Outcome>> = {
  command: ["changed", "command, with its variables substituted; the image must have the program"],
  "working-dir": ["carried", "working_dir"],
  "run-as": ["carried", "user"],
  "env-file": ["changed", "env_file"],
  restart: ["carried", "restart"],
  "restart-limit-count": ["changed", "on-failure:N counts all restarts"],
  "stop-timeout": ["carried", "stop_grace_period"],
  "term-signal": ["carried", "stop_signal"],
  termsignal: ["carried", "stop_signal"],
  "depends-on": ["changed", "depends_on; if the other fails later, this one goes on"],
  "depends-ms": ["carried", "depends_on"],
  "waits-for": ["changed", "depends_on with required: false"],
  "waits-for.d": ["changed", "depends_on with required: false"],
  "depends-on.d": ["changed", "depends_on"],
  "depends-ms.d": ["carried", "depends_on"],
  "prepared-by": ["changed", "depends_on; it does not run again with each restart"],
  "health-command": ["carried", "healthcheck"],
  "health-interval": ["carried", "healthcheck"],
  "health-timeout": ["carried", "healthcheck"],
  "health-failures": ["carried", "healthcheck"],
  "health-start-period": ["carried", "healthcheck"],
  "health-http": ["decision", "write a test with a program that the image has, such as curl"],
  "health-tcp": ["decision", "write a test with a program that the image has, such as nc"],
  "health-action": ["none", "an unhealthy container is only shown"],
  "memory-max": ["carried", "mem_limit"],
  "cpu-max": ["carried", "cpus"],
  "pids-max": ["carried", "pids_limit"],
  "log-type": ["changed", "the engine of the containers keeps the output"],
};

/** The settings whose value is the name of a service to wait for. */
const DEPENDENCIES: ReadonlySet<string> = new Set(["depends-on", "depends-ms", "waits-for", "prepared-by"]);

/** Why a container is in the profile. */
const HELD: Readonly<Record<HoldReason, string>> = {
  schedule: "it must not run at once, and compose has no schedules",
  trigger: "it waits for a trigger, and compose has none",
  hook: "only on-failure or chain-to starts it, and compose does not",
};

/** What becomes of settings that mean something else for a container that does not start with the others. */
function heldNotes(name: string, reason: HoldReason): Readonly<Record<string, Outcome>> {
  const command = `docker compose ${reason === "trigger" ? "up --detach" : "run --rm"} ${nameOf(name)}`;
  const type: Outcome = ["decision", `${HELD[reason]}: in the profile '${MANUAL}', ${command} runs it`];
  if (reason !== "schedule") return { type };
  const times: Outcome = [
    "decision",
    `compose has no schedules: let cron of the machine call ${command}`,
  ];
  const unrepeated: Outcome = ["none", "compose repeats no run that has failed"];
  return {
    type,
    "schedule-cron": times,
    "schedule-interval": times,
    "schedule-timezone": [
      "decision",
      "compose has no schedules: cron of the machine needs the same time zone",
    ],
    "schedule-limit": [
      "decision",
      "compose has no such limit: put the program timeout in front of the command",
    ],
    "schedule-overlap": [
      "decision",
      "compose has no schedules: put the program flock in front of the command",
    ],
    restart: unrepeated,
    "restart-limit-count": unrepeated,
  };
}

function classify({ name, lines, description }: ExportedService, { held }: Plan): void {
  const reason = hasProcess(description.type) ? held.get(name) : undefined;
  const notes = reason === undefined ? NOTES : { ...NOTES, ...heldNotes(name, reason) };
  for (const [setting, directives] of lines) {
    const isReady = setting === "ready-notification" && description.health.readyBy === "health";
    const value = directives.at(-1)?.value ?? "";
    const [outcome, note]: Outcome = setting === "type" && reason === undefined && Object.hasOwn(TYPES, value)
      ? TYPES[value]
      : isReady
      ? ["changed", "service_healthy"]
      : Object.hasOwn(notes, setting)
      ? notes[setting]
      : ["none", "no compose file says this"];
    for (const directive of directives) {
      if (reason === undefined && held.has(directive.value) && DEPENDENCIES.has(setting)) {
        directive.none(`${directive.value} is in the profile '${MANUAL}', so this one does not wait for it`);
      } else directive[outcome](note);
    }
  }
}
