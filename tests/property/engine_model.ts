/** Random services, and random things that happen to them. */

import { fc } from "../random.ts";
import {
  DependencyKind,
  LaunchStage,
  NO_FLAGS,
  NO_HEALTH,
  NO_SCHEDULE,
  type ServiceDescription,
  ServiceState,
  ServiceType,
} from "../../src/model/mod.ts";
import type { PidFileOutcome, ServiceRecord } from "../../src/engine/mod.ts";
import { brokenInvariants, broughtUpTooEarly, takenDownTooEarly } from "../engine/_invariants.ts";
import { World } from "../engine/_world.ts";

/** A random service. Numbers of any size select among the choices. */
export interface ServicePlan {
  readonly type: ServiceDescription["type"];
  readonly edges: readonly { readonly to: number; readonly kind: DependencyKind }[];
  readonly settings: Partial<ServiceDescription>;
}

/** One thing that happens. */
export interface Happening {
  readonly what: string;
  readonly who: number;
  readonly other: number;
  readonly choice: number;
}

const KINDS = Object.values(DependencyKind);
/** The kinds that may be added at run time. */
const ADDED_KINDS = [DependencyKind.REGULAR, DependencyKind.MILESTONE, DependencyKind.WAITS_FOR];
const EXITS = [{ exit: 0 }, { exit: 1 }, { signal: 9 }, { signal: 15 }, { signal: 2 }] as const;
const PID_FILES: readonly PidFileOutcome[] = [
  { kind: "running", pid: 500, child: true },
  { kind: "running", pid: 501, child: true },
  { kind: "running", pid: 502, child: false },
  { kind: "ended", pid: 503, exit: { kind: "exited", code: 0 } },
  { kind: "invalid", pid: -1 },
  { kind: "unreadable", step: "open", errno: 2 },
];

const HEALTH = ([{ readyBy: "notify" }, { action: "stop" }, { action: "none" }] as const)
  .map((changes) => ({ ...NO_HEALTH, ...changes }));

const SCHEDULES =
  ([{ overlap: "queue", limit: 2000 }, { overlap: "stop" }, { overlap: "stop", limit: 100 }] as const)
    .map((changes) => ({ ...NO_SCHEDULE, ...changes }));

const flag = fc.boolean();
const rare = fc.integer({ min: 0, max: 9 }).map((number) => number === 9);

const settings: fc.Arbitrary<Partial<ServiceDescription>> = fc.record({
  restart: fc.constantFrom("never", "always", "on-failure"),
  smoothRecovery: flag,
  restartDelay: fc.constantFrom(0, 200, 2000),
  restartLimitCount: fc.constantFrom(0, 1, 3),
  startTimeout: fc.constantFrom(0, 5000),
  stopTimeout: fc.constantFrom(0, 3000),
  stopCommand: fc.constantFrom([], [], ["/bin/stop"]),
  termSignal: fc.constantFrom(15, 15, 0),
  killMode: fc.constantFrom("process", "process", "group", "all"),
  readyFd: fc.constantFrom(undefined, undefined, 3),
  health: fc.constantFrom(NO_HEALTH, NO_HEALTH, ...HEALTH),
  schedule: fc.constantFrom(NO_SCHEDULE, ...SCHEDULES),
  chainTo: fc.constantFrom("", "", "", "s0", "s1"),
  flags: fc.record({
    startsOnConsole: flag,
    runsOnConsole: rare,
    startInterruptible: flag,
    skippable: flag,
    alwaysChain: rare,
    killAllOnStop: rare,
  }).map((chosen) => ({
    ...NO_FLAGS,
    ...chosen,
    startsOnConsole: chosen.startsOnConsole || chosen.runsOnConsole,
  })),
});

/** Random graphs of up to `max` services; edges lead to services that come before. */
export function graphs(max: number): fc.Arbitrary<ServicePlan[]> {
  const type = fc.constantFrom(
    ServiceType.INTERNAL,
    ServiceType.INTERNAL,
    ServiceType.PROCESS,
    ServiceType.PROCESS,
    ServiceType.BGPROCESS,
    ServiceType.SCRIPTED,
    ServiceType.TRIGGERED,
    ServiceType.SCHEDULED,
  );
  const edge = fc.record({ to: fc.nat(max), kind: fc.constantFrom(...KINDS) });
  const plan = fc.record({ type, edges: fc.array(edge, { maxLength: 4, size: "max" }), settings });
  return fc.array(plan, { minLength: 1, maxLength: max, size: "max" });
}

const WHATS = [
  ...["start", "start", "start", "stop", "stop", "release", "restart", "wake", "unpin", "trigger"],
  ...["start pinned", "stop pinned", "release pinned", "force", "enable", "add", "remove"],
  ...["executed", "executed", "executed", "executed", "not executed", "ready", "ready", "unready"],
  ...["unhealthy", "replace", "extend", "due", "due", "due"],
  ...[
    "ends",
    "ends",
    "ends",
    "ends",
    "time",
    "time",
    "pid file",
    "launch error",
    "console",
    "all killed",
    "remains ended",
    "remains ended",
    "restore",
    "lose",
  ],
];

/** What happens where services often come up, recover and go down, and pins seldom hold them. */
export const LIVELY = [
  ...[
    "start",
    "start",
    "start",
    "start",
    "start",
    "stop",
    "release",
    "restart",
    "unpin",
    "stop pinned",
    "trigger",
  ],
  ...[
    "executed",
    "executed",
    "executed",
    "executed",
    "executed",
    "executed",
    "not executed",
    "ready",
    "unready",
    "unhealthy",
    "replace",
  ],
  ...["ends", "ends", "ends", "time", "pid file", "launch error", "console", "all killed"],
  ...["remains ended", "remains ended", "due", "due", "due", "due"],
];

/** Random sequences of things that happen. */
export function happenings(maxLength: number, whats: readonly string[] = WHATS): fc.Arbitrary<Happening[]> {
  const happening = fc.record({
    what: fc.constantFrom(...whats),
    who: fc.nat(1000),
    other: fc.nat(1000),
    choice: fc.nat(1000),
  });
  return fc.array(happening, { maxLength, size: "max" });
}

/** A random run in words: what differs from the defaults, and what happened. */
export function describe(plans: readonly ServicePlan[], history: readonly string[]): string {
  const kindNames = Object.keys(DependencyKind);
  const typeNames = Object.keys(ServiceType);
  const named = new Set(history.flatMap((line) => line.match(/s\d+/g) ?? []));
  plans.forEach(({ edges }, index) => {
    if (index > 0) edges.forEach(({ to }) => named.add(`s${to % index}`));
  });
  const lines = plans.map(({ type, edges, settings }, index) => {
    const flags = Object.entries(settings.flags ?? {}).filter(([, set]) => set).map(([name]) => name);
    const { flags: _, ...rest } = settings;
    const unusual = Object.entries(rest)
      .filter(([, value]) =>
        value && value !== NO_HEALTH && value !== NO_SCHEDULE && value !== "never" && value !== 15 &&
        String(value) !== ""
      )
      .map(([name, value]) => `${name}=${typeof value === "object" ? JSON.stringify(value) : value}`);
    const links = index === 0 ? [] : edges.map(({ to, kind }) => `${kindNames[kind]} s${to % index}`);
    return `s${index}: ${[typeNames[type], ...links, ...flags, ...unusual].join(", ")}`;
  });
  return [...lines.filter((line, index) => named.has(`s${index}`) || line.includes(" s")), ...history].join(
    "\n",
  );
}

/** Random services in a world in which processes, time and people do what happenings say. */
export class RandomWorld {
  readonly world = new World();
  /** What has happened so far, in words. */
  readonly history: string[] = [];
  readonly #broken: string[] = [];

  constructor(plans: readonly ServicePlan[]) {
    const { world } = this;
    world.log.limit = 20_000;
    world.store.step(() => this.#build(plans));
    world.host.watch = (plan) => {
      const service = world.service(plan.name);
      const isStart = plan.role === "main" && plan.argv[0] !== "/bin/stop";
      const complaint = isStart ? broughtUpTooEarly(service) : takenDownTooEarly(service);
      if (complaint !== undefined) this.#broken.push(complaint);
    };
  }

  #build(plans: readonly ServicePlan[]): void {
    const { world } = this;
    plans.forEach(({ type, settings }, index) => {
      const changed = type === ServiceType.SCRIPTED || type === ServiceType.INTERNAL ? {} : {
        flags: { ...NO_FLAGS, ...settings.flags, killAllOnStop: false },
      };
      world.add(`s${index}`, type, { ...settings, ...changed });
    });
    plans.forEach(({ edges }, index) => {
      if (index === 0) return;
      for (const { to, kind } of edges) {
        world.manager.graph.connect(this.#service(index), this.#service(to % index), kind);
      }
    });
  }

  #service(index: number): ServiceRecord {
    return this.world.service(`s${index}`);
  }

  get services(): ServiceRecord[] {
    return [...this.world.manager.services()];
  }

  /** Lets one thing happen; things that cannot happen now do not. */
  happen({ what, who, other, choice }: Happening): void {
    const { world } = this;
    const { manager, host } = world;
    const { services } = this;
    const service = services[who % services.length];
    const second = services[other % services.length];
    const kind = ADDED_KINDS[choice % ADDED_KINDS.length];
    const gentle = choice % 4 === 0;
    this.history.push(`${what} ${service.name} ${second.name} ${choice}`);
    switch (what) {
      case "start":
        manager.start(service);
        break;
      case "start pinned":
        manager.start(service, { pin: true });
        break;
      case "stop":
        manager.stop(service, { gentle });
        break;
      case "stop pinned":
        manager.stop(service, { pin: true });
        break;
      case "release":
        manager.release(service);
        break;
      case "release pinned":
        manager.release(service, { pin: true });
        break;
      case "restart":
        manager.restart(service, { gentle });
        break;
      case "wake":
        manager.wake(service, { pin: choice % 5 === 0 });
        break;
      case "unpin":
        manager.unpin(service);
        break;
      case "trigger":
        manager.trigger(service, choice % 4 !== 0);
        break;
      case "due": {
        const scheduled = services.filter(({ type }) => type === ServiceType.SCHEDULED);
        const due = scheduled[who % Math.max(1, scheduled.length)];
        if (due !== undefined) manager.runDue(due.id, choice % 3 === 0 ? "catch-up" : "schedule");
        break;
      }
      case "force":
        world.store.step(() => {
          manager.lifecycle.forceStop(service);
          manager.lifecycle.drain();
        });
        break;
      case "enable":
        if (service !== second) manager.enable(service, second, kind);
        break;
      case "add":
        if (service !== second) manager.addDependency(service, second, kind);
        break;
      case "remove": {
        const edge = service.dependencies[choice % Math.max(1, service.dependencies.length)];
        if (edge !== undefined) manager.removeDependency(service, edge.to, edge.kind);
        break;
      }
      case "time":
        world.advance([100, 200, 2000, 5000, 60_000][choice % 5]);
        break;
      case "pid file":
        host.pidFile = PID_FILES[choice % PID_FILES.length];
        break;
      case "launch error":
        host.launchErrors.push({
          stage: LaunchStage.EXECUTE,
          errno: 11,
          error: "could not fork: Resource temporarily unavailable",
        });
        break;
      case "console":
        world.console.yieldsAtOnce = choice % 2 === 0;
        world.yieldConsole();
        break;
      case "restore":
        world.restore({ later: choice });
        break;
      case "lose":
        world.restore({ later: choice, survives: ({ pid }) => (pid * 7 + choice) % 3 > 0 });
        break;
      case "remains ended":
        world.remainsEnded([...host.remains.keys()].filter((id) => (id + choice) % 2 === 0));
        break;
      case "all killed":
        world.allKilled();
        break;
      default:
        this.#processEvent(what, who, choice);
    }
  }

  #processEvent(what: string, who: number, choice: number): void {
    const { world } = this;
    const live = [...world.host.processes.values()].filter((process) => !process.foreign);
    if (live.length === 0) return;
    const process = live[who % live.length];
    const { name, role, id } = process.plan;
    this.history[this.history.length - 1] = `${what} ${name} ${role} ${choice}`;
    switch (what) {
      case "executed":
        if (!process.executed) world.execSucceeded(name, role);
        break;
      case "not executed":
        if (!process.executed && !process.ended) world.execFailed(name, role);
        break;
      case "ready":
        if (process.executed && role === "main") world.manager.ready(id);
        break;
      case "unready":
        if (process.executed && role === "main") world.manager.readinessClosed(id);
        break;
      case "unhealthy":
        world.manager.unhealthy(id, "unhealthy");
        break;
      case "replace":
        world.manager.replace(world.service(name), "a file has changed");
        break;
      case "extend":
        world.manager.extendTimeout(id, 1000 * (choice % 10));
        break;
      case "ends":
        if (!process.ended) world.ends(name, EXITS[choice % EXITS.length], role);
        break;
      default:
        throw new Error(`no happening ${what}`);
    }
  }

  /** Fails if an invariant does not hold. */
  check(): void {
    const internal = this.world.log.messages.filter((text) => text.includes("internal error"));
    const broken = [...brokenInvariants(this.world.manager), ...this.#broken, ...internal];
    if (broken.length > 0) throw new Error(broken.join("\n"));
  }

  /**
   * The services that are up and should stay up. There are none if a launch will fail, a pin may be removed, or a
   * service on its way to another state than its target may release its dependencies.
   */
  settledServices(): ServiceRecord[] {
    if (this.world.host.launchErrors.length > 0) return [];
    const turns = ({ state, target }: ServiceRecord) =>
      state === (target === ServiceState.STARTED ? ServiceState.STOPPING : ServiceState.STARTING);
    if (this.services.some((service) => service.pinStart || turns(service))) return [];
    // A milestone that is added now, and that a stop pin makes fail, also stops a starting service.
    const mayFail = this.services.some(({ pinStop }) => pinStop);
    if (mayFail && this.services.some(({ state }) => state === ServiceState.STARTING)) return [];
    return this.services.filter(({ state, target, force }) =>
      state === ServiceState.STARTED && target === ServiceState.STARTED && !force
    );
  }

  /** Fails if one of these services is not up any more. */
  checkStillUp(settled: readonly ServiceRecord[]): void {
    const gone = settled.filter((service) => service.state !== ServiceState.STARTED);
    if (gone.length > 0) throw new Error(`${gone.map(({ name }) => name)} stopped without a cause`);
  }

  /** Lets every process that was asked to end do so, until nothing moves any more. */
  windDown(): void {
    const { world } = this;
    world.console.yieldsAtOnce = true;
    for (let round = 0; round < 200; round++) {
      world.yieldConsole();
      world.allKilled();
      world.remainsEnded();
      for (const process of [...world.host.processes.values()]) {
        if (process.foreign || !world.host.isLive(process)) continue;
        this.history.push(`round ${round}: ${process.plan.name} ${process.plan.role}`);
        if (!process.executed) world.execSucceeded(process.plan.name, process.plan.role);
        else world.ends(process.plan.name, { signal: 9 }, process.plan.role);
        this.check();
      }
      if (world.manager.activeCount === 0) return;
      if (round % 20 === 19) world.advance(5000);
    }
  }

  /** Everything is down, nothing is claimed, and no process runs. */
  checkAllDown(): void {
    for (const service of this.services) {
      const down = service.state === ServiceState.STOPPED && service.claims === 0 && !service.explicit;
      if (!down) {
        throw new Error(`${service.name} is in state ${service.state} with ${service.claims} claims`);
      }
      if (service.process.timer !== undefined) throw new Error(`${service.name} has a timer`);
    }
    if (this.world.clock.timers.size > 0) throw new Error("a timer is left");
    this.world.checkSaved();
    const running = [...this.world.host.processes.values()].filter((process) => !process.foreign);
    if (running.length > 0) throw new Error(`${running[0].plan.name} still has a process`);
  }
}
