/** The export to a compose file: each service with a process is a container of the same image. */

import { DependencyKind, hasCheck, ServiceType, signalNameOf } from "../../model/mod.ts";
import { yamlText } from "./yaml_text.ts";
import { absolutePath } from "./paths.ts";
import type { FileText } from "../../description/staged_files.ts";
import type { ExportRequest } from "./request.ts";
import type { ExportedService, ServiceSet } from "./service_set.ts";

/** Writes `compose.yaml`. */
export function exportCompose(set: ServiceSet, { name, image }: ExportRequest): FileText[] {
  const services: Record<string, unknown> = {};
  for (const service of set.values()) {
    if (hasContainer(service)) services[nameOf(service.name)] = container(service, set, image);
    classify(service);
  }
  const volumes = [...set.values()].filter(hasContainer).flatMap(({ data }) =>
    data.map((path) => [volumeOf(path), {}])
  );
  return [{
    name: "compose.yaml",
    text: yamlText({
      name,
      services,
      ...(volumes.length === 0 ? {} : { volumes: Object.fromEntries(volumes) }),
    }),
  }];
}

function hasContainer({ description: { type } }: ExportedService): boolean {
  return type !== ServiceType.INTERNAL && type !== ServiceType.TRIGGERED;
}

function nameOf(service: string): string {
  return service.replaceAll(/[^\w.-]/g, "-");
}

function volumeOf(path: string): string {
  return nameOf(path.slice(1));
}

function container(service: ExportedService, set: ServiceSet, image: string): Record<string, unknown> {
  const { description, environmentFile, ports, data } = service;
  const isScript = description.type === ServiceType.SCRIPTED;
  const folder = absolutePath(description.directory);
  const depends = dependencies(service, set);
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
    restart: isScript ? "no" : restartOf(description.restart, description.restartLimitCount),
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

/** The containers that a service waits for, through services without a process. */
function dependencies(service: ExportedService, set: ServiceSet): Record<string, unknown> {
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
      if (!hasContainer(other)) waiting.push(other);
      else {
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

type Outcome = readonly ["carried" | "changed" | "decision" | "none", string];

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

function classify({ lines, description }: ExportedService): void {
  for (const [setting, directives] of lines) {
    const isReady = setting === "ready-notification" && description.health.readyBy === "health";
    const value = directives.at(-1)?.value ?? "";
    const [outcome, note]: Outcome = setting === "type" && Object.hasOwn(TYPES, value)
      ? TYPES[value]
      : isReady
      ? ["changed", "service_healthy"]
      : Object.hasOwn(NOTES, setting)
      ? NOTES[setting]
      : ["none", "no compose file says this"];
    for (const directive of directives) directive[outcome](note);
  }
}
