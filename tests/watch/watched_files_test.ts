/** What follows when files change: with a real engine, a fake host, and real files. */

import "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { soon, until } from "../_patience.ts";
import { World } from "../engine/_world.ts";
import { Feedback } from "../../src/watch/feedback.ts";
import { FileChanges } from "../../src/watch/file_changes.ts";
import { Patterns } from "../../src/watch/patterns.ts";
import { FileWatches } from "../../src/watch/mod.ts";
import { QuietTime } from "../../src/watch/quiet_time.ts";
import { NO_WATCH, type ServiceDescription, ServiceState, ServiceType } from "../../src/model/mod.ts";
import type { LaunchPlan, ServiceRecord } from "../../src/engine/mod.ts";

const { STOPPED, STARTED } = ServiceState;

/** A service `p` that watches `*.ts` in its own folder. */
class Scene implements Disposable {
  readonly folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "dinit-watched-" }));
  readonly world = new World();
  readonly service: ServiceRecord;
  readonly log: string[] = [];
  readonly launches: LaunchPlan[] = [];
  readonly watches: FileWatches;

  constructor(watch: Partial<typeof NO_WATCH> = {}, changes: Partial<ServiceDescription> = {}) {
    this.write("a.ts");
    this.service = this.world.add("p", ServiceType.PROCESS, {
      workingDir: this.folder,
      watch: { ...NO_WATCH, patterns: ["*.ts"], delay: 20, ...watch },
      ...changes,
    });
    this.watches = new FileWatches({
      engine: this.world.manager,
      host: {
        launch: (plan) => {
          this.launches.push(plan);
          return { pid: 7 };
        },
      },
      service: (id) => this.world.manager.graph.byId(id),
      now: () => this.world.manager.now(),
      composeEnvironment: () => new Map(),
      absolute: (path) => path,
      log: (text) => void this.log.push(text),
    });
  }

  write(name: string): void {
    Deno.writeTextFileSync(`${this.folder}/${name}`, `${Math.random()}`);
  }

  /** Starts the service, and begins to watch; the pattern that matches nothing says that the watch has begun. */
  async start(): Promise<void> {
    this.world.manager.start(this.service);
    this.world.execSucceeded("p");
    await this.watch();
  }

  async watch(catchesUp = false): Promise<void> {
    const { patterns } = this.service.description.watch;
    this.world.manager.graph.describe(this.service, {
      ...this.service.description,
      watch: { ...this.service.description.watch, patterns: [...patterns, "none/*"] },
    });
    assert(this.watches.look(this.service.id, catchesUp));
    await this.logged("no file matches 'none/*'");
    this.log.length = 0;
  }

  async logged(text: string): Promise<void> {
    await until(() => this.log.some((line) => line.includes(text)), () => `${text} in ${this.log}`);
  }

  /** Writes a file, and waits until the watch, which is quicker than this one, has handled that. */
  async writeAndWait(name: string): Promise<void> {
    const begun = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    const quiet = new QuietTime(200, () => over.resolve());
    const changes = new FileChanges(new Patterns(["*.ts"], this.folder), {
      changed: (path) => quiet.add(path),
      begun: () => begun.resolve(),
      trouble: (text) => begun.reject(new Error(text)),
    });
    await soon(begun.promise, "the watch of the test");
    this.write(name);
    await soon(over.promise, "the change");
    changes.close();
    quiet.cancel();
  }

  /** Waits until the process is being replaced, and completes that. */
  async replaced(): Promise<void> {
    await until(() => this.service.phase.kind === "replacing", () => `replacing: ${this.service.phase.kind}`);
    this.world.ends("p", { signal: 15 });
    this.watches.launched(this.service.id);
    this.world.execSucceeded("p");
    assertEquals(this.service.phase.kind, "up");
  }

  [Symbol.dispose](): void {
    this.watches.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("a change replaces the process, and the log says why", async () => {
  using scene = new Scene();
  await scene.start();
  scene.write("a.ts");
  await scene.replaced();
  assert(scene.world.log.messages.includes("warn p: a.ts has changed: its process is replaced"));
});

Deno.test("a pattern that matches nothing is told", async () => {
  using scene = new Scene({ patterns: ["srcc/**/*.ts"] });
  scene.watches.look(scene.service.id, false);
  await scene.logged(`p: watch: no file matches 'srcc/**/*.ts' in ${scene.folder}`);
});

Deno.test("a storm of 1,000 saves becomes one change", async () => {
  const calls: string[][] = [];
  let now = 0;
  const quiet = new QuietTime(10, (paths) => void calls.push([...paths]), () => now);
  for (let save = 0; save < 1000; save++) {
    now += 1;
    quiet.add(`/f${save % 3}`);
  }
  now += 10;
  await until(() => calls.length > 0, "the change");
  assertEquals(calls, [["/f0", "/f1", "/f2"]]);
  quiet.cancel();
});

Deno.test("files that never stay quiet count as changed after a while", async () => {
  const calls: unknown[] = [];
  let now = 0;
  const quiet = new QuietTime(10, (paths) => void calls.push(paths), () => (now += 6000));
  quiet.add("/f");
  await until(() => calls.length > 0, "the change");
});

Deno.test("the next change starts a service that has failed, with those that failed because of it", async () => {
  using scene = new Scene({}, { restart: "never" });
  const { world, service } = scene;
  const boot = world.add("boot", ServiceType.INTERNAL);
  const dependent = world.add("d", ServiceType.INTERNAL);
  world.manager.addDependency(dependent, service, 0);
  world.manager.addDependency(boot, dependent, 2);
  world.manager.start(boot);
  world.manager.wake(dependent);
  world.execSucceeded("p");
  await scene.watch();
  assertEquals([boot.state, dependent.state, service.state], [STARTED, STARTED, STARTED]);
  world.ends("p", { exit: 1 });
  assertEquals([boot.state, dependent.state, service.state], [STARTED, STOPPED, STOPPED]);
  scene.write("a.ts");
  await scene.logged("p: a.ts has changed: it is started again");
  world.execSucceeded("p");
  assertEquals([boot.state, dependent.state, service.state], [STARTED, STARTED, STARTED]);
  assertEquals([dependent.explicit, service.explicit], [false, false]);
});

Deno.test("a service that a command has stopped stays down", async () => {
  using scene = new Scene();
  await scene.start();
  scene.world.manager.stop(scene.service);
  scene.world.ends("p", { signal: 15 });
  await scene.writeAndWait("a.ts");
  assertEquals([scene.service.state, scene.log], [STOPPED, []]);
});

Deno.test("a change while the service starts is followed when it is up, unless a new process came meanwhile", async () => {
  using scene = new Scene({}, { readyFd: 3 });
  const { world, service, watches } = scene;
  world.manager.start(service);
  world.execSucceeded("p");
  await scene.watch();
  await scene.writeAndWait("a.ts");
  world.manager.ready(service.id);
  watches.look(service.id, false);
  await until(() => service.phase.kind === "replacing", () => service.phase.kind);
});

Deno.test("a service that writes what it watches is told, and no longer restarted", async () => {
  using scene = new Scene();
  await scene.start();
  for (let round = 0; round < 4; round++) {
    scene.write("a.ts");
    await scene.replaced();
  }
  scene.write("a.ts");
  await scene.logged("p: watching is paused: a.ts has changed each time soon after the launch");
  assertEquals(scene.service.phase.kind, "up");
});

Deno.test("changes that do not come soon after the launch, or of other files, are no feedback", () => {
  const feedback = new Feedback();
  for (let round = 0; round < 20; round++) {
    assertEquals(feedback.note("/a", 3000), false);
    assertEquals(feedback.note(round % 2 ? "/a" : "/b", 10), false);
  }
});

Deno.test("watch-action = signal sends the signal and replaces nothing", async () => {
  using scene = new Scene({ action: "signal", signal: 1 });
  await scene.start();
  scene.write("a.ts");
  await until(() => scene.world.host.signals.length > 0, "a signal");
  assertEquals([scene.world.host.signals[0].signal, scene.service.phase.kind], [1, "up"]);
});

Deno.test("watch-action = run runs the command once at a time, and again for what changed meanwhile", async () => {
  using scene = new Scene({ action: "run", command: ["make", "assets"] });
  await scene.start();
  scene.write("a.ts");
  await until(() => scene.launches.length === 1, "the command");
  assertEquals([scene.launches[0].argv, scene.launches[0].workingDir], [["make", "assets"], scene.folder]);
  scene.write("b.ts");
  await until(() => scene.log.length === 2, () => scene.log.join());
  scene.watches.commandEnded(scene.service.id, { kind: "exited", code: 2 });
  await scene.logged("p: watch-action: 'make assets' ended with status 2");
  assertEquals(scene.launches.length, 2);
  scene.watches.commandEnded(scene.service.id, { kind: "exited", code: 0 });
  assertEquals([scene.launches.length, scene.service.phase.kind], [2, "up"]);
});

Deno.test("the next program follows changes that came while nobody watched", async () => {
  using scene = new Scene();
  scene.world.manager.start(scene.service);
  scene.world.execSucceeded("p");
  const later = new Date(Date.now() + 60_000);
  Deno.utimeSync(`${scene.folder}/a.ts`, later, later);
  scene.watches.look(scene.service.id, true);
  await scene.replaced();
});
