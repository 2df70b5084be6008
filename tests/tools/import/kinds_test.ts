/** Compose files, Procfiles, supervisord, pm2 and runit as descriptions. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Import } from "./_import.ts";

const COMPOSE = `name: shop
x-common: &common
  A: "1"
services:
  web:
    command: ["/bin/web", "a b"]
    entrypoint: /bin/sh -c
    environment: { <<: *common, B: "\${B:-two}", C: "a$$b", D: "\${MISSING}" }
    env_file: web.vars
    depends_on:
      db: { condition: service_healthy }
      init: { condition: service_completed_successfully }
      extra: { condition: service_started, required: false }
    restart: on-failure:5
    stop_grace_period: 1m30s
    stop_signal: SIGINT
    ports: ["80:80"]
  db:
    command: /bin/db
    working_dir: /srv
    healthcheck: { test: ["CMD", "/bin/check", "-q"], interval: 5s, retries: 2, start_period: 1s }
    restart: always
    deploy: { resources: { limits: { memory: 50M } } }
  init:
    command: ["/bin/init"]
  extra:
    image: extra:1
    command: /bin/extra
    profiles: [debug]
    healthcheck: { disable: true }
networks:
  front: {}
`;

Deno.test("compose: commands, variables, conditions, checks, restarts and profiles", async () => {
  using one = new Import({
    "compose.yaml": COMPOSE,
    "web.vars": "export E='x y'\nB=old\n",
    ".env": "B=two words\n",
  });
  const directives = await one.directives("compose.yaml");
  const folder = one.folder;
  assertEquals(one.lines("web"), [
    "type = process",
    'command = /bin/sh -c /bin/web "a b"',
    `working-dir = ${folder}`,
    "restart = on-failure",
    "restart-limit-count = 5",
    "restart-delay = 0.1",
    "restart-delay-factor = 2",
    "restart-delay-max = 1m",
    "stop-timeout = 90",
    "term-signal = INT",
    "log-type = buffer",
    "env-file = web.env",
    "depends-ms = db",
    "depends-ms = init",
    "waits-for = extra",
  ]);
  assertEquals(one.read("web.env").split("\n").sort(), ["", "A=1", "B=two words", "C=a$b", "D=", "E=x y"]);
  const db = one.lines("db");
  for (
    const line of [
      "ready-notification = health",
      "health-command = /bin/check -q",
      "health-interval = 5000ms",
      "health-failures = 2",
      "health-action = none",
      "working-dir = /srv",
      "memory-max = 50M",
      "restart-limit-count = 0",
    ]
  ) assert(db.includes(line), `${line}\n${db.join("\n")}`);
  assertEquals(one.lines("init").slice(0, 1), ["type = scripted"]);
  assertEquals(one.lines("shop"), [
    "type = internal",
    "waits-for = web",
    "waits-for = db",
    "waits-for = init",
  ]);
  assertEquals(one.lines("shop-debug"), ["type = internal", "waits-for = extra"]);
  assertEquals(directives.get("${MISSING}")?.class, "decision");
  assertEquals(directives.get("services.web.ports")?.class, "decision");
  assertEquals(directives.get("services.db.deploy.resources.limits.memory")?.class, "changed");
  assertEquals(directives.get("services.web.command")?.line, 6);
  assertEquals(directives.get("networks.front")?.class, "none");
  assertEquals(await one.mistakes(), []);
});

Deno.test("compose: images run with podman if that is asked for", async () => {
  using one = new Import({
    "compose.yaml":
      "name: shop\nservices:\n  web:\n    image: docker.io/nginx:1\n    command: nginx -g 'daemon off;'\n    ports: ['80:80']\n" +
      "    volumes: ['data:/data']\n    environment: [A=1]\n    user: www\n    healthcheck: {test: 'curl localhost'}\nvolumes: {data: {}}\n",
  });
  await one.run("compose.yaml", "--podman");
  assertEquals(
    one.lines("web").find((line) => line.startsWith("command")),
    "command = podman run --rm --replace --name=web --network=shop-network --network-alias=web --env=A --user=www --publish=80:80 " +
      '--volume=data:/data docker.io/nginx:1 nginx -g "daemon off;"',
  );
});

/** Texts that must end in a clear error, quickly and without much memory. */
const BOMBS: readonly (readonly [text: string, message: string])[] = [
  [
    Array.from(
      { length: 12 },
      (_, at) => `a${at}: &a${at} [${at === 0 ? "x" : Array(9).fill(`*a${at - 1}`).join(",")}]`,
    ).join("\n"),
    "it has more than 50000 values",
  ],
  ["services: &a\n  web: *a\n", "its values stand too deep in each other"],
  [`services: ${"[".repeat(100_000)}`, "its values stand too deep in each other"],
  [`services:\n${"- ".repeat(20_000)}x`, "its values stand too deep in each other"],
  [
    Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}a:`).join("\n").slice(0, 1_000_000),
    "its values stand too deep in each other",
  ],
  [`services:\n${"? ".repeat(20_000)}x`, "its values stand too deep in each other"],
  // Between 64 and a few thousand levels the stack may or may not suffice, and the parser may catch what it throws.
  ...[300, 1200, 5000].map((levels): [string, string] => [
    Array.from({ length: levels }, (_, at) => `${" ".repeat(at)}a:`).join("\n").slice(0, 1_000_000),
    "its values stand too deep in each other",
  ]),
  ["services:\n  web: *nothing\n", "Cannot read"],
  ["services: {a: {command: x}, a: {command: y}}\n", "Cannot read"],
  [`services: "${"x".repeat(1_100_000)}"`, "a compose file has at most 1048576 characters"],
];

Deno.test("compose: YAML bombs and mistakes are refused with one line", async () => {
  for (const [text, message] of BOMBS) {
    using one = new Import({ "compose.yaml": text });
    const { err, status } = await one.run("compose.yaml");
    assertEquals([status, one.written()], [1, []], text.slice(0, 50));
    assertStringIncludes(err, message);
  }
});

Deno.test("procfile: each type has a port, the variables of .env and a shell", async () => {
  using one = new Import({
    Procfile: "# types\nweb: bundle exec rails -p $PORT\nworker : ./work  && echo\nno command\n",
    ".env": 'PORT=3000\nKEY="a b" # comment\nbroken\n',
  });
  const { files } = await one.account("Procfile");
  assertEquals(one.lines("web").slice(1, 3), [
    'command = /bin/sh -c "bundle exec rails -p $$PORT"',
    `working-dir = ${one.folder}`,
  ]);
  assertEquals([one.read("web.env"), one.read("worker.env")], [
    "PORT=3000\nKEY=a b\n",
    "PORT=3100\nKEY=a b\n",
  ]);
  const classes = files.flatMap(({ directives }) => directives.map(({ line, class: kind }) => [line, kind]));
  assertEquals(classes, [[2, "carried"], [3, "carried"], [4, "none"], [1, "changed"], [2, "changed"], [
    3,
    "none",
  ]]);
  assertEquals(await one.mistakes(), []);
});

const SUPERVISOR = `[supervisord]
logfile = /var/log/s.log ; a comment
[include]
files = conf.d/*.conf supervisord.conf
[program:web]
command = /bin/web --n=%(process_num)02d --home=%(ENV_HOME)s "a b"
  -x
numprocs = 2
process_name = %(program_name)s-%(process_num)d
priority = 20
environment = A="x,y",B='2'
autorestart = true
startsecs = 3
stopsignal = QUIT
stopwaitsecs = 7
stopasgroup = true
stdout_logfile = %(here)s/web.log
stdout_logfile_maxbytes = 5MB
redirect_stderr = true
serverurl = AUTO
[eventlistener:e]
command = x
`;

Deno.test("supervisor: programs with their processes, priorities, expansions and included files", async () => {
  using one = new Import({
    "supervisord.conf": SUPERVISOR,
    "conf.d/db.conf":
      "[program:db]\ncommand=/bin/db\npriority=10\nautostart=false\n[group:all]\nprograms=web,db\n",
  });
  const directives = await one.directives("supervisord.conf");
  const web = one.lines("web-1");
  for (
    const line of [
      'command = /bin/web --n=01 --home=${HOME} "a b" -x',
      "restart = yes",
      "ready-notification = uptime:3s",
      "term-signal = QUIT",
      "stop-timeout = 7",
      "kill-mode = group",
      `logfile = ${one.folder}/web.log`,
      "log-max-size = 5M",
      "after = db",
    ]
  ) assert(web.includes(line), `${line}\n${web.join("\n")}`);
  assertStringIncludes(one.read("web-0.env"), "A=x,y\nB=2\n");
  assertEquals(one.lines("supervisor"), ["type = internal", "waits-for = web-0", "waits-for = web-1"]);
  assertEquals(one.lines("all"), [
    "type = internal",
    "waits-for = web-0",
    "waits-for = web-1",
    "waits-for = db",
  ]);
  assertEquals(directives.get("files")?.note, "2 files");
  assertEquals(directives.get("serverurl")?.class, "none");
  assertEquals(await one.mistakes(), []);
});

Deno.test("pm2: programs of a JSON file, and of JavaScript that has no permission", async () => {
  const app =
    '{ name: "api", script: "./a.js", args: "-x \'a b\'", instances: 2, env: { P: 1 }, out_file: "/l", watch: true }';
  using one = new Import({
    "ecosystem.config.js": `const path = require("path"); module.exports = { apps: [${app}], deploy: {} };`,
    "ecosystem.json":
      '[{"script": "w.py", "interpreter": "/usr/bin/python3", "autorestart": false, "kill_timeout": 3000}]',
    "ecosystem.bad.js": 'module.exports = { apps: [{ script: Deno.readTextFileSync("/etc/hostname") }] };',
  });
  const directives = await one.directives("ecosystem.config.js", "ecosystem.json");
  assertEquals(one.lines("api-1").slice(0, 3), [
    "type = process",
    `working-dir = ${one.folder}`,
    'command = node ./a.js -x "a b"',
  ]);
  assertEquals(one.read("api-1.env"), "P=1\nNODE_APP_INSTANCE=1\n");
  assertEquals(one.lines("api"), ["type = internal", "waits-for = api-0", "waits-for = api-1"]);
  assert(
    one.lines("w").includes("command = /usr/bin/python3 w.py") && one.lines("w").includes("stop-timeout = 3"),
  );
  assertEquals([directives.get("watch")?.class, directives.get("deploy")?.class], ["none", "none"]);
  assertEquals(await one.mistakes(), []);
  const { err, status } = await one.run("pm2", "ecosystem.bad.js", "--force");
  assertEquals(status, 1);
  assertStringIncludes(err, "Requires read access");
});

Deno.test("runit: a directory with its log, check and finish", async () => {
  const run = "#!/bin/sh\nexec /bin/d\n";
  using one = new Import({
    "sv/d/run": run,
    "sv/d/log/run": run,
    "sv/d/check": run,
    "sv/d/finish": run,
    "sv/d/down": "",
  });
  const directives = await one.directives("sv");
  const folder = `${one.folder}/sv/d`;
  assertEquals(one.lines("d"), [
    "type = process",
    `command = ${folder}/run`,
    `working-dir = ${folder}`,
    "restart = yes",
    "restart-delay = 1",
    "restart-limit-count = 0",
    "ready-notification = health",
    `health-command = ${folder}/check`,
    "health-action = none",
    "log-type = pipe",
    "waits-for = d-log",
  ]);
  assert(one.lines("d-log").includes("consumer-of = d"));
  assertEquals(Array.from(directives, ([name, { class: kind }]) => [name, kind]), [
    ["check", "changed"],
    ["down", "changed"],
    ["finish", "decision"],
    ["log", "changed"],
    ["run", "carried"],
  ]);
  assertEquals(await one.mistakes(), []);
});
