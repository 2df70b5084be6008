import { assertEquals } from "@std/assert";
import { ServiceState, ServiceType, StopReason } from "../../src/model/mod.ts";
import { dependenciesOf, type FileWorld, withFiles } from "./_descriptions.ts";

const I = "type = internal⏎";
const P = "type = process⏎restart = false⏎command = /bin/true⏎";

/** Loads services and starts them; processes are executed. */
function started(world: FileWorld, ...names: string[]): void {
  for (const name of names) {
    const service = world.manager.load(name);
    world.manager.start(service);
    if (world.host.process(service.id, "main")?.executed === false) world.execSucceeded(name);
    assertEquals(service.state, ServiceState.STARTED, name);
  }
}

/** A refused change of a running service: no part of it takes effect. */
function refused(title: string, before: string, after: string, message: string): void {
  Deno.test(title, () => {
    withFiles({ s: before, b: I }, (world) => {
      started(world, "s");
      world.manager.load("b");
      const { description } = world.service("s");
      const names = [...world.manager.graph.records()].map(({ name }) => name);
      world.write({ s: after });
      assertEquals(world.reload("s"), [`Could not reload service s: ${message}`]);
      assertEquals(world.service("s").description, description);
      assertEquals([...world.manager.graph.records()].map(({ name }) => name), names);
      assertEquals(dependenciesOf(world.service("s")), []);
    });
  });
}

refused("row 115: the type of a running service stays", P, I, "cannot change type of non-stopped service.");

Deno.test("row 116: the type of a stopped service may change; its old state is dropped, its links stay", () => {
  withFiles({ s: `${P}after = z⏎`, b: `${I}depends-on = s⏎` }, (world) => {
    world.manager.load("b");
    const before = world.service("s");
    world.manager.start(before);
    world.execFailed("s");
    world.manager.wake(before, { pin: true });
    world.manager.release(before, { pin: true });
    assertEquals(before.reason, StopReason.EXECFAILED);
    world.write({ s: I });
    assertEquals(world.reload("s"), []);
    const after = world.service("s");
    assertEquals(after.type, ServiceType.INTERNAL);
    assertEquals([after.pinStart, after.pinStop, after.reason], [false, false, StopReason.NORMAL]);
    assertEquals(after.dependents.map(({ from }) => from.name), ["b"]);
    assertEquals(world.manager.graph.get("z"), undefined);
    world.manager.start(world.service("b"));
    assertEquals(after.state, ServiceState.STARTED);
    assertEquals(world.manager.stop(after), "already");
  });
});

refused(
  "row 117: a hard dependency that is not started cannot be added",
  I,
  `${I}depends-on = b⏎`,
  "cannot add non-started dependency 'b'.",
);
refused(
  "a prepared-by dependency that is not started cannot be added",
  I,
  `${I}prepared-by = b⏎after = zz⏎`,
  "cannot add non-started dependency 'b'.",
);

for (const kind of ["waits-for", "depends-ms"]) {
  Deno.test(`row 117: ${kind} may be added and starts nothing`, () => {
    withFiles({ s: I, b: I }, (world) => {
      started(world, "s");
      world.write({ s: `${I}${kind} = b⏎` });
      assertEquals(world.reload("s"), []);
      assertEquals(world.service("b").state, ServiceState.STOPPED);
      world.manager.start(world.service("b"));
      world.manager.release(world.service("b"));
      assertEquals(world.service("b").state, ServiceState.STARTED);
    });
  });
}

Deno.test("row 118: a dependency that is dropped stops if nothing else needs it", () => {
  withFiles({ s: `${I}depends-on = b⏎`, t: `${I}depends-on = c⏎`, b: I, c: I }, (world) => {
    started(world, "s", "t", "c");
    world.write({ s: I, t: I });
    assertEquals([...world.reload("s"), ...world.reload("t")], []);
    assertEquals(world.service("b").state, ServiceState.STOPPED);
    assertEquals(world.service("c").state, ServiceState.STARTED);
  });
});

Deno.test("a dependency that stays is not restarted, and a started one that is new is held", () => {
  withFiles({ s: `${I}depends-on = b⏎`, b: I, c: I }, (world) => {
    started(world, "s", "c");
    world.log.services.length = 0;
    world.write({ s: `${I}depends-on = c⏎depends-on = b⏎` });
    assertEquals(world.reload("s"), []);
    assertEquals(world.log.services, []);
    assertEquals(dependenciesOf(world.service("s")), ["c 0", "b 0"]);
    assertEquals(world.manager.release(world.service("c")), "accepted");
    assertEquals(world.service("c").claims, 1);
    world.manager.stop(world.service("s"));
    assertEquals(world.manager.activeCount, 0);
  });
});

refused(
  "row 119: a reload does not start the log of a running process",
  P,
  `${P}logfile = /tmp/x⏎`,
  "cannot change log-type for running service.",
);

Deno.test("row 119: a running process may log into another file from its next start", () => {
  withFiles({ s: `${P}logfile = /a⏎` }, (world) => {
    started(world, "s");
    world.write({ s: `${P}logfile = /b⏎` });
    assertEquals(world.reload("s"), []);
    assertEquals(world.service("s").description.logFile, "/b");
  });
});

Deno.test("row 120: a missing description does not change the service", () => {
  withFiles({ s: I }, (world) => {
    started(world, "s");
    Deno.removeSync(`${world.directory}/s`);
    assertEquals(world.reload("s"), ["Could not reload service s: service description not found."]);
    assertEquals(world.service("s").state, ServiceState.STARTED);
  });
});

refused("row 121: a mistake in the new text", I, "foo=1⏎", "unknown setting: 'foo'.");

Deno.test("row 123: a dependency that is listed twice is held twice", () => {
  withFiles({ s: `${I}depends-on=b⏎depends-on=b⏎`, b: I }, (world) => {
    started(world, "s");
    const [s, b] = [world.service("s"), world.service("b")];
    assertEquals(world.manager.removeDependency(s, b, 0), true);
    assertEquals(b.state, ServiceState.STARTED);
    assertEquals(world.manager.removeDependency(s, b, 0), true);
    assertEquals(b.state, ServiceState.STOPPED);
    assertEquals(world.manager.removeDependency(s, b, 0), false);
  });
});

refused(
  "the console flags of a running service stay",
  P,
  `${P}options = starts-on-console⏎`,
  "cannot change starts_on_console/shares_console flags for a running service.",
);
refused(
  "the utmp settings of a running process stay",
  P,
  `${P}inittab-id = x⏎`,
  "cannot change inittab-id or inittab-line settings for running service.",
);

Deno.test("the pid file of a running bgprocess stays", () => {
  const text = "type = bgprocess⏎restart = false⏎command = /bin/true⏎pid-file = /run/";
  withFiles({ s: `${text}a⏎` }, (world) => {
    world.manager.start(world.manager.load("s"));
    world.host.pidFile = { kind: "running", pid: 500, child: true };
    world.execSucceeded("s");
    world.ends("s", { exit: 0 });
    world.write({ s: `${text}b⏎` });
    assertEquals(world.reload("s"), [
      "Could not reload service s: cannot change pid_file for running service.",
    ]);
  });
});

Deno.test("nothing changes while a service starts or stops; its type is checked first", () => {
  withFiles({ s: P }, (world) => {
    world.manager.start(world.manager.load("s"));
    assertEquals(world.reload("s"), [
      "Could not reload service s: cannot alter settings for service which is currently starting/stopping.",
    ]);
    world.write({ s: I });
    assertEquals(world.reload("s"), [
      "Could not reload service s: cannot change type of non-stopped service.",
    ]);
  });
});

Deno.test("a running consumer stays with its producer", () => {
  withFiles({ p: `${P}log-type = pipe⏎`, q: `${P}log-type = pipe⏎`, s: `${P}consumer-of = p⏎` }, (world) => {
    started(world, "p", "q", "s");
    world.write({ s: `${P}consumer-of = q⏎` });
    const message =
      "Could not reload service s: cannot change consumed service ('consumer-of') when not stopped";
    assertEquals(world.reload("s"), [message]);
    world.manager.stop(world.service("s"));
    world.ends("s", { exit: 0 });
    assertEquals(world.reload("s"), []);
    assertEquals(world.service("p").consumer, undefined);
    assertEquals(world.service("q").consumer, world.service("s"));
  });
});

Deno.test("a service with a consumer keeps a log that can be consumed", () => {
  withFiles({ p: `${P}log-type = pipe⏎`, s: `${P}consumer-of = p⏎` }, (world) => {
    world.manager.load("p");
    world.manager.load("s");
    world.write({ p: I });
    const complaint = "Could not reload service p: service has output consumer;";
    assertEquals(world.reload("p"), [
      `${complaint} service type must correspond to output-producing service (process, bgprocess, or scripted)`,
    ]);
    world.write({ p: P });
    assertEquals(world.reload("p"), [`${complaint} log type must be set to 'pipe'`]);
  });
});

Deno.test("a reload that closes a circle is refused and leaves no placeholder behind", () => {
  withFiles({ s: I, b: `${I}depends-on = s⏎` }, (world) => {
    world.manager.load("b");
    world.write({ s: `${I}after = zz⏎waits-for = b⏎` });
    assertEquals(world.reload("s"), ["Could not reload service s: has cyclic dependency."]);
    assertEquals(world.manager.graph.get("zz"), undefined);
    world.write({ s: `${I}after = zz⏎before = zz⏎` });
    assertEquals(world.reload("s"), ["Could not reload service s: has cyclic dependency."]);
    assertEquals(world.manager.graph.get("zz"), undefined);
  });
});

Deno.test("a service that names itself cannot be reloaded", () => {
  withFiles({ s: I }, (world) => {
    world.manager.load("s");
    world.write({ s: `${I}depends-on = s⏎` });
    assertEquals(world.reload("s"), [
      "Could not load service s: has cyclic dependency.",
      "Could not reload service s: could not load dependency.",
    ]);
  });
});

Deno.test("orderings that others impose stay, those of the service itself are replaced", () => {
  withFiles({ s: `${I}before = a⏎after = b⏎`, o: `${I}before = s⏎`, a: I, b: I }, (world) => {
    for (const name of ["a", "b", "s", "o"]) world.manager.load(name);
    world.write({ s: `${I}before = b⏎` });
    assertEquals(world.reload("s"), []);
    assertEquals(dependenciesOf(world.service("s")), ["o 4"]);
    assertEquals(dependenciesOf(world.service("b")), ["s 4"]);
    assertEquals(dependenciesOf(world.service("a")), []);
  });
});

Deno.test("a chain that would become longer than 32 is refused", () => {
  const files: Record<string, string> = { s: I, d: `${I}depends-on = s⏎` };
  for (let i = 0; i < 31; i++) files[`a${i}`] = i < 30 ? `${I}depends-on = a${i + 1}⏎` : I;
  withFiles(files, (world) => {
    world.manager.load("d");
    world.manager.load("a0");
    world.write({ s: `${I}depends-on = a1⏎` });
    assertEquals(world.reload("s"), []);
    world.write({ s: `${I}depends-on = a0⏎` });
    assertEquals(world.reload("s"), ["Could not reload service s: maximum recursion depth exceeded"]);
    assertEquals(dependenciesOf(world.service("s")), ["a1 0"]);
  });
});

Deno.test("a new stop command is used for the next stop", () => {
  withFiles({ s: P }, (world) => {
    started(world, "s");
    world.write({ s: `${P}stop-command = /bin/halt⏎` });
    assertEquals(world.reload("s"), []);
    world.manager.stop(world.service("s"));
    assertEquals(world.host.launches.at(-1)?.argv, ["/bin/halt"]);
  });
});
