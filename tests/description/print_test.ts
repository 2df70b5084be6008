import { assertEquals } from "@std/assert";
import { fc } from "../random.ts";
import { printDescription, SECURE_BITS } from "../../src/description/mod.ts";
import {
  type DeclaredDependency,
  decodeBytes,
  DEFAULT_DESCRIPTION,
  DependencyKind,
  encodeBytes,
  isValidServiceName,
  type LimitValue,
  NO_FLAGS,
  type ServiceDescription,
  type ServiceFlags,
  ServiceType,
  SIGNALS,
} from "../../src/model/mod.ts";
import { describe, Services } from "./_support.ts";

/** What the text of a description decides; the rest is the file's name and its environment. */
function content(description: ServiceDescription): Partial<ServiceDescription> {
  const {
    name: _name,
    directory: _directory,
    file: _file,
    modified: _modified,
    size: _size,
    environment: _environment,
    ...rest
  } = description;
  return rest;
}

function reread(description: ServiceDescription): ServiceDescription {
  return describe(printDescription(description), { dependency() {} });
}

/** Any bytes as text; a line feed is always followed by other white space, as the format has it. */
const anyText = fc.oneof(
  fc.uint8Array({ maxLength: 20 }).map(decodeBytes),
  fc.string({
    unit: fc.constantFrom("a", " ", "\t", '"', "\\", "#", "$", "{", "}", "\n", "\r", "'", "é", "\0", "@"),
  }),
).map((text) => decodeBytes(encodeBytes(text.replaceAll(/\n(?![ \t\v\f\r])/g, "\n "))));

const anyName = anyText.filter((name) => isValidServiceName(name) && name !== "s");
const anyTime = fc.oneof(
  fc.nat().map((seconds) => seconds * 1000),
  fc.tuple(fc.nat(), fc.nat({ max: 999_999_999 })).map(([seconds, nano]) => seconds * 1000 + nano / 1e6),
);
const anyId = fc.option(fc.nat(), { nil: undefined });
const anyLimit: fc.Arbitrary<LimitValue> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constant("unlimited" as const),
  fc.constant(undefined),
);
const anyLimits = fc.uniqueArray(fc.constantFrom("nofile", "core", "data", "addrspace" as const)).chain((
  resources,
) =>
  fc.tuple(
    ...resources.map((resource) =>
      fc.record({ resource: fc.constant(resource), soft: anyLimit, hard: anyLimit })
    ),
  )
);

function links(kinds: readonly DependencyKind[]): fc.Arbitrary<DeclaredDependency[]> {
  return fc.array(fc.record({ kind: fc.constantFrom(...kinds), name: anyName }), { maxLength: 4 });
}

const anyLinks = fc.tuple(
  links([
    DependencyKind.REGULAR,
    DependencyKind.WAITS_FOR,
    DependencyKind.MILESTONE,
    DependencyKind.PREPARED_BY,
  ]),
  links([DependencyKind.AFTER]),
  links([DependencyKind.BEFORE]),
).map((groups) => groups.flat());

const anyFlags: fc.Arbitrary<ServiceFlags> = fc.record(
  Object.fromEntries(Object.keys(NO_FLAGS).map((flag) => [flag, fc.boolean()])) as Record<
    keyof ServiceFlags,
    fc.Arbitrary<boolean>
  >,
);

const anyDescription: fc.Arbitrary<ServiceDescription> = fc.record({
  type: fc.constantFrom(
    ServiceType.PROCESS,
    ServiceType.BGPROCESS,
    ServiceType.SCRIPTED,
    ServiceType.INTERNAL,
    ServiceType.TRIGGERED,
  ),
  command: fc.array(anyText, { maxLength: 5 }).filter((words) => words.join("") !== ""),
  stopCommand: fc.array(anyText, { maxLength: 5 }),
  workingDir: anyText,
  runAs: fc.oneof(
    fc.constant(undefined),
    fc.constant({ uid: 1000, gid: 1001, name: "ann" }),
    fc.nat().map((uid) => ({ uid, gid: undefined, name: undefined })),
  ),
  restart: fc.constantFrom("always", "on-failure", "never" as const),
  smoothRecovery: fc.boolean(),
  restartDelay: anyTime,
  restartDelayFactor: fc.nat({ max: 9990 }).map((tenths) => 1 + tenths / 10),
  restartDelayMax: fc.nat(),
  restartLimitInterval: anyTime,
  restartLimitCount: fc.nat(),
  startTimeout: anyTime,
  stopTimeout: anyTime,
  pidFile: anyText,
  termSignal: fc.constantFrom(0, ...SIGNALS.map(([, number]) => number)),
  readyFd: fc.option(fc.nat(), { nil: undefined }),
  readyVariable: fc.option(anyText.filter((text) => text !== ""), { nil: undefined }),
  chainTo: fc.oneof(fc.constant(""), anyName),
  flags: anyFlags,
  inittabId: anyText.filter((text) => encodeBytes(text).length <= 4),
  inittabLine: anyText.filter((text) => encodeBytes(text).length <= 32),
  dependencies: anyLinks,
  consumerOf: fc.oneof(fc.constant(""), anyName),
  logType: fc.constantFrom("none", "file", "buffer", "pipe", "kept" as const),
  logFile: anyText,
  logFilePermissions: fc.nat({ max: 0o7777 }),
  logFileUid: anyId,
  logFileGid: anyId,
  logBufferSize: fc.nat(),
  logMaxSize: fc.oneof(fc.constant(0), fc.integer({ min: 16_384, max: Number.MAX_SAFE_INTEGER })),
  logMaxAge: fc.oneof(fc.constant(0), fc.integer({ min: 60_000, max: 1e12 })),
  logKeep: fc.nat({ max: 10_000 }),
  logKeepSize: fc.maxSafeNat(),
  logCompress: fc.boolean(),
  logStamps: fc.constantFrom("no", "iso", "elapsed" as const),
  logFormat: fc.constantFrom("text", "json" as const),
  logRateLimit: fc.nat(),
  socketPath: anyText,
  socketPermissions: fc.nat({ max: 0o7777 }),
  socketUid: anyId,
  socketGid: anyId,
  limits: anyLimits,
  nice: fc.option(fc.integer({ min: -1_073_741_824, max: 1_073_741_823 }), { nil: undefined }),
  ioPriority: fc.option(fc.constantFrom(0, 24576, 8192, 8199, 16384, 16391), { nil: undefined }),
  oomScoreAdjust: fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: undefined }),
  cgroup: anyText,
  capabilities: fc.constantFrom("", "cap_kill", "!%cap_chown,^cap_net_admin,0x3"),
  secureBits: fc.uniqueArray(fc.constantFrom(...SECURE_BITS.map(({ name }) => name))),
}).map((fields) => possible({ ...DEFAULT_DESCRIPTION, ...fields }));

/** Changes what no description can say. */
function possible(description: ServiceDescription): ServiceDescription {
  const { type } = description;
  const isLong = type === ServiceType.PROCESS || type === ServiceType.BGPROCESS;
  const flags = { ...description.flags };
  if (flags.sharesConsole) flags.runsOnConsole = flags.startsOnConsole = false;
  if (flags.runsOnConsole) flags.startsOnConsole = true;
  if (type === ServiceType.BGPROCESS) flags.runsOnConsole = false;
  if (isLong || type === ServiceType.TRIGGERED) flags.killAllOnStop = false;
  const isBackground = type === ServiceType.BGPROCESS;
  const isKept = description.logType === "kept";
  const { restart, restartDelay, restartDelayFactor, restartDelayMax } = description;
  const grows = restartDelayFactor > 1 && restart !== "never" && restartDelay > 0 &&
    restartDelay < restartDelayMax;
  return {
    ...description,
    ...(grows ? {} : { restartDelayFactor: 1, restartDelayMax: DEFAULT_DESCRIPTION.restartDelayMax }),
    ...(isKept ? {} : { logStamps: "no", logFormat: "text", logRateLimit: 0 }),
    flags,
    consumerOf: isLong ? description.consumerOf : "",
    logFile: isKept ? `/${description.logFile}` : description.logType === "file" ? description.logFile : "",
    readyFd: isBackground ? undefined : description.readyFd,
    readyVariable: isBackground ? undefined : description.readyVariable,
  };
}

Deno.test("printing a description and reading it again gives an equal one", () => {
  fc.assert(
    fc.property(anyDescription, (description) => {
      assertEquals(content(reread(description)), content(description));
    }),
    { numRuns: 300 },
  );
});

Deno.test("the default description prints its type only", () => {
  assertEquals(printDescription(DEFAULT_DESCRIPTION), "type = internal\n");
});

Deno.test("a printed description reads well", () => {
  const text = "type: process\nrestart=on-failure\ncommand = /bin/run  'a b' # c\ncommand += \"x y\" $$\n" +
    "stop-timeout = 1,5\nafter = b\nwaits-for = a\ndepends-on = c\noptions = starts-log\n" +
    "rlimit-data = 3\nrlimit-core = -\nlogfile = /l\n";
  assertEquals(
    printDescription(describe(text, { dependency() {} })),
    [
      "type = process",
      `command = /bin/run 'a b' "x y" $$`,
      "options = starts-log",
      "restart = on-failure",
      "stop-timeout = 1.5",
      "log-type = file",
      "logfile = /l",
      "rlimit-data = 3:3",
      "rlimit-core = -:-",
      "waits-for = a",
      "depends-on = c",
      "after = b",
      "",
    ].join("\n"),
  );
});

Deno.test("a command and a file that substitution made empty stay empty", () => {
  const description = describe("type = bgprocess\ncommand = $/NONE\npid-file = $NONE\n");
  assertEquals(content(reread(description)), content(description));
});

Deno.test("the environment is shown in comments", () => {
  using services = new Services({ s: "env-file = e\n", e: "!clear\nA=x\\\n!unset B\n!import C\n" });
  assertEquals(
    printDescription(services.load("s")),
    [
      "type = internal",
      '# environment: "!clear"',
      '# environment: "!unset B"',
      '# environment: "!import C"',
      '# environment: "A=x\\\\"',
      "",
    ].join("\n"),
  );
});

Deno.test("a line feed without white space after it gets a space", () => {
  const description = describe("working-dir = $X\n", { env: { X: "a\nb\n" } });
  assertEquals(description.workingDir, "a\nb\n");
  assertEquals(reread(description).workingDir, "a\n b\n ");
});
