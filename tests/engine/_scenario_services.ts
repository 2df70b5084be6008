/** From the words of a scenario to descriptions and test doubles. */

import {
  DependencyKind,
  type HealthAction,
  NO_FLAGS,
  NO_HEALTH,
  NO_SCHEDULE,
  type ScheduleOverlap,
  type ServiceDescription,
  type ServiceFlags,
  ServiceType,
} from "../../src/model/mod.ts";
import type { Double } from "./_doubles.ts";
import type { ServiceSpec } from "./_notation.ts";

const KINDS: Record<string, DependencyKind> = {
  "depends-on": DependencyKind.REGULAR,
  "waits-for": DependencyKind.WAITS_FOR,
  "depends-ms": DependencyKind.MILESTONE,
  "prepared-by": DependencyKind.PREPARED_BY,
  "AFTER-edge": DependencyKind.AFTER,
  "BEFORE-edge": DependencyKind.BEFORE,
  BEFORE: DependencyKind.BEFORE,
};

const TYPES: Record<string, ServiceDescription["type"]> = {
  internal: ServiceType.INTERNAL,
  manual: ServiceType.INTERNAL,
  process: ServiceType.PROCESS,
  bgprocess: ServiceType.BGPROCESS,
  scripted: ServiceType.SCRIPTED,
  triggered: ServiceType.TRIGGERED,
  scheduled: ServiceType.SCHEDULED,
};

const FLAGS: Record<string, Partial<ServiceFlags>> = {
  "runs-on-console": { runsOnConsole: true, startsOnConsole: true },
  "starts-on-console": { startsOnConsole: true },
  interruptible: { startInterruptible: true },
  skippable: { skippable: true },
  "always-chain": { alwaysChain: true },
  "kill-all-on-stop": { killAllOnStop: true },
};

/** The kind of edge that a word names. */
export function dependencyKind(word: string): DependencyKind {
  const kind = KINDS[word];
  if (kind === undefined) throw new Error(`no kind of dependency: ${word}`);
  return kind;
}

/** The type of a service of a scenario. */
export function serviceType(spec: ServiceSpec): ServiceDescription["type"] {
  return TYPES[spec.kind];
}

/** How the service behaves if it is a double. */
export function doubleOf(spec: ServiceSpec): Double | undefined {
  if (spec.kind !== "internal" && spec.kind !== "manual") return undefined;
  return {
    immediate: spec.kind === "internal",
    interruptible: spec.attributes.includes("interruptible"),
    slowStop: spec.attributes.includes("slow-stop"),
  };
}

/** The edges of a service, in order. */
export function edgesOf(spec: ServiceSpec): { kind: DependencyKind; name: string }[] {
  return spec.attributes.map((attribute) => attribute.split(" ")).filter(([word]) => word in KINDS)
    .map(([word, name]) => ({ kind: KINDS[word], name }));
}

/** What the service's description says, as far as it differs from the defaults of scenarios. */
export function settingsOf(spec: ServiceSpec): Partial<ServiceDescription> {
  const settings = spec.attributes.filter((attribute) => !(attribute.split(" ")[0] in KINDS)).map(setting);
  const flags = Object.assign({ ...NO_FLAGS }, ...spec.attributes.map((attribute) => FLAGS[attribute]));
  return Object.assign({}, ...settings, { flags });
}

function setting(attribute: string): Partial<ServiceDescription> {
  const [word, value, , per] = attribute.split(" ");
  if (attribute in FLAGS || word === "slow-stop") return {};
  const milliseconds = Number(value) * 1000;
  switch (word) {
    case "restart=yes":
      return { restart: "always" };
    case "restart=on-failure":
      return { restart: "on-failure" };
    case "smooth-recovery":
      return { smoothRecovery: true };
    case "readiness":
      return { readyFd: 3 };
    case "health-action":
      return { health: { ...NO_HEALTH, action: value as HealthAction } };
    case "overlap":
      return { schedule: { ...NO_SCHEDULE, overlap: value as ScheduleOverlap } };
    case "run-limit":
      return { schedule: { ...NO_SCHEDULE, limit: milliseconds } };
    case "stop-command":
      return { stopCommand: ["/bin/stop"] };
    case "chain-to":
      return { chainTo: value };
    case "restart-delay":
      return { restartDelay: milliseconds };
    case "start-timeout":
      return { startTimeout: milliseconds };
    case "stop-timeout":
      return { stopTimeout: milliseconds };
    case "term-signal":
      return { termSignal: 0 };
    case "limit":
      return { restartLimitCount: Number(value), restartLimitInterval: Number(per) * 1000 };
    default:
      throw new Error(`no attribute of a service: ${attribute}`);
  }
}
