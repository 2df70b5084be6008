import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  DEFAULT_DESCRIPTION,
  DependencyKind,
  LoadError,
  notFound,
  ServiceState,
  ServiceType,
} from "../../src/model/mod.ts";
import { dependenciesOf, type FileWorld, withFiles } from "./_descriptions.ts";
import { World } from "./_world.ts";

const I = "type = internal⏎";
const P = "type = process⏎restart = false⏎command = /bin/true⏎";
const NOT_LOADED = "s: error loading: could not load dependency.";
const CYCLE = "s: error loading: has cyclic dependency.";

/** One row of the specification's table: loading `s` logs exactly these lines. */
function refused(
  row: number,
  files: Record<string, string>,
  lines: string[],
  after: (world: FileWorld) => void = () => {},
) {
  Deno.test(`row ${row}: ${lines.at(-1)}`, () => {
    withFiles(files, (world) => {
      assertEquals(world.tryLoad("s"), lines);
      assertEquals(world.manager.find("s"), undefined);
      assertEquals(world.manager.graph.get("s"), undefined);
      after(world);
    });
  });
}

/** One row of the specification's table: `s` loads. */
function loads(row: number, files: Record<string, string>, check: (world: FileWorld) => void) {
  Deno.test(`row ${row}`, () => {
    withFiles(files, (world) => {
      const loaded = world.tryLoad("s");
      assert(!Array.isArray(loaded), String(loaded));
      check(world);
    });
  });
}

const missing = "Could not load service b: service description not found.";
refused(59, { s: `${I}depends-on = b⏎foo = 1⏎` }, [missing, NOT_LOADED]);
refused(60, { s: `${I}waits-for = b⏎` }, [missing, NOT_LOADED]);
refused(
  61,
  { s: `${I}depends-on = b⏎foo=1⏎`, b: I },
  ["Error in service description for 's' (file <SD>/s, line 3): unknown setting: 'foo'."],
  (world) => assertEquals(world.service("b").state, ServiceState.STOPPED),
);
refused(62, { s: `${I}depends-on = .b⏎` }, [
  "Error in service description for '.b': setting 'depends-on' (file <SD>/s, line 2): invalid dependency name '.b'",
]);
refused(63, { s: `${I}depends-on =⏎` }, [
  "Error in service description for 's': setting 'depends-on' (file <SD>/s, line 2): invalid dependency name ''",
]);
loads(64, { s: `${I}depends-on = a   b⏎`, "a b": I }, (world) => {
  assertEquals(dependenciesOf(world.service("s")), ["a b 0"]);
});
refused(65, { s: `${I}depends-on = s⏎` }, ["Could not load service s: has cyclic dependency.", NOT_LOADED]);
refused(66, { s: `${I}depends-on = b⏎`, b: `${I}waits-for = s⏎` }, [
  "Could not load service s: has cyclic dependency.",
  "Could not load service b: could not load dependency.",
  NOT_LOADED,
]);
loads(67, { s: `${I}depends-on = b@1⏎depends-on = b@2⏎depends-on = b⏎`, b: I }, (world) => {
  assertEquals(dependenciesOf(world.service("s")), ["b@1 0", "b@2 0", "b 0"]);
  assertEquals([...world.manager.services()].map(({ name }) => name), ["s", "b@1", "b@2", "b"]);
});

Deno.test("row 68: a name that grows with each level stops at level 32", () => {
  withFiles({ s: `${I}depends-on = s@1$1⏎` }, (world) => {
    assertEquals(world.tryLoad("s@q"), [
      `Could not load service s@${"1".repeat(32)}q: maximum recursion depth exceeded`,
      ...Array(31).fill("Could not load service s: could not load dependency."),
      NOT_LOADED,
    ]);
    assertEquals([...world.manager.graph.records()], []);
  });
});

function chain(length: number): Record<string, string> {
  const names = Array.from({ length }, (_, index) => `a${index}`);
  return Object.fromEntries(
    names.map((name, index) => [name, index + 1 < length ? `${I}depends-on = a${index + 1}⏎` : I]),
  );
}

Deno.test("row 69: a chain of 32 services loads", () => {
  withFiles(chain(32), (world) => assert(!Array.isArray(world.tryLoad("a0"))));
});

const TOO_LONG = [
  "Could not load service a32: maximum recursion depth exceeded",
  ...Array.from(
    { length: 31 },
    (_, index) => `Could not load service a${31 - index}: could not load dependency.`,
  ),
  "a0: error loading: could not load dependency.",
];

Deno.test("row 70: a chain of 33 services does not load", () => {
  withFiles(chain(33), (world) => assertEquals(world.tryLoad("a0"), TOO_LONG));
});

Deno.test("row 71: the last of 33 may be loaded already, the chain does not load", () => {
  withFiles(chain(33), (world) => {
    world.manager.load("a32");
    assertEquals(world.tryLoad("a0"), TOO_LONG);
  });
});

Deno.test("row 72: a chain loads on top of one that is loaded", () => {
  withFiles(chain(33), (world) => {
    world.manager.load("a1");
    assert(!Array.isArray(world.tryLoad("a0")));
  });
});

loads(73, { s: `${I}after = zz⏎before = yy⏎` }, (world) => {
  assertEquals([...world.manager.services()].map(({ name }) => name), ["s"]);
  assertEquals([...world.manager.graph.records()].map(({ name }) => name).sort(), ["s", "yy", "zz"]);
});
refused(74, { s: `${I}after = s⏎` }, [CYCLE]);

Deno.test("row 74: after the own base name, loaded with an argument", () => {
  withFiles({ s: `${I}after = s⏎` }, (world) => assertEquals(world.tryLoad("s@x"), [CYCLE]));
});

loads(75, { s: `${I}depends-on = b⏎`, b: `${I}before = s⏎` }, (world) => {
  assertEquals(dependenciesOf(world.service("s")), ["b 4", "b 0"]);
});
refused(76, { s: `${I}depends-on = b⏎`, b: `${I}after = s⏎` }, [
  "Could not load service b: has cyclic dependency.",
  NOT_LOADED,
]);
refused(77, { s: `${I}depends-on = b⏎before = b⏎`, b: I }, [CYCLE]);
loads(78, { s: `${I}waits-for.d = nodir⏎` }, (world) => {
  assertEquals(world.messages(), ["warn Could not open dependency directory '<SD>/nodir' for s service."]);
});

const entries = { "w/.hid": "", "w/@x": "", "w/a": "", "w/b@1": "", "w/no": "" };
loads(79, { s: `${I}waits-for.d: w⏎`, a: I, b: I, ...entries }, (world) => {
  assertEquals(dependenciesOf(world.service("s")).sort(), ["a 2", "b@1 2"]);
  assertEquals(world.messages(), [
    "warn Ignoring unresolved dependency 'no' in dependency directory 'w' for s service.",
  ]);
});
refused(80, { s: `${I}waits-for.d: w⏎`, "w/a": "", a: "foo=1⏎" }, [
  "Error in service description for 'a' (file <SD>/a, line 1): unknown setting: 'foo'.",
]);
refused(81, { s: `${I}waits-for.d: w⏎`, "w/a": "", a: `${I}depends-on=zz⏎` }, [
  "Could not load service zz: service description not found.",
  "a: error loading: could not load dependency.",
]);

Deno.test("row 82: a dependency directory is beside the link, not beside its target", () => {
  withFiles({ "real/s": `${I}depends-on.d: dd⏎`, "dd/b": "", "real/dd/a": "", a: I, b: I }, (world) => {
    Deno.symlinkSync("real/s", `${world.directory}/s`);
    world.manager.load("s");
    assertEquals(dependenciesOf(world.service("s")), ["b 0"]);
  });
});

refused(109, { s: "type=scripted⏎command=/bin/true⏎consumer-of=x⏎" }, [
  "s: error loading: only a process or bgprocess service can be a log consumer ('consumer-of') another service.",
]);

const UNFIT = "the 'consumer-of' setting specifies a service";

Deno.test("row 110: the producer does not log into a pipe", () => {
  withFiles({ p: P, s: `${P}consumer-of = p⏎` }, (world) => {
    world.manager.load("p");
    assertEquals(world.tryLoad("s"), [
      `s: error loading: ${UNFIT} that does not log via a pipe ('log-type = pipe')`,
    ]);
  });
});

Deno.test("the producer is of a type without output", () => {
  withFiles({ p: I, s: `${P}consumer-of = p⏎` }, (world) => {
    world.manager.load("p");
    assertEquals(world.tryLoad("s"), [`s: error loading: ${UNFIT} of a type that does not produce output`]);
  });
});

Deno.test("row 111: what is consumed must have output when it is loaded later", () => {
  withFiles({ p: I, s: `${P}consumer-of = p⏎` }, (world) => {
    world.manager.load("s");
    assertEquals(world.tryLoad("p"), [
      "p: error loading: service has output consumer; service type must correspond to output-producing " +
      "service (process, bgprocess, or scripted)",
    ]);
    world.write({ p: P });
    assertEquals(world.tryLoad("p"), [
      "p: error loading: service has output consumer; log type must be set to 'pipe'",
    ]);
    world.write({ p: `${P}log-type = pipe⏎` });
    world.manager.load("p");
    assertEquals(world.service("p").consumer, world.service("s"));
  });
});

Deno.test("row 112: one producer, one consumer", () => {
  withFiles({ s: `${P}consumer-of = p⏎`, t: `${P}consumer-of = p⏎` }, (world) => {
    world.manager.load("s");
    assertEquals(world.tryLoad("t"), [`t: error loading: ${UNFIT} that already has a consumer`]);
  });
});

refused(113, { s: `${P}consumer-of = s⏎` }, [
  "Error in service description for 's': setting 'consumer-of' (file <SD>/s, line 4): " +
  "service cannot be its own consumer",
]);

Deno.test("row 114: a chain to a service that does not exist", () => {
  withFiles({ s: `${P}chain-to = zz⏎` }, (world) => {
    world.manager.start(world.manager.load("s"));
    world.execSucceeded("s");
    world.ends("s", { exit: 0 });
    assertEquals(world.messages(), [
      "Couldn't chain to service zz: couldn't load zz: service description not found.",
    ]);
  });
});

Deno.test("a chain to a service that is not loaded yet loads and starts it", () => {
  withFiles({ s: `${P}chain-to = n⏎`, n: I }, (world) => {
    world.manager.start(world.manager.load("s"));
    world.execSucceeded("s");
    world.ends("s", { exit: 0 });
    assertEquals(world.service("n").state, ServiceState.STARTED);
    assertEquals(world.service("n").explicit, true);
  });
});

Deno.test("a failed load over the socket is worded for a request", () => {
  withFiles({ s: `${I}depends-on = b⏎` }, (world) => {
    assertEquals(world.tryLoad("s", "request"), [
      missing,
      "Could not load service s: could not load dependency.",
    ]);
    assertEquals(world.tryLoad("zz", "request"), [
      "Could not load service zz: service description not found.",
    ]);
    assertEquals(world.tryLoad("zz"), ["zz: could not find service description."]);
  });
});

Deno.test("a service takes over the links that were made before it was loaded", () => {
  withFiles({ s: `${I}before = b⏎`, t: `${I}after = b⏎`, b: I }, (world) => {
    world.manager.load("s");
    world.manager.load("t");
    const placeholder = world.manager.graph.get("b")!;
    assertEquals(placeholder.type, ServiceType.PLACEHOLDER);
    const loaded = world.manager.load("b");
    assertEquals(dependenciesOf(loaded), ["s 4"]);
    assertEquals(loaded.dependents.map(({ from }) => from.name), ["t"]);
  });
});

Deno.test("a service whose dependencies lead to its own placeholder is a circle", () => {
  withFiles({ s: `${I}after = b⏎`, b: `${I}depends-on = s⏎` }, (world) => {
    world.manager.load("s");
    assertEquals(world.tryLoad("b"), ["b: error loading: has cyclic dependency."]);
    assertEquals(world.manager.find("b"), undefined);
    assertEquals(world.manager.graph.get("b")?.type, ServiceType.PLACEHOLDER);
    assertEquals(dependenciesOf(world.manager.graph.get("b")!), []);
  });
});

Deno.test("two services each before the other are a circle", () => {
  withFiles({ a: `${I}before = b⏎`, b: `${I}before = a⏎` }, (world) => {
    world.manager.load("a");
    assertEquals(world.tryLoad("b"), ["b: error loading: has cyclic dependency."]);
  });
});

Deno.test("before the own full name with an argument is a circle", () => {
  withFiles({ s: `${I}before = s@x⏎` }, (world) => assertEquals(world.tryLoad("s@x"), [CYCLE]));
});

Deno.test("an ancestor that is being loaded may be named by `before`", () => {
  withFiles({ boot: `${I}depends-on = m⏎`, m: `${I}depends-on = v⏎`, v: `${I}before = boot⏎` }, (world) => {
    assert(!Array.isArray(world.tryLoad("boot")));
  });
});

Deno.test("a feature that the host lacks is refused when the service is loaded", () => {
  withFiles({ s: P }, (world) => {
    world.host.unsupportedSetting = { setting: "socket-listen", message: "needs --allow-ffi" };
    assertEquals(world.tryLoad("s"), ["s: error loading: 'socket-listen': needs --allow-ffi"]);
  });
});

Deno.test("loading starts nothing, and loads each service only once", () => {
  withFiles({ s: `${I}depends-on = b⏎waits-for = b⏎`, b: I }, (world) => {
    const loaded = world.manager.load("s");
    assertEquals(world.manager.load("s"), loaded);
    assertEquals(world.manager.activeCount, 0);
    assertEquals(dependenciesOf(loaded), ["b 0", "b 2"]);
  });
});

Deno.test("descriptions may come from anywhere, and name their dependencies while they are read", () => {
  const needs = new Map([["web", ["store"]], ["store", []]]);
  const world = new World({
    source: {
      directories: [],
      find(name) {
        const dependencies = needs.get(name);
        if (dependencies === undefined) throw notFound(name);
        return {
          read(reader) {
            for (const name of dependencies) reader.dependency({ name, fromDirectory: false });
            reader.warn(`${name} is only in memory`);
            const links = dependencies.map((name) => ({ kind: DependencyKind.REGULAR, name }));
            return { ...DEFAULT_DESCRIPTION, name, dependencies: links };
          },
        };
      },
    },
  });
  world.manager.start(world.manager.load("web"));
  assertEquals(world.log.services, ["started store", "started web"]);
  assertEquals(world.log.messages, ["warn store is only in memory", "warn web is only in memory"]);
  assertThrows(() => world.manager.load("none"), LoadError, "service description not found.");
});
for (const line of ["env-file = no/such", "@include no/such"]) {
  Deno.test(`the log has the full path of an unusable file: ${line}`, () => {
    withFiles({ s: `${I}${line}⏎` }, (world) => {
      const logged = world.tryLoad("s");
      assertEquals(Array.isArray(logged) && logged.slice(1), ["s: the file is <SD>/no/such"]);
    });
  });
}
