import { assertEquals } from "@std/assert";
import { printDescription } from "../../src/description/mod.ts";
import { httpTarget, needsProber, NO_HEALTH } from "../../src/model/mod.ts";
import { describe, failureOf, locatedSetting } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

/** The settings of a process service with these lines. */
function healthOf(lines: string) {
  return describe(PROCESS + lines).health;
}

Deno.test("a description without such lines shares the usual settings of health", () => {
  assertEquals(describe(PROCESS).health === NO_HEALTH, true);
  assertEquals(describe(`${PROCESS}ready-notification = pipefd:3\n`).health === NO_HEALTH, true);
});

Deno.test("all settings of health are read, in both spellings", () => {
  const lines = [
    "ready-notification = health",
    "health-http = http://127.0.0.1:8080/healthz",
    "health-interval = 1m",
    "health-timeout = 500ms",
    "health-failures = 5",
    "health-start-interval = 0.1",
    "health-start-period = 2m",
    "health-action = stop",
  ];
  const expected = {
    ...NO_HEALTH,
    readyBy: "health",
    http: "http://127.0.0.1:8080/healthz",
    interval: 60_000,
    timeout: 500,
    failures: 5,
    startInterval: 100,
    startPeriod: 120_000,
    action: "stop",
  };
  assertEquals<unknown>(healthOf(lines.join("\n") + "\n"), expected);
  assertEquals<unknown>(healthOf(lines.map((line) => `@meta ${line}\n`).join("")), expected);
});

Deno.test("readiness by messages, with a watchdog, and readiness after a time", () => {
  const { readyBy, watchdog } = healthOf("ready-notification = notify\nwatchdog-timeout = 30s\n");
  assertEquals([readyBy, watchdog], ["notify", 30_000]);
  const { readyBy: way, uptime } = healthOf("@meta ready-notification = uptime:2s\n");
  assertEquals([way, uptime], ["uptime", 2000]);
});

Deno.test("the last way of readiness counts, and a pipe keeps both of its forms", () => {
  const last = describe(`${PROCESS}ready-notification = pipefd:3\nready-notification = notify\n`);
  assertEquals([last.readyFd, last.health.readyBy], [undefined, "notify"]);
  const pipe = describe(`${PROCESS}ready-notification = uptime:2\nready-notification = pipefd:3\n`);
  assertEquals([pipe.readyFd, pipe.health.readyBy, pipe.health.uptime], [3, "", 0]);
});

Deno.test("the command of a check is substituted, appended to, and taken back", () => {
  assertEquals(healthOf("health-command = /bin/probe ${NONE:-x}\nhealth-command += -q\n").command, [
    "/bin/probe",
    "x",
    "-q",
  ]);
  assertEquals(healthOf("health-command = /bin/probe\nhealth-command =\n").command, []);
});

const MISTAKES: readonly (readonly [lines: string, setting: string, line: number, message: string])[] = [
  [
    "health-tcp = 5432\nhealth-http = http://[::1]/\n",
    "health-tcp",
    3,
    "there is already a check, 'health-http': keep one of 'health-http', 'health-tcp' or 'health-command'",
  ],
  [
    "health-tcp = 5432\nhealth-command = /bin/true\n",
    "health-command",
    4,
    "there is already a check, 'health-tcp': keep one of 'health-http', 'health-tcp' or 'health-command'",
  ],
  [
    "ready-notification = health\n",
    "ready-notification",
    3,
    "'health' needs a check: set 'health-http', 'health-tcp' or 'health-command'",
  ],
  [
    "restart = no\nhealth-timeout = 3s\n",
    "health-timeout",
    4,
    "there is no check: set 'health-http', 'health-tcp' or 'health-command', or remove this line",
  ],
  [
    "health-action = stop\n",
    "health-action",
    3,
    "nothing says whether the service is healthy, so 'stop' never happens: " +
    "set 'health-http', 'health-tcp' or 'health-command', or 'ready-notification = notify'",
  ],
  [
    "watchdog-timeout = 3s\n",
    "watchdog-timeout",
    3,
    "the process cannot say that it is alive: set 'ready-notification = notify'",
  ],
  [
    "health-failures = 0\nhealth-tcp = 1\n",
    "health-failures",
    3,
    "health-failures must be a number from 1 to 1000",
  ],
  [
    "health-tcp = 1\nhealth-interval = 0\n",
    "health-interval",
    4,
    "health-interval must be between 50ms and 7d",
  ],
  [
    "health-tcp = 1\nhealth-timeout = 8d\n",
    "health-timeout",
    4,
    "health-timeout must be between 10ms and 7d",
  ],
  [
    "ready-notification = uptime:0\n",
    "ready-notification",
    3,
    "the time behind 'uptime:' must be between 1ms and 7d",
  ],
  [
    "ready-notification = uptime:soon\n",
    "ready-notification",
    3,
    "bad duration 'soon': write a number of seconds, or a number with a unit: 500ms, 30s, 15m, 2h, 7d",
  ],
  ["ready-notification = healthy\n", "ready-notification", 3, "unrecognised setting: healthy"],
  [
    "health-action = kill\nhealth-tcp = 1\n",
    "health-action",
    3,
    'health-action must be one of: "restart", "stop" or "none"',
  ],
  ...[
    "0",
    "65536",
    "host",
    "unix:x",
    `unix:/${"x".repeat(107)}`,
    `unix:/${"é".repeat(54)}`,
    "unix:/a\0b",
    "[::1]",
    "::1:80",
    "[::1:80",
    "[fe80::1%eth0]:80",
    "300.1.1.1:80",
    "1.2.3:80",
    "0x7f000001:80",
    "-db:80",
    "db..internal:80",
    "d;b:80",
    `${"x".repeat(64)}:80`,
    `${"x.".repeat(127)}x:80`,
    "db:5432 extra",
  ].map((address) =>
    [
      `health-tcp = ${address}\n`,
      "health-tcp",
      3,
      `bad address '${address}': write PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH`,
    ] as const
  ),
  ...[
    "127.0.0.1:80",
    "ftp://127.0.0.1/",
    "http://me:secret@127.0.0.1/",
    "https://me@db/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:0/",
    "http://300.1.1.1/",
    "http:///x",
    "https://d%00b/",
    "http://db/a b",
  ].map((
    url,
  ) =>
    [
      `health-http = ${url}\n`,
      "health-http",
      3,
      `bad URL '${url}': write http://HOST[:PORT]/PATH or https://…, without user and password`,
    ] as const
  ),
];

for (const [lines, setting, line, message] of MISTAKES) {
  Deno.test(`the lines ${JSON.stringify(lines)} are refused with place and remedy`, () => {
    assertEquals(failureOf(PROCESS + lines), locatedSetting(setting, message, line));
  });
}

Deno.test("names of hosts and https are for another process, addresses and localhost are not", () => {
  for (
    const line of [
      "health-tcp = db:5432",
      "health-http = http://db.internal:8080/",
      "health-http = https://[::1]/",
    ]
  ) {
    assertEquals(needsProber(healthOf(`${line}\n`)), true, line);
  }
  for (
    const line of [
      "health-tcp = 5432",
      "health-tcp = unix:/run/db",
      "health-tcp = [::1]:80",
      "health-http = http://127.1:8080/",
      "health-http = http://localhost/",
      "health-command = /bin/true",
    ]
  ) assertEquals(needsProber(healthOf(`${line}\n`)), false, line);
});

Deno.test("nothing in a URL adds a line to the request", () => {
  const target = httpTarget("http://127.0.0.1/a%0d%0aX:%20y?b=\u2603#c");
  assertEquals(target?.path, "/a%0d%0aX:%20y?b=%E2%98%83");
  for (const bad of ["http://127.0.0.1/a\r\nX: y", "http://127.0.0.1/a\tb", "http://127.0.0.1\r\n/"]) {
    assertEquals(httpTarget(bad), undefined, bad);
  }
});

Deno.test("a bgprocess service may talk, with a watchdog, but has no other readiness than its launcher", () => {
  const type = "type = bgprocess\ncommand = /bin/true\npid-file = /run/x.pid\n";
  const { readyBy, watchdog } =
    describe(`${type}ready-notification = notify\nwatchdog-timeout = 3s\n`).health;
  assertEquals([readyBy, watchdog], ["notify", 3000]);
  assertEquals(
    failureOf(`${type}ready-notification = uptime:2s\n`),
    locatedSetting(
      "ready-notification",
      "'ready-notification = uptime' is only for process services; " +
        "a bgprocess service is ready when its launcher has ended: change 'type', or remove this line",
      4,
    ),
  );
});

const CHECKS = {
  "health-http": "http://[::1]/",
  "health-tcp": "1",
  "health-command": "/bin/true",
};
const OTHERS = {
  "health-interval": "1s",
  "health-timeout": "1s",
  "health-failures": "1",
  "health-start-interval": "1s",
  "health-start-period": "1s",
  "health-action": "stop",
};
const TYPES = {
  process: "command = /bin/true\n",
  bgprocess: "command = /bin/true\npid-file = /x\n",
  scripted: "command = /bin/true\n",
  scheduled: "command = /bin/true\nschedule-cron = @daily\n",
  internal: "",
  triggered: "",
};
/** Where a mistake is: the line, and the setting. */
const PLACE = /setting '([a-z-]+)' \(file <SD>\/s, line (\d+)\): .*(?:set|change|remove|keep) /;
const READY = ["", "notify", "health", "uptime:1s"];

Deno.test("each combination of type, readiness, check and another setting loads, or is refused at its line", () => {
  let loaded = 0;
  for (const [type, lines] of Object.entries(TYPES)) {
    for (const ready of READY) {
      for (const check of [undefined, ...Object.entries(CHECKS)]) {
        for (const other of [undefined, ...Object.entries(OTHERS), ["watchdog-timeout", "1s"] as const]) {
          const given = [...check === undefined ? [] : [check], ...other === undefined ? [] : [other]];
          const settings = given.map(([name, value]) => `${name} = ${value}\n`).join("");
          const text = `type = ${type}\n${lines}${settings}${ready && `ready-notification = ${ready}\n`}`;
          const lives = type === "process" || type === "bgprocess";
          const fits = (lives || given.length === 0) &&
            (type === "process" || ready === "" || (lives && ready === "notify")) &&
            (ready !== "health" || check !== undefined) &&
            (other === undefined ||
              (other[0] === "watchdog-timeout"
                ? ready === "notify"
                : check !== undefined || (other[0] === "health-action" && ready === "notify")));
          if (fits) {
            describe(text);
            loaded += 1;
            continue;
          }
          const mistake = failureOf(text);
          const [, setting, line] = PLACE.exec(mistake) ?? [];
          assertEquals(
            text.split("\n")[Number(line) - 1]?.startsWith(`${setting} = `),
            true,
            `${text}\n${mistake}`,
          );
        }
      }
    }
  }
  assertEquals(loaded > 100, true, String(loaded));
});

Deno.test("services without a lasting process have no checks", () => {
  const type = "type = scripted\ncommand = /bin/true\n";
  assertEquals(
    failureOf(`${type}health-tcp = 80\n`),
    locatedSetting(
      "health-tcp",
      "only process and bgprocess services have a process to check: change 'type', or remove this line",
      3,
    ),
  );
  assertEquals(
    failureOf(`${type}ready-notification = notify\n`),
    locatedSetting(
      "ready-notification",
      "'ready-notification = notify' is only for process services: change 'type', or remove this line",
      3,
    ),
  );
});

Deno.test("the settings of health are printed as they are read, and portably as comments of dinit 0.22.1", () => {
  const text = [
    "ready-notification = notify",
    "health-command = /bin/probe a",
    "health-interval = 60000ms",
    "watchdog-timeout = 30000ms",
  ].map((line) => `${line}\n`).join("");
  const description = describe(PROCESS + text);
  const again = describe(printDescription(description));
  assertEquals(again.health, description.health);
  const portable = printDescription(description, { portable: true });
  for (const line of text.trimEnd().split("\n")) {
    assertEquals(portable.includes(`@meta ${line}\n`), true, line);
  }
});
