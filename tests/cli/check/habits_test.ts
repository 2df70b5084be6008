import { assert, assertEquals } from "@std/assert";
import { checkIn, explained, findings, SECONDARY_DONE, Services } from "./_support.ts";

/** What begins the lines that are ours alone. */
const OURS = /^dinit-check: (warning|note): (<SD>\/\S+): (.*)$/;

/** What is said of habits in the service `s`. */
async function habits(files: Readonly<Record<string, string>>, explains = false): Promise<string[]> {
  const { lines } = await (explains ? explained : findings)(files);
  return lines.map((line) => OURS.exec(line)).filter((match) => match !== null).map(([, , place, text]) =>
    `${place}: ${text}`
  );
}

function process(command: string): string {
  return `type = process\ncommand = ${command}\n`;
}

for (
  const command of [
    "/bin/true && /bin/false",
    "/bin/true || /bin/false",
    "/bin/true | /bin/cat",
    "/bin/true |& /bin/cat",
    "/bin/true ; /bin/false",
    "/bin/true x; /bin/false",
    "/bin/true&&/bin/false",
    "/bin/true &",
    "/bin/true x&",
    "/bin/true > /tmp/x",
    "/bin/true >> /tmp/x",
    "/bin/true >/dev/null 2>&1",
    "/bin/true 2> x",
    "/bin/true 2>/dev/null",
    "/bin/true &> x",
    "/bin/true < x",
    "/bin/cat <<EOF",
    "/bin/sh -c 'echo x'",
    "/bin/true --name='x y'",
    "/bin/true ~/x",
    "~/bin/x",
    "~user/bin/x",
    "/bin/true --dir=~/x",
    "A=1 /bin/true",
    "cd /tmp",
    "cd /tmp; ls",
    "source /etc/profile",
    ". /etc/profile",
    "export A=1",
    "exec /bin/true",
    "ulimit -n 100",
    "if true",
    "[[ -e /x ]]",
    "/bin/true `date`",
    "/bin/true $(date)",
    '/bin/sh -c "echo $(date)"',
    "/bin/true $@",
    "/bin/true $?",
    "/bin/true ${HOME%/*}",
    "/bin/true ${HOME:=x}",
    "/bin/rm /tmp/*.log",
    "/bin/rm /tmp/{a,b}",
  ]
) {
  Deno.test(`shell syntax that does not work is reported with a remedy: ${command}`, async () => {
    const found = await habits({ s: process(command) });
    assert(
      found.some((line) => line.startsWith("<SD>/s:2: ") && /shell/.test(line) && /;/.test(line)),
      found.join("\n"),
    );
    const stopped = await habits({ s: `${process("/bin/true")}stop-command = ${command}\n` });
    assert(stopped.some((line) => line.startsWith("<SD>/s:3: ") && /shell/.test(line)), stopped.join("\n"));
  });
}

for (
  const command of [
    '/bin/sh -c "a && b | c > d; e & $$(f) ~/x"',
    '/bin/echo "&&" ">" "it\'s" \\; \\|',
    "/usr/bin/find /tmp -exec /bin/rm {} ;",
    '/usr/bin/find /tmp -name "*.log"',
    "/bin/date +%Y-%m-%d_%I:%M_%i",
    "/bin/x --listen=*:80 --allow-origin=* http://localhost/?a=b&c=d",
    "/bin/x --regex a|b --option=a;b don't -x user@host 50% <name>",
    "/bin/x ${HOME:-/root} $HOME ${1+x} $/ARGS $$HOME",
    '/usr/sbin/nginx -g "daemon off;"',
    "/bin/test 1 = 1 -a [ x ]",
  ]
) {
  Deno.test(`a correct command is no habit: ${command}`, async () => {
    assertEquals(await habits({ s: process(command) }), []);
  });
}

Deno.test("if the reference accepts a description, its status and verdict stay, with one more line per habit", async () => {
  using services = new Services({ s: process("/bin/true && /bin/false") });
  assertEquals(await checkIn(services, ["s"]), {
    out: "Checking service: s...\nPerforming secondary checks...\nNo problems found.\n",
    err: "dinit-check: warning: <SD>/s:2: `&&` is shell syntax; no shell reads the command; " +
      `write /bin/sh -c "..." around it\n${SECONDARY_DONE}`,
    status: 0,
  });
});

for (const setting of ["logfile", "working-dir", "pid-file", "socket-listen", "env-file"]) {
  Deno.test(`~ and other habits are also reported in paths: ${setting}`, async () => {
    for (const value of ["~/x", "$(pwd)/x", "'/x'", "%h/x", "/run/%i"]) {
      const found = await habits({ s: `${process("/bin/true")}${setting} = ${value}\n` });
      assertEquals(found.length, 1, value);
    }
  });
}

Deno.test("specifiers of systemd are reported in any place", async () => {
  assertEquals(await habits({ s: "depends-on = x@%i\n" }), [
    "<SD>/s:1: `%i` is a specifier of systemd; the argument of a service NAME@ARGUMENT is $1",
  ]);
});

for (
  const [text, word] of [
    ["[Unit]\nDescription = x\n\n[Service]\nExecStart = /bin/x\n", "[Unit]"],
    ["# a unit\n  [Service] # x\n", "[Service]"],
    ["[program:x]\ncommand = /bin/x\n", "[program:x]"],
    ["\ufeff[Unit]\n", "[Unit]"],
    ["[Unit]\r\nDescription = x\r\n", "[Unit]"],
    ["ExecStart = /bin/x\n", "ExecStart"],
    ["stdout_logfile = /x\n", "stdout_logfile"],
  ] as const
) {
  Deno.test(`a file of systemd or supervisord is recognised: ${JSON.stringify(text)}`, async () => {
    const found = await habits({ s: text });
    assert(found.some((line) => line.includes(`\`${word}\``) && line.includes("systemd")), found.join("\n"));
    assertEquals((await findings({ s: text })).status, 1);
  });
}

for (
  const [text, name] of [
    ["\ufefftype = internal\n", "BOM, U+FEFF"],
    ["type\u00a0= internal\n", "U+00A0"],
    ["type = \u200binternal\n", "U+200B"],
    ["type = internal\u2060\n", "U+2060"],
    ["type = \u201cinternal\u201d\n", "U+201C"],
    ["type = internal\noptions = \u2013skippable\n", "U+2013"],
    ["type = internal\u00ad\n", "U+00AD"],
    ["type \uff1d internal\n", "U+FF1D"],
    ["type = internal\u2028\n", "U+2028"],
    ["type = internal\x07\n", "U+0007"],
    ['type = process\ncommand = /bin/sh -c "a\u00a0b"\n', "U+00A0"],
    ["type = process\ncommand = /bin/sh \\\r\n  x\n", "U+000D"],
    ["\udcff\udcfet\0y\0", "UTF-16"],
  ] as const
) {
  Deno.test(`a misleading character is named: ${name} in ${JSON.stringify(text)}`, async () => {
    using services = new Services({});
    const { encodeBytes } = await import("../../../src/model/mod.ts");
    Deno.writeFileSync(services.path("s"), encodeBytes(text));
    const { err } = await checkIn(services, ["s"]);
    assert(err.includes(name), err);
  });
}

Deno.test("odd characters in comments and in quoted text are no mistake", async () => {
  const text =
    '# \u201cquoted\u201d \u2013 with\u00a0space\ntype = process # \u200b\ncommand = /bin/echo "don\u2019t \u2013"\n';
  assertEquals(await findings({ s: text }), { lines: [], status: 0 });
  assertEquals(await findings({ s: "type = process\r\ncommand = /bin/true\r\n" }), { lines: [], status: 0 });
});

Deno.test("the files that a description includes are checked, too", async () => {
  const found = await habits({ s: "@include part\n", part: "\ufeff# x\n[Unit]\n" });
  assertEquals(found.map((line) => line.slice(0, line.indexOf(": "))), ["<SD>/part:1", "<SD>/part:2"]);
});

Deno.test("a socket path that is too long is reported with its length", async () => {
  const socket = (length: number) => ({
    s: `${process("/bin/true")}socket-listen = /${"x".repeat(length - 1)}\n`,
  });
  assertEquals(await habits(socket(107)), []);
  const { lines } = await findings(socket(108));
  assertEquals(lines.length, 1);
  assert(/108 bytes, and 107 are possible: \/x+$/.test(lines[0]), lines[0]);
});

Deno.test("some habits are reported only with --explain, because they may be intended", async () => {
  for (
    const [command, word] of [
      ["/usr/bin/sudo -u x /bin/true", "run-as"],
      ["/bin/sh -c echo hello", "script"],
      ["/bin/echo $NOT_SET", "NOT_SET"],
      ["/bin/echo ${NOT_SET}", "NOT_SET"],
    ] as const
  ) {
    const byDefault = await findings({ s: process(command) });
    assertEquals(byDefault.lines.some((line) => line.includes(word)), false, command);
    const { lines } = await explained({ s: process(command) });
    assert(lines.some((line) => line.includes(word)), command);
  }
  for (const command of ["/bin/echo ${NOT_SET:-x}", "/bin/echo ${NOT_SET+x}", "/bin/echo $SET"]) {
    const { lines } = await explained({ s: process(command) }, { env: { SET: "" } });
    assertEquals(lines.filter((line) => line.includes("SET is not set")), [], command);
  }
});
