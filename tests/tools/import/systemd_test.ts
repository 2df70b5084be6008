/** Units of systemd as descriptions. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Import } from "./_import.ts";

/** A unit, and lines that its description must have; with `!`, lines that it must not have. */
const SERVICES: Readonly<Record<string, readonly [unit: string, lines: readonly string[]]>> = {
  "a simple service restarts only if it says so, with the times of systemd": [
    "[Service]\nExecStart=/bin/d\n",
    [
      "type = process",
      "command = /bin/d",
      "restart = no",
      "start-timeout = 90",
      "stop-timeout = 90",
      "kill-mode = all",
    ],
  ],
  "quotes, escapes, specifiers and continued lines make words": [
    '[Service]\nExecStart=/bin/d "a b" \'c"d\' e\\x20f \\\n# in between\n  %n %p %% $$x\n',
    ['command = /bin/d "a b" "c\\"d" "e f" u.service u % $$x'],
  ],
  "variables in a command are substituted, whole words are split": [
    "[Service]\nEnvironment=A=1\nExecStart=/bin/d --x=${A} $B\n",
    ["command = /bin/d --x=${A} $/{B}", "env-file = u.env"],
  ],
  "a colon in front of a command leaves variables alone": ["[Service]\nExecStart=:/bin/d $A\n", [
    "command = /bin/d $$A",
  ]],
  "an empty assignment resets the earlier ones": [
    "[Service]\nExecStart=/bin/a\nExecStart=\nExecStart=/bin/b\n",
    ["command = /bin/b"],
  ],
  "notify is a way to become ready, with a watchdog": [
    "[Service]\nType=notify\nExecStart=/bin/d\nWatchdogSec=1min 30s\n",
    ["ready-notification = notify", "watchdog-timeout = 90000ms"],
  ],
  "a forking service with a PID file is a background process": [
    "[Service]\nType=forking\nPIDFile=d.pid\nExecStart=/bin/d\n",
    ["type = bgprocess", "pid-file = /run/d.pid"],
  ],
  "a forking service without a PID file is a script": [
    "[Service]\nType=forking\nExecStart=/bin/d\n",
    ["type = scripted", "! kill-mode = all"],
  ],
  "commands of a oneshot service run one after the other": [
    "[Service]\nType=oneshot\nExecStart=/bin/a\nExecStart=-/bin/b\nRemainAfterExit=yes\n",
    ["type = scripted", 'command = /bin/sh -c "set -e; /bin/a; /bin/b || :"', "start-timeout = 0"],
  ],
  "a service on the bus is ready when its name is there": [
    "[Service]\nType=dbus\nBusName=org.x\nExecStart=/bin/d\n",
    ["ready-notification = health", "health-action = none"],
  ],
  "restarts have delays and limits": [
    "[Unit]\nStartLimitBurst=7\nStartLimitIntervalSec=1min\n[Service]\nRestart=on-abnormal\nRestartSec=500ms\nExecStart=/bin/d\n",
    ["restart = on-failure", "restart-delay = 0.5", "restart-limit-count = 7", "restart-limit-interval = 60"],
  ],
  "no limit of restarts stays no limit": [
    "[Unit]\nStartLimitIntervalSec=0\n[Service]\nRestart=always\nExecStart=/bin/d\n",
    ["restart = yes", "restart-limit-count = 0"],
  ],
  "a pause between restarts grows": [
    "[Service]\nRestart=always\nRestartSec=1s\nRestartSteps=5\nRestartMaxDelaySec=32s\nExecStart=/bin/d\n",
    ["restart-delay = 1", "restart-delay-factor = 2", "restart-delay-max = 32s"],
  ],
  "a pause does not grow without restarts": [
    "[Service]\nRestart=no\nRestartSec=1s\nRestartSteps=5\nRestartMaxDelaySec=32s\nExecStart=/bin/d\n",
    ["restart = no", "! restart-delay-factor", "! restart-delay-max"],
  ],
  "a pause that is long already does not grow": [
    "[Service]\nRestart=always\nRestartSec=1min\nRestartSteps=5\nRestartMaxDelaySec=1min\nExecStart=/bin/d\n",
    ["restart-delay = 60", "! restart-delay-factor", "! restart-delay-max"],
  ],
  "no pause does not grow": [
    "[Service]\nRestart=always\nRestartSec=0\nRestartSteps=5\nRestartMaxDelaySec=32s\nExecStart=/bin/d\n",
    ["restart-delay = 0", "! restart-delay-factor", "! restart-delay-max"],
  ],
  "a shell reads a file of variables": [
    "[Service]\nEnvironmentFile=-/etc/default/d\nExecStart=/bin/d $OPTS\n",
    ['command = /bin/sh -c "if [ -r /etc/default/d ]; then set -a; . /etc/default/d; set +a; fi; exec /bin/d $${OPTS}"'],
  ],
  "limits are settings, or set by prlimit": [
    "[Service]\nLimitNOFILE=1024:4096\nLimitCORE=infinity\nLimitNPROC=10\nUMask=027\nExecStart=/bin/d\n",
    [
      "rlimit-nofile = 1024:4096",
      "rlimit-core = -:-",
      'command = /bin/sh -c "umask 027; exec /usr/bin/prlimit --nproc=10:10 /bin/d"',
    ],
  ],
  "priorities and privileges": [
    "[Service]\nNice=-5\nIOSchedulingClass=best-effort\nIOSchedulingPriority=7\nOOMScoreAdjust=-900\nNoNewPrivileges=yes\n" +
    "AmbientCapabilities=CAP_NET_BIND_SERVICE\nCPUSchedulingPolicy=idle\nCPUAffinity=0 2-3\nUser=root\nExecStart=/bin/d\n",
    [
      "nice = -5",
      "ioprio = best-effort:7",
      "oom-score-adj = -900",
      "options = no-new-privs",
      "capabilities = ^cap_net_bind_service",
      "run-as = root",
      "command = /usr/bin/chrt --idle 0 /usr/bin/taskset --cpu-list 0,2-3 /bin/d",
    ],
  ],
  "commands before the start are services that prepare": [
    "[Service]\nRuntimeDirectory=d\nExecStartPre=/bin/a\nExecStartPre=-/bin/b\nExecStopPost=/bin/c\nExecStart=/bin/d\n",
    ["prepared-by = u-pre"],
  ],
  "kill with the process ID becomes a signal": [
    "[Service]\nExecStop=/bin/kill -s QUIT $MAINPID\nExecReload=/bin/kill -HUP $MAINPID\nExecStart=/bin/d\n",
    ["term-signal = QUIT", "! stop-command"],
  ],
  "output goes to a file, to nowhere or to a buffer": [
    "[Service]\nStandardOutput=append:/var/log/d.log\nStandardError=inherit\nExecStart=/bin/d\n",
    ["log-type = file", "logfile = /var/log/d.log"],
  ],
  "a template has the argument of the service": [
    "[Unit]\nAfter=u@%i.service\n[Service]\nExecStart=/bin/d %i\n[Install]\nWantedBy=multi-user.target\n",
    ["command = /bin/d u"],
  ],
  "limits of memory, processors and processes are limits of the control group": [
    "[Service]\nMemoryMax=1G\nCPUQuota=150%\nTasksMax=50\nMemoryHigh=infinity\nExecStart=/bin/d\n",
    ["memory-max = 1073741824", "cpu-max = 1.5", "pids-max = 50", "! memory-high"],
  ],
  "a kill mode and a signal": [
    "[Service]\nKillMode=process\nKillSignal=SIGINT\nExecStart=/bin/d\n",
    ["kill-mode = process", "term-signal = INT", "options = signal-process-only"],
  ],
};

for (const [name, [unit, lines]] of Object.entries(SERVICES)) {
  Deno.test(`systemd: ${name}`, async () => {
    using one = new Import({ "u.service": unit.replaceAll("%i", "u") });
    const { files } = await one.account("u.service");
    const written = one.lines("u");
    for (const line of lines) {
      const isAbsent = line.startsWith("! ");
      const found = written.some((one) => isAbsent ? one.startsWith(line.slice(2)) : one === line);
      assert(found !== isAbsent, `${line}\n---\n${written.join("\n")}`);
    }
    assertEquals(
      files[0].directives.length,
      unit.replaceAll(/\\\n(#.*\n)*/g, "").split("\n").filter((line) => line.includes("=")).length,
    );
    assertEquals(await one.mistakes(), []);
  });
}

Deno.test("systemd: a service that prepares another makes its folders, runs its commands and cleans up", async () => {
  const [unit] = SERVICES["commands before the start are services that prepare"];
  using one = new Import({ "u.service": unit });
  await one.run("u.service");
  assertEquals(one.lines("u-pre"), [
    "type = scripted",
    'command = /bin/sh -c "set -e; install -d -m 0755 -- /run/d; /bin/a; /bin/b || :"',
    'stop-command = /bin/sh -c "rm -rf -- /run/d; /bin/c || :"',
    "working-dir = /",
    "start-timeout = 90",
    "log-type = buffer",
    "env-file = u.env",
  ]);
  assertEquals(one.read("u.env"), "RUNTIME_DIRECTORY=/run/d\n");
  assertEquals(Deno.statSync(`${one.to}/u.env`).mode! & 0o777, 0o600);
});

Deno.test("systemd: drop-ins add, replace and reset, in the order of their names", async () => {
  using one = new Import({
    "d.service": "[Service]\nExecStart=/bin/a\nNice=1\n",
    "d.service.d/20-b.conf": "[Service]\nNice=3\n",
    "d.service.d/10-a.conf": "[Service]\nNice=2\nExecStart=\nExecStart=/bin/b\n",
    "d.service.d/notes.txt": "no drop-in",
  });
  const { files } = await one.account("d.service");
  assertEquals(files.map(({ input }) => input.slice(one.folder.length + 1)), [
    "d.service",
    "d.service.d/10-a.conf",
    "d.service.d/20-b.conf",
  ]);
  assert(one.lines("d").includes("command = /bin/b") && one.lines("d").includes("nice = 3"));
  assertStringIncludes(JSON.stringify(files[0]), "an empty assignment further down resets it");
});

Deno.test("systemd: a folder of drop-ins that is a link to itself is a clear error", async () => {
  using one = new Import({ "d.service": "[Service]\nExecStart=/bin/a\n" });
  Deno.symlinkSync("d.service.d", `${one.folder}/d.service.d`);
  assertEquals((await one.run("d.service")).status, 0);
  Deno.removeSync(`${one.folder}/d.service.d`);
  Deno.mkdirSync(`${one.folder}/d.service.d`);
  Deno.symlinkSync("x.conf", `${one.folder}/d.service.d/x.conf`);
  const { err, status } = await one.run("d.service", "--force");
  assertEquals([status, err], [
    1,
    "dinit-import: Cannot read <F>/d.service.d/x.conf: Too many levels of symbolic links\n",
  ]);
});

Deno.test("systemd: relations follow the units that are imported, and the others become comments", async () => {
  using one = new Import({
    "web.service":
      "[Unit]\nRequires=db.service absent.service\nWants=mail@x.service\nAfter=db.service absent.service web.socket\n" +
      "Conflicts=shutdown.target other.service\nOnFailure=mail@%n.service\n[Service]\nExecStart=/bin/w\n[Install]\nWantedBy=site.target\n",
    "db.service": "[Service]\nExecStart=/bin/d\n[Install]\nAlias=sql.service\n",
    "mail@.service": "[Service]\nType=oneshot\nExecStart=/bin/mail %i\n",
    "site.target": "[Unit]\nWants=sql.service\n",
    "web.socket": "[Socket]\nListenStream=/run/web.sock\nListenStream=80\nSocketMode=0660\n",
  });
  const directives = await one.directives(".");
  const lines = one.lines("web");
  for (
    const line of ["depends-on = db", "waits-for = mail@x", "after = db", "on-failure = mail@web.service"]
  ) {
    assert(lines.includes(line), `${line}\n${lines.join("\n")}`);
  }
  assert(lines.includes("socket-listen = /run/web.sock") && lines.includes("socket-permissions = 0660"));
  assert(lines.includes("@meta enable-via site"));
  assertStringIncludes(
    one.read("web"),
    "# Decide: depends-on = absent: there is no description of 'absent' yet",
  );
  assertEquals(one.lines("site"), ["type = internal", "waits-for = db"]);
  assertEquals(one.lines("mail").at(1), "command = /bin/mail ${1}");
  assertEquals(directives.get("Conflicts")?.class, "none");
  assertEquals(await one.mistakes(), []);
});

Deno.test("systemd: units that need each other in a circle load, and the account names the circle", async () => {
  using one = new Import({
    "a.service":
      "[Unit]\nRequires=b.service\nAfter=b.service\n[Service]\nExecStart=/bin/a\nExecStartPre=/bin/p\n",
    "b.service": "[Unit]\nWants=c.service\nAfter=c.service\n[Service]\nExecStart=/bin/b\n",
    "c.service": "[Unit]\nRequires=a.service c.service\nBefore=b.service\n[Service]\nExecStart=/bin/c\n",
  });
  const { out } = await one.run(".");
  assertStringIncludes(out, "it closes a circle: a, b, c, a");
  assertStringIncludes(out, "is a part of this service");
  assertEquals(await one.mistakes(), []);
});

/** `OnCalendar`, and the line of the schedule; `undefined` if somebody must decide. */
const CALENDARS: readonly (readonly [calendar: string, cron: string | undefined])[] = [
  ["daily", "0 0 * * *"],
  ["Weekly", "0 0 * * 1"],
  ["quarterly", "0 0 1 1,4,7,10 *"],
  ["*:0/15", "*/15 * * * *"],
  ["*-*-* 6,18:00", "0 6,18 * * *"],
  ["Mon..Fri 02:30", "30 2 * * 1,2,3,4,5"],
  ["Sat,Sun 10:05:00", "5 10 * * 0,6"],
  ["Fri..Mon 1:00", "0 1 * * 0,1,5,6"],
  ["*-*~01 23:59", "59 23 L * *"],
  ["*-02..04-10 4:7..9", "7-9 4 10 2-4 *"],
  ["5/6:00", "0 5-23/6 * * *"],
  ["2027-01-01", undefined],
  ["Mon *-*-01 00:00", undefined],
  ["Sun,Mon *-*-08..14 1:00", "0 1 * * 0#2,1#2"],
  ["Sun *-*~07/1 1:00", "0 1 * * 0#L"],
  ["*-*~2", undefined],
  ["*:*:0/10", undefined],
  ["25:00", undefined],
  ["every day", undefined],
];

Deno.test("systemd: a timer makes its service a scheduled one", async () => {
  for (const [calendar, cron] of CALENDARS) {
    using one = new Import({
      "b.service": "[Service]\nType=oneshot\nExecStart=/bin/b\n",
      "b.timer": `[Timer]\nOnCalendar=${calendar}\nPersistent=true\nRandomizedDelaySec=1h\nAccuracySec=1us\n`,
    });
    const directives = await one.directives(".");
    assertEquals(
      one.lines("b").find((line) => line.startsWith("schedule-cron")),
      cron && `schedule-cron = ${cron}`,
    );
    assertEquals(directives.get("OnCalendar")?.class, cron === undefined ? "decision" : "changed", calendar);
    assertEquals(one.lines("b")[0], cron === undefined ? "type = scripted" : "type = scheduled");
  }
  using zoned = new Import({
    "b.service": "[Service]\nType=oneshot\nExecStart=/bin/b\n",
    "b.timer": "[Timer]\nOnCalendar=04:00 Europe/Zurich\nOnCalendar=05:00\nOnUnitActiveSec=1h\n",
    "lone.timer": "[Timer]\nOnBootSec=5min\nOnUnitActiveSec=1h\nUnit=absent.service\n",
    "i.service": "[Service]\nType=oneshot\nExecStart=/bin/b\n",
    "i.timer": "[Timer]\nOnBootSec=5min\nOnUnitActiveSec=1h 30min\nWakeSystem=true\n",
  });
  const { out } = await zoned.run(".");
  assert(zoned.lines("b").includes("schedule-timezone = Europe/Zurich"));
  assert(zoned.lines("i").includes("schedule-interval = 5400s"));
  assertStringIncludes(out, "import absent.service together with the timer");
});

Deno.test("systemd: a step before the service makes the folder of its socket", async () => {
  using one = new Import({
    "bus.service": "[Service]\nUser=bus\nExecStart=/bin/bus\n",
    "bus.socket": "[Socket]\nListenStream=%t/bus/a b/socket\nDirectoryMode=0750\n",
    "plain.service": "[Service]\nExecStart=/bin/plain\n",
    "plain.socket": "[Socket]\nListenStream=/run/plain\n",
    "named.service": "[Service]\nExecStart=/bin/named\n",
    "other.socket": "[Socket]\nService=named.service\nListenStream=/run/n/s\n",
  });
  const directives = await one.directives(".");
  assert(one.lines("bus-pre").includes(`command = /bin/sh -c "set -e; mkdir -p -m 0750 -- '/run/bus/a b'"`));
  assert(one.lines("named-pre").includes('command = /bin/sh -c "set -e; mkdir -p -m 0755 -- /run/n"'));
  assert(!one.written().includes("plain-pre"));
  assertEquals(directives.get("DirectoryMode")?.class, "changed");
});

Deno.test("systemd: folders belong to the user of the service, but configuration to root", async () => {
  using one = new Import({
    "d.service": "[Service]\nUser=d\nStateDirectory=d\nConfigurationDirectory=d\nExecStart=/bin/d\n",
  });
  await one.run("d.service");
  assertStringIncludes(
    one.read("d-pre"),
    '-o d -g \\"$$(id -g -- d)\\" -- /var/lib/d; install -d -m 0755 -- /etc/d"',
  );
});

Deno.test("systemd: a value that no description may have becomes a comment, and the description loads", async () => {
  using one = new Import({
    "w.service":
      "[Service]\nType=notify\nExecStart=/bin/w\nNice=99\nOOMScoreAdjust=-9000\nWatchdogSec=30d\nCPUWeight=99999\n",
  });
  const directives = await one.directives("w.service");
  assertEquals(await one.mistakes(), []);
  assertStringIncludes(one.read("w"), "# Decide: oom-score-adj = -9000: ");
  assertEquals(directives.get("(setting watchdog-timeout)")?.class, "decision");
});

Deno.test("systemd: units of other kinds are explained, and become no files", async () => {
  using one = new Import({
    "data.mount": "[Mount]\nWhat=/dev/sdb1\nWhere=/data\nType=ext4\n",
    "watch.path": "[Path]\nPathChanged=/etc/x\n",
  });
  const directives = await one.directives(".");
  assertEquals(one.written(), []);
  assertEquals(directives.get("What")?.class, "decision");
  assertStringIncludes(directives.get("Where")?.note ?? "", "mount -t ext4 /dev/sdb1 /data");
  assertStringIncludes(directives.get("PathChanged")?.note ?? "", "inotifywait");
});
