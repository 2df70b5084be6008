/** Whatever is in a file and in the environment: descriptions load, or fail with a `LoadError`, and soon. */

import { assert, assertEquals } from "@std/assert";
import { PATIENCE } from "../_patience.ts";
import { fc } from "../random.ts";
import {
  type DescriptionFile,
  MainEnvironment,
  parseEnvironmentFile,
  readDescription,
  SETTINGS,
} from "../../src/description/mod.ts";
import { decodeBytes, encodeBytes, LoadError } from "../../src/model/mod.ts";
import { KnownUsers } from "./_support.ts";

const DIRECTORY = "/nonexistent/services";
/**
 * The size of hard texts, in bytes. Reading them takes less than a second. What grows with the square of the size takes
 * hours, and the test ends at its limit.
 */
const SIZE = 2 ** 20;
/** The size of a text that is nothing but mistakes, each of which is an error with a stack. */
const MISTAKES_SIZE = 2 ** 18;

function fileOf(text: string): DescriptionFile {
  return {
    fullName: "s@argument",
    directory: DIRECTORY,
    file: `${DIRECTORY}/s`,
    realDirectory: DIRECTORY,
    modified: { seconds: 0, nanoseconds: 0 },
    text,
  };
}

interface Outcome {
  readonly error: LoadError | undefined;
  readonly problems: number;
}

/** Reads a text; everything but a `LoadError` is thrown on. */
function read(text: string, environment: MainEnvironment, mode: "daemon" | "checker"): Outcome {
  let problems = 0;
  try {
    readDescription(fileOf(text), {
      environment,
      users: new KnownUsers(),
      identity: { uid: 0, gid: 0 },
      dependency() {},
      warn() {},
      problem: mode === "checker" ? () => void problems++ : undefined,
    });
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return { error, problems };
  }
  return { error: undefined, problems };
}

/** Reads a text in both ways, and compares the results. */
function readBoth(text: string, environment: MainEnvironment): void {
  const daemon = read(text, environment, "daemon");
  const checker = read(text, environment, "checker");
  const checkerFails = checker.error !== undefined || checker.problems > 0;
  assert((daemon.error !== undefined) === checkerFails, "the daemon and the checker disagree");
  const line = daemon.error?.location?.line;
  assert(line === undefined || (line >= 1 && line <= text.split("\n").length), "a line that does not exist");
}

const anyEnvironment = fc.dictionary(
  fc.oneof(fc.constantFrom("A", "B", "HOME"), fc.string({ maxLength: 5 })),
  fc.string({ unit: "binary", maxLength: 30 }),
).map((variables) => new MainEnvironment(Object.entries(variables)));

/** Pieces that mean something somewhere. */
const anyPiece = fc.oneof(
  fc.constantFrom(...SETTINGS.map((setting) => setting.name)),
  fc.constantFrom("=", ":", "+=", "\n", "\\\n ", " ", "#", '"', "\\", "@include-opt", "@meta", "\r\n", "\0"),
  fc.constantFrom("$", "$/", "${", "}", "$A", "$/B", "${A:-", ":+", "$1", "$$", "${1-x}", "$HOME"),
  fc.constantFrom(
    "process",
    "yes",
    "file",
    "0x7",
    "-1",
    "4:5",
    "pipefd:3",
    "root",
    "cap_kill",
    "idle",
    "TERM",
    "/x",
  ),
  fc.string({ maxLength: 4 }),
);

const VALID = [
  "# a service with a bit of everything",
  "type = process",
  'command = /usr/bin/program --name=$1 "an argument" a\\ b \\',
  "   $/A ${B:-none} # more",
  "command += last",
  "restart = on-failure",
  "stop-timeout = 2.5",
  "options = starts-log runs-on-console",
  "options: pass-cs-fd",
  "depends-on = other@$1",
  "after = third",
  "logfile = /var/log/${A}.log",
  "logfile-permissions = 0644",
  "run-as = ann",
  "rlimit-nofile = 1024:4096",
  "ready-notification = pipevar:READY",
  "capabilities = cap_net_bind_service",
  "",
].join("\n");

const anyEdit = fc.record({
  at: fc.nat(),
  remove: fc.nat({ max: 12 }),
  insert: fc.oneof(anyPiece, fc.constant("")),
});

Deno.test("any bytes load or fail with a load error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), anyEnvironment, (bytes, environment) => {
      readBoth(decodeBytes(bytes), environment);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("any mixture of meaningful pieces loads or fails with a load error", () => {
  fc.assert(
    fc.property(fc.array(anyPiece, { maxLength: 60 }), anyEnvironment, (pieces, environment) => {
      readBoth(pieces.join(""), environment);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("any lines of settings load or fail with a load error", () => {
  const anyLine = fc.tuple(
    fc.constantFrom(...SETTINGS.map((setting) => setting.name)),
    fc.constantFrom(" = ", ":", " += "),
    fc.array(anyPiece, { maxLength: 4 }),
  ).map(([name, operator, value]) => `${name}${operator}${value.join("")}`);
  fc.assert(
    fc.property(fc.array(anyLine, { maxLength: 12 }), anyEnvironment, (lines, environment) => {
      readBoth(lines.join("\n"), environment);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("any edit of a valid description loads or fails with a load error", () => {
  fc.assert(
    fc.property(fc.array(anyEdit, { maxLength: 6 }), anyEnvironment, (edits, environment) => {
      let text = VALID;
      for (const { at, remove, insert } of edits) {
        const start = at % (text.length + 1);
        text = text.slice(0, start) + insert + text.slice(start + remove);
      }
      readBoth(text, environment);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("any bytes are an environment file, whose values can be read again", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), anyEnvironment, (bytes, environment) => {
      const { overlay } = parseEnvironmentFile(bytes);
      const composed = environment.compose(overlay);
      for (const [name, value] of composed) {
        assert(environment.getFor(overlay, name)?.startsWith(value));
      }
    }),
    { numRuns: 2000 },
  );
});

/** Repeats a piece until the text has its size. */
function fill(piece: string, size = SIZE): string {
  return piece.repeat(Math.ceil(size / piece.length)).slice(0, size);
}

function randomBytes(): Uint8Array {
  const bytes = new Uint8Array(SIZE);
  const most = 65_536; // of one call
  for (let at = 0; at < SIZE; at += most) crypto.getRandomValues(bytes.subarray(at, at + most));
  return bytes;
}

const HARD: [string, string | Uint8Array][] = [
  ["random bytes", randomBytes()],
  ["bytes that are not UTF-8", new Uint8Array(SIZE).fill(0xff)],
  ["white space", fill(" ")],
  ["line feeds", fill("\n")],
  ["backslashes", fill("\\")],
  ["continued lines", "command = " + fill("\\\n x")],
  ["continued comments", fill("# \\\n ")],
  ["hash signs in comments", "command = x " + fill("# \\\n ")],
  ["quotes", "command = " + fill('"')],
  ["quoted backslashes", 'command = "' + fill("\\\\")],
  ["dollar signs", "command = " + fill("$")],
  ["variables", "command = " + fill("$/A")],
  ["open braces", "command = " + fill("${A:-")],
  ["words", "command = " + fill("a ")],
  ["appended commands", fill("command += a\n")],
  ["appended capabilities", fill("capabilities += cap_kill\n")],
  ["options", fill("options = starts-log\n")],
  ["dependencies", fill("depends-on = $A\n")],
  ["ordering", fill("after = x\n")],
  ["digits", "nice = " + fill("9")],
  ["zeros", "stop-timeout = " + fill("0")],
  ["a fraction", "stop-timeout = 0." + fill("9")],
  ["limits", "rlimit-core = " + fill("7")],
  ["capability prefixes", "capabilities = " + fill("!^%")],
  ["commas", "capabilities = " + fill("0,")],
  ["a long name", fill("x")],
  ["users", fill("run-as = ann\n")],
];

for (const [what, content] of HARD) {
  Deno.test(`a megabyte of ${what} loads or fails with a load error`, { timeout: PATIENCE }, () => {
    const bytes = typeof content === "string" ? encodeBytes(content) : content;
    read(decodeBytes(bytes), new MainEnvironment({ A: "a b" }), "daemon");
  });
}

Deno.test("the checker tells each of many thousand mistakes", { timeout: PATIENCE }, () => {
  const text = fill("a=1\n", MISTAKES_SIZE);
  const { problems } = read(text, new MainEnvironment({}), "checker");
  assertEquals(problems, MISTAKES_SIZE / 4);
});
