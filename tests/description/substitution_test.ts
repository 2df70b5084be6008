import { assertEquals, assertThrows } from "@std/assert";
import {
  substituteText,
  substituteTokens,
  SubstitutionError,
  type Variables,
} from "../../src/description/mod.ts";
import { failureOf, inSetting, locatedSetting, Services } from "./_support.ts";

const ENVIRONMENT = {
  A: "a",
  E: "",
  W: "   ",
  P: " p ",
  M: "x  y",
  D: "$A",
  Q: '"q r"',
  C: "/bin/echo k",
};

/** The arguments of a command in service `s`, or in a service with the given full name. */
function args(input: string, name = "s"): readonly string[] {
  using services = new Services({ s: `type = process\ncommand = ARGS ${input}\n` });
  return services.load(name, { env: ENVIRONMENT }).command.slice(1);
}

function failure(input: string, name = "s"): string {
  using services = new Services({ s: `type = process\ncommand = ARGS ${input}\n` });
  return services.failure(name, { env: ENVIRONMENT });
}

const NO_NAME = inSetting("command", "invalid/missing variable name after '$'");
const ONE_ARGUMENT = inSetting("command", "only one service argument may be present");
const BAD_SYNTAX = inSetting("command", "invalid syntax in variable substitution");
const UNMATCHED = inSetting("command", "unmatched '{' in variable substitution");
const MISSING = inSetting("command", "missing value in argument substitution");

const EXAMPLES: [number, string, string[], service?: string][] = [
  [1, "$A", ["a"]],
  [2, "x${A}y", ["xay"]],
  [3, "x$A-y $A.b $A/b $A=b", ["xa-y", "a.b", "a/b", "a=b"]],
  [4, "$AB ${A}B", ["", "aB"]],
  [5, "$N x$N", ["", "x"]],
  [6, "$$A", ["$A"]],
  [7, "$$$A", ["$a"]],
  [8, "$$$$", ["$$"]],
  [9, "${A-d} ${E-d} ${N-d}", ["a", "", "d"]],
  [10, "${A:-d} ${E:-d} ${N:-d}", ["a", "d", "d"]],
  [11, "${A+d} ${E+d} ${N+d}", ["d", "d", ""]],
  [12, "${A:+d} ${E:+d} ${N:+d}", ["d", "", ""]],
  [13, "${N-} ${A+}", ["", ""]],
  [14, "${N:-$A}", ["$A"]],
  [16, '"${N:-a b}"', ["a b"]],
  [16, '${N:-"a b"}', ["a b"]],
  [16, "${N:-a\\ b}", ["a b"]],
  [17, "${N:-a}b}", ["ab}"]],
  [18, "${N:-{x}}", ["{x}"]],
  [19, "$M", ["x  y"]],
  [20, "$/M", ["x", "y"]],
  [21, "[$/M]", ["[x", "y]"]],
  [22, "$/M$/M", ["x", "yx", "y"]],
  [23, "$/E", []],
  [23, "$/W", []],
  [23, "$/N", []],
  [24, "$E", [""]],
  [24, "$W", ["   "]],
  [25, "$/E$/E", []],
  [26, "$/E$E", [""]],
  [26, "$E$/E", [""]],
  [26, "$E$/W", [""]],
  [26, "$/W$E", [""]],
  [27, "$E$/{W}x", ["", "x"]],
  [28, "a$/{E}b", ["ab"]],
  [29, "a$/{W}b", ["a", "b"]],
  [30, "a$/{P}b", ["a", "p", "b"]],
  [31, "$/{P}$/P", ["p", "p"]],
  [32, "$A$/W", ["a"]],
  [32, "$/{W}$A", ["a"]],
  [33, '""$/E', []],
  [33, '$/E""', []],
  [34, "x$/E $$$/E", ["x", "$"]],
  [35, '"$/{N:-a  b}"', ["a", "b"]],
  [36, '"$/M $M"', ["x", "y x  y"]],
  [37, "$D $/D", ["$A", "$A"]],
  [38, "$Q", ['"q r"']],
  [38, "$/Q", ['"q', 'r"']],
  [39, '\\$A "\\$A" "$$A" \'$A\'', ["a", "a", "$A", "'a'"]],
  [40, '$"A"', ["a"]],
  [41, "${A}} {$A}", ["a}", "{a}"]],
  [42, "$1 x${1}y", ["v", "xvy"], "s@v"],
  [43, "$1", ["a b"], "s@a b"],
  [43, "$/1", ["a", "b"], "s@a b"],
  [44, "$1 ${1:-d} ${1-d} ${1+d} ${1:+d}", ["", "d", "", "d", ""], "s@"],
  [45, "${1:-d} ${1-d} ${1+d} $/{1+d} z", ["d", "d", "", "z"]],
  [48, "$1", ["$A"], "s@$A"],
];

for (const [number, input, expected, service] of EXAMPLES) {
  Deno.test(`substitution example ${number}: ${input}${service === undefined ? "" : ` in ${service}`}`, () => {
    assertEquals(args(input, service), expected);
  });
}

Deno.test("substitution example 15: a word with a space that is not quoted", () => {
  assertEquals(failure("${N:-a b}"), UNMATCHED);
});

Deno.test("substitution example 46: an argument that the service does not have", () => {
  assertEquals(failure("$1"), MISSING);
});

for (const input of ["$12", "$2", "$0", "$01"]) {
  Deno.test(`substitution example 47: ${input}`, () => assertEquals(failure(input, "s@v"), ONE_ARGUMENT));
}

for (const input of ["$", "a$", "$-", "$(x)", "${}", "$/"]) {
  Deno.test(`substitution example 49: ${input}`, () => assertEquals(failure(input), NO_NAME));
}

for (const input of ["${A:x}", "${A:=x}", "${A:"]) {
  Deno.test(`substitution example 50: ${input}`, () => assertEquals(failure(input), BAD_SYNTAX));
}

Deno.test("substitution example 51: the executable is split too", () => {
  using services = new Services({ s: "type = process\ncommand = $/C z\n" });
  assertEquals(services.load("s", { env: ENVIRONMENT }).command, ["/bin/echo", "k", "z"]);
});

Deno.test("substitution example 52: a path keeps white space inside", () => {
  using services = new Services({ s: "logfile = /l/$/P.x\n" });
  assertEquals(services.load("s", { env: ENVIRONMENT }).logFile, "/l/ p .x");
});

Deno.test("substitution example 53: a name keeps a space at its end", () => {
  using services = new Services({ s: "depends-on = $/P\n", p: "" });
  assertEquals(services.failure("s", { env: ENVIRONMENT }), "s: error loading: could not load dependency.");
  assertEquals(services.log, ["Could not load service p : service description not found."]);
});

const UNSUBSTITUTED: [string, string, (text: string) => string][] = [
  ["type", "$A", (text) =>
    locatedSetting(
      text,
      'service type must be one of: "scripted", "process", "bgprocess", "internal" or "triggered"',
      1,
    )],
  ["nice", "$A", () =>
    "Error in service description for 's' (file <SD>/s, line 1): " +
    "specified value contains invalid numeric characters or is outside allowed range."],
  ["run-as", "$A", () =>
    "Error in service description for 's' (file <SD>/s, line 1): " +
    'run-as: specified user "$A" does not exist in system database.'],
];

for (const [setting, value, expected] of UNSUBSTITUTED) {
  Deno.test(`substitution example 54: ${setting} = ${value}`, () => {
    assertEquals(failureOf(`${setting} = ${value}\n`, { env: ENVIRONMENT }), expected(setting));
  });
}

const MORE_FAILURES: [string, string][] = [
  ["${", NO_NAME],
  ["${/A}", NO_NAME],
  ["$/-", NO_NAME],
  ["$\u0001", NO_NAME],
  ["$/2", ONE_ARGUMENT],
  ["${12}", ONE_ARGUMENT],
  ["${2-x}", ONE_ARGUMENT],
  ["${A", UNMATCHED],
  ["${A=b}", UNMATCHED],
  ["${A b}", UNMATCHED],
  ["${1x}", UNMATCHED],
  ["${A:-b", UNMATCHED],
  ["${A-b", UNMATCHED],
  ["${1", UNMATCHED],
  ["${1}", MISSING],
  ["$/1", MISSING],
  ["$A $2 $", ONE_ARGUMENT],
];

for (const [input, expected] of MORE_FAILURES) {
  Deno.test(`a substitution fails: ${input}`, () => assertEquals(failure(input), expected));
}

Deno.test("digits end at the first other character", () => {
  assertEquals(args("$1x", "s@v"), ["vx"]);
});

Deno.test("names of variables may hold any character beyond ASCII", () => {
  const variables: Variables = { get: (name) => `<${name}>`, argument: undefined };
  assertEquals(substituteText("$é\u00a0_1-$B", variables), "<é\u00a0_1>-<B>");
});

Deno.test("the argument may hold further @", () => {
  assertEquals(args("$1", "s@a@b"), ["a@b"]);
});

Deno.test("a split value in a path becomes words with one space between them", () => {
  const variables: Variables = { get: () => " \t a \n\n b  ", argument: undefined };
  assertEquals(substituteText("$/X", variables), "a b ");
  assertEquals(substituteText("/$/X|", variables), "/ a b |");
});

Deno.test("texts and tokens without a dollar sign do not change", () => {
  const variables: Variables = {
    get() {
      throw new Error("a variable was looked up");
    },
    argument: undefined,
  };
  assertEquals(substituteText("a b", variables), "a b");
  assertEquals(substituteTokens(["a b", ""], variables), ["a b", ""]);
});

Deno.test("a value cannot grow without bound", () => {
  const variables: Variables = { get: () => "x".repeat(1_000_000), argument: undefined };
  assertThrows(
    () => substituteText("$A".repeat(100), variables),
    SubstitutionError,
    "value too long (after substitution)",
  );
  const many: Variables = { get: () => "x ".repeat(1_000_000), argument: undefined };
  assertThrows(
    () => substituteTokens(Array(100).fill("$/A"), many),
    SubstitutionError,
    "value too long (after substitution)",
  );
});
