import { assert, assertEquals } from "@std/assert";
import { checkIn, Services } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

/** The lines on standard error that name the environment file. */
async function told(environment: string, ...options: string[]): Promise<{ lines: string[]; status: number }> {
  using services = new Services({ environment });
  services.write("s", `${PROCESS}env-file = ${services.path("environment")}\n`);
  const { err, status } = await checkIn(services, [...options, "s"]);
  return { lines: err.split("\n").filter((line) => line.includes("<SD>/environment")), status };
}

Deno.test("lines of a service's environment file that the daemon ignores are reported in the reference's words", async () => {
  assertEquals(await told("A=1\nexport B=1\nC D=2\nE\n!frobnicate\n=x\n"), {
    lines: [
      ...[2, 3, 4].map((line) =>
        `Service 's': invalid environment variable setting in environment file <SD>/environment (line ${line})`
      ),
      "Service 's': bad command in environment file <SD>/environment (line 5)",
      "Service 's': invalid environment variable setting in environment file <SD>/environment (line 6)",
    ],
    status: 1,
  });
});

Deno.test("a relative env-file is named as it is written, and the explanation has its full path", async () => {
  using services = new Services({ s: `${PROCESS}env-file = environment\n`, environment: "export A=1\n" });
  const { err } = await checkIn(services, ["--explain", "s"]);
  assert(
    err.includes(
      "in environment file environment (line 1)\n    remove `export` (the file is <SD>/environment)\n",
    ),
    err,
  );
});

for (
  const [line, remedy] of [
    ["export A=1", "remove `export`"],
    ["set A=1", "remove `set`"],
    ["export A", "!import A"],
    ["unset A", "!unset A"],
    ["A", "!import A"],
    ["A: 1", "with = instead of :"],
    ["B C=2", "no blanks"],
    ["[section]", "no sections"],
    ["!unst A", "!unset NAME"],
  ] as const
) {
  Deno.test(`an ignored line has a remedy: ${line}`, async () => {
    using services = new Services({ s: `${PROCESS}env-file = environment\n`, environment: `${line}\n` });
    const { err } = await checkIn(services, ["--explain", "s"]);
    assert(err.includes(remedy), err);
  });
}

for (
  const [text, word] of [
    ['A="x y"\n', "quotes"],
    ["A='x'\n", "quotes"],
    ['A="x" # comment\n', "quotes"],
    ["A=x\r\n", "CR"],
    ["\ufeffA=x\n", "BOM"],
    ["\ufeff# comment\n", "BOM"],
    ["A = x\n", "blank"],
    ["A=~/x\n", "~"],
    ["A=x\u200b\n", "U+200B"],
    ["A\u00a0=x\n", "U+00A0"],
  ] as const
) {
  Deno.test(`a misleading line of an environment file is reported: ${JSON.stringify(text)}`, async () => {
    const { lines } = await told(text);
    assert(
      lines.some((line) =>
        line.startsWith("dinit-check: warning: <SD>/environment:1: ") && line.includes(word)
      ),
    );
  });
}

Deno.test("each line with a habit is reported, but line ends once", async () => {
  assertEquals((await told('A="x"\r\nB="y"\r\n')).lines.map((line) => line.split(":")[3]), ["1", "1", "2"]);
});

Deno.test("values that may be intended are reported only with --explain", async () => {
  for (const text of ["A=$HOME/x\n", "A=x # y\n", "A=x \n", "A=`x`\n"]) {
    assertEquals(await told(text), { lines: [], status: 0 }, text);
    assertEquals((await told(text, "--explain")).lines.length, 1, text);
  }
  assertEquals(await told('# x\n\n  A=1\nB=\nC=a=b\nD=it\'s\nE=say "x" y\nF=p$\n!clear\n', "--explain"), {
    lines: [],
    status: 0,
  });
});

Deno.test("the environment file of the daemon is checked in the same way", async () => {
  using services = new Services({ s: "", environment: 'A="x"\n' });
  const { err, status } = await checkIn(services, ["-e", services.path("environment"), "s"]);
  assert(
    err.startsWith("dinit-check: warning: <SD>/environment:1: the quotes are part of the value of A"),
    err,
  );
  assertEquals(status, 0);
});
