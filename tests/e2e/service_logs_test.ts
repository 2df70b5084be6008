/** What a service writes, as `ctl catlog` and `ctl status` show it while the service restarts. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { soon, until } from "../_patience.ts";
import { endOf } from "../_processes.ts";
import { Dinit, dinitCommand } from "./_dinit.ts";

/** Fails with much output, and at last the number of the run. */
const CRASHING = `echo run >>runs
seq 1 5000
echo "crashed in run $(wc -l <runs)"
exit 1
`;

const HOSTS = Deno.env.get("DINIT_BINARY") === undefined ? ["native", "command"] : ["native"];
for (const host of HOSTS) {
  Deno.test(`the buffered log ends with the latest crash, on the ${host} host`, async () => {
    await using dinit = new Dinit({ boot: "type = internal\nwaits-for = web\nwaits-for = stays\n" });
    dinit.write("crashing.sh", CRASHING);
    dinit.write("sd/stays", "type = internal\n");
    dinit.write(
      "sd/web",
      `type = process
command = /bin/sh crashing.sh
working-dir = ${dinit.directory}
log-type = buffer
restart-limit-count = 2
restart-delay = 0.1
`,
    );
    dinit.start({ args: ["--host", host] });
    await dinit.printed("dinit: Service web restarting too quickly; stopping.");
    let log = "";
    for (let tries = 0; tries < 20 && !log.endsWith("5000\ncrashed in run 3\n"); tries++) {
      log = (await dinit.ctl("catlog", "web")).stdout;
    }
    assertEquals(log.slice(-22), "5000\ncrashed in run 3\n".slice(-22));
    assertEquals(log.length, 4096, "the size of the buffer");
    assertStringIncludes((await dinit.ctl("status", "--long", "web")).stdout, "crashed in run 3\n");
  });
}

for (const host of HOSTS) {
  Deno.test(`the console and status show why a service was given up, on the ${host} host`, async () => {
    await using dinit = new Dinit({ boot: "type = internal\nwaits-for = web\nwaits-for = stays\n" });
    dinit.write("crashing.sh", "echo no port for me >&2\nexit 1\n");
    dinit.write("sd/stays", "type = internal\n");
    dinit.write(
      "sd/web",
      `type = process
command = /bin/sh crashing.sh
working-dir = ${dinit.directory}
logfile = web.log
smooth-recovery = yes
restart-limit-count = 2
restart-limit-interval = 100
restart-delay = 0.1
`,
    );
    dinit.start({ args: ["--host", host] });
    const fact = `given up after 2 restarts in 100 s`;
    const log = `${dinit.directory}/web.log`;
    await dinit.printed(`    web: ${fact}; its log is ${log}`);
    const reference = dinit.lines.indexOf("dinit: Service web restarting too quickly; stopping.");
    assertEquals(dinit.lines.slice(reference + 1).filter((line) => line.startsWith("    web")), [
      "    web > no port for me",
      `    web: ${fact}; its log is ${log}`,
    ]);
    const { stdout } = await dinit.ctl("status", "--long", "web");
    for (const part of [fact, `Log: ${log}\n`, "        no port for me\n"]) {
      assertStringIncludes(stdout, part);
    }
    assertStringIncludes((await dinit.ctl("status")).stdout, `${fact}, said "no port for me"`);
    const short = await dinit.ctl("status", "web");
    assertEquals(
      short.stdout,
      "Service: web\n    State: STOPPED (terminated; exited - status 1)\n",
      "the reference's words in a pipe",
    );
    assertEquals((await dinit.ctl("catlog", "web")).stdout, "no port for me\n".repeat(3));
  });
}

Deno.test("a program that cannot be executed is named on the console, in the status and in --json", async () => {
  await using dinit = new Dinit({
    boot: "type = internal\nwaits-for = web\n",
    web: "type = process\ncommand = /no/such/program --serve\n",
  }).start();
  await dinit.printed("[FAILED] web");
  await dinit.until(
    () => dinit.lines.includes("    web: cannot execute /no/such/program"),
    "the program's name",
  );
  assert(
    dinit.lines.includes("dinit: web: execution failed - executing command: No such file or directory"),
    dinit.lines.join("\n"),
  );
  assertStringIncludes(
    (await dinit.ctl("status", "--long", "web")).stdout,
    "Cannot execute: /no/such/program",
  );
  const [service] = JSON.parse((await dinit.ctl("--json", "status", "--long", "web")).stdout).services;
  assertEquals(service.failure.program, "/no/such/program");
});

Deno.test("a daemon that exits because its service failed first reports the reason", async () => {
  const boot =
    `type = scripted\ncommand = /bin/sh -c "echo the disk is missing; exit 1"\nlog-type = buffer\n`;
  await using dinit = new Dinit({ boot }).start({ args: ["--log-file", "log"] });
  await dinit.ended();
  assertEquals(dinit.lines, [
    "dinit: Service boot command failed with exit code 1",
    "[FAILED] boot",
    "    boot > the disk is missing",
  ]);
  assertEquals(dinit.read("log").includes("the disk is missing"), false, "the main log is the reference's");
});

Deno.test("a quiet console stays quiet about the reasons of failures", async () => {
  const boot =
    `type = scripted\ncommand = /bin/sh -c "echo the disk is missing; exit 1"\nlog-type = buffer\n`;
  await using dinit = new Dinit({ boot }).start({ args: ["-q", "--console-level", "none"] });
  await dinit.ended();
  assertEquals(dinit.lines, []);
});

Deno.test("catlog --follow shows all output of a service, across restarts and a cleared buffer", async () => {
  const script = `i=0; while [ $i -lt 40 ]; do i=$((i+1)); echo "$$ line $i"; sleep 0.02; done`;
  await using dinit = new Dinit({ boot: "type = internal\nwaits-for = web\n" });
  dinit.write("web.sh", script);
  dinit.write(
    "sd/web",
    `type = process
command = /bin/sh ${dinit.directory}/web.sh
log-type = buffer
restart = yes
smooth-recovery = yes
restart-limit-count = 0
`,
  );
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  const [program, ...args] = dinitCommand([
    "ctl",
    "--socket-path",
    dinit.socket,
    "catlog",
    "--follow",
    "web",
  ]);
  const follower = new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "piped" })
    .spawn();
  let text = "";
  const decoder = new TextDecoder();
  const reader = follower.stdout.getReader();
  const readUntil = async (done: () => boolean, what: string) => {
    while (!done()) {
      const { value } = await soon(reader.read(), () => `${what}; there is:\n${text}`);
      if (value === undefined) {
        throw new Error(`ended before ${what}: ${text}\n${await new Response(follower.stderr).text()}`);
      }
      text += decoder.decode(value, { stream: true });
    }
  };
  try {
    await readUntil(() => text.includes("service restarted"), "the restart");
    await readUntil(
      () => (text.split("service restarted").at(-1)?.includes("line 3\n")) ?? false,
      "new output",
    );
    await dinit.ctl("catlog", "--clear", "web");
    const cleared = text.length;
    await readUntil(() => text.slice(cleared).includes("service restarted"), "a restart after the clear");
  } finally {
    follower.kill("SIGKILL");
    await reader.cancel();
    if (!follower.stderr.locked) await follower.stderr.cancel();
    await endOf(follower);
  }
  const [first] = text.split("(dinit: note: service restarted)\n");
  const numbers = [...first.matchAll(/ line (\d+)\n/g)].map(([, number]) => Number(number));
  assertEquals(numbers, Array.from({ length: 40 }, (_, index) => index + 1), first);
});

Deno.test("the output of a process that ends at once is there, whatever the log type, and the status says where it is not", async () => {
  await using dinit = new Dinit({ boot: "type = internal\n" });
  const shortLived = (name: string, ...lines: string[]) =>
    dinit.write(
      `sd/${name}`,
      ["type = scripted", `command = /bin/sh -c "echo said by ${name}; exit 1"`, ...lines, ""].join("\n"),
    );
  const logfile = (name: string) => `logfile = ${dinit.directory}/${name}.log`;
  shortLived("file", logfile("file"));
  shortLived("kept", "log-type = kept", logfile("kept"));
  shortLived("buffer", "log-type = buffer");
  shortLived("pipe", "log-type = pipe");
  shortLived("none");
  dinit.write("sd/reader", `type = process\ncommand = /bin/cat\nconsumer-of = pipe\n${logfile("reader")}\n`);
  dinit.start();
  await dinit.printed("[  OK  ] boot");
  assertEquals((await dinit.ctl("start", "reader")).code, 0);
  const names = ["file", "kept", "buffer", "pipe", "none"];
  for (const name of names) assertEquals((await dinit.ctl("start", name)).code, 1);
  const ends: Record<string, string> = {
    pipe: "    Output: it goes to service reader\n",
    none: "    Output: it is not kept; 'log-type = buffer' or 'logfile = PATH' keeps it\n",
  };
  for (const name of names) {
    await until(
      async () =>
        (await dinit.ctl("status", "--long", name)).stdout.includes(ends[name] ?? `said by ${name}\n`),
      () => `the output of ${name}`,
    );
  }
  for (const name of ["file", "kept", "buffer"]) {
    assertEquals((await dinit.ctl("logs", name)).stdout, `said by ${name}\n`);
  }
  await until(
    async () => (await dinit.ctl("logs", "reader")).stdout === "said by pipe\n",
    "the output of pipe",
  );
});
