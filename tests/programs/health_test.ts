/** Real programs that are checked, and that say when they are ready. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Dinit } from "../e2e/_dinit.ts";
import { process } from "../e2e/_hosts.ts";
import { needing, NOT_ROOT, programPath } from "../_needs.ts";
import { until } from "../_patience.ts";
import { outputOf } from "../_processes.ts";

/** Checks that are quick, and notice a program that hangs. */
const QUICK = [
  "health-interval = 0.2",
  "health-start-interval = 0.2",
  "health-timeout = 5s",
  "health-failures = 2",
];
/** A program that hangs is killed soon, and started again each time. */
const RESTARTING = ["restart = yes", "restart-delay = 0.1", "restart-limit-count = 0", "stop-timeout = 1"];

/** A port that nothing uses. */
function freePort(): number {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return (listener.addr as Deno.NetAddr).port; // it listens on a port
}

/** A service with a real program. */
const program = (command: string, ...lines: string[]) =>
  [`type = process`, `command = ${command}`, "start-timeout = 0", ...lines, ""].join("\n");

/** Waits until the service is healthy, stops its process for a while, and waits until another one is healthy. */
async function isReplaced(dinit: Dinit, what: RegExp): Promise<void> {
  await dinit.printed("[  OK  ] boot");
  await until(async () => (await dinit.ctl("health", "boot")).code === 0, "a healthy service");
  const { stdout } = await dinit.ctl("health", "boot");
  assertMatch(stdout, what);
  const first = await dinit.pidOf("boot");
  Deno.kill(first, "SIGSTOP");
  await dinit.until(
    () => dinit.lines.some((line) => line.startsWith("dinit: boot: unhealthy after 2 checks: ")),
    "the failed checks",
  );
  await dinit.printed("[  OK  ] boot", 2);
  assert(await dinit.pidOf("boot") !== first);
  assertEquals((await dinit.ctl("health", "boot")).code, 0);
}

const nginx = programPath("nginx") ?? "/usr/sbin/nginx";
const hasNginx = exists(nginx);

Deno.test({
  ...needing("nginx is checked by HTTP, and replaced when it hangs", "nginx", hasNginx),
  async fn() {
    const port = freePort();
    await using dinit = new Dinit({
      boot: program(
        `${nginx} -p .. -e stderr -c nginx.conf`,
        "ready-notification = health",
        `health-http = http://127.0.0.1:${port}/`,
        ...QUICK,
        ...RESTARTING,
      ),
    });
    dinit.write(
      "nginx.conf",
      `daemon off; master_process off; worker_processes 1; pid nginx.pid; events {}
http { access_log off; client_body_temp_path t; proxy_temp_path t; fastcgi_temp_path t; uwsgi_temp_path t;
scgi_temp_path t; server { listen 127.0.0.1:${port}; location / { return 200 "ok"; } } }\n`,
    );
    dinit.start({ args: ["--host", "native"] });
    await isReplaced(dinit, /GET http:\/\/127\.0\.0\.1:\d+\/: 200 \(/);
  },
});

const redis = programPath("redis-server");
const client = programPath("redis-cli");

for (
  const [way, check, shown] of [
    ["a connection", (port: number) => `health-tcp = ${port}`, /connect to \d+: connected/],
    ["its client", (port: number) => `health-command = ${client} -p ${port} ping`, /redis-cli: status 0/],
  ] as const
) {
  Deno.test({
    ...needing(
      `redis is checked by ${way}`,
      "redis-server, redis-cli",
      redis !== undefined && client !== undefined,
    ),
    async fn() {
      const port = freePort();
      await using dinit = new Dinit({
        boot: program(
          `${redis} --port ${port} --bind 127.0.0.1 --save "" --dir ..`,
          "ready-notification = health",
          check(port),
          ...QUICK,
          ...RESTARTING,
        ),
      });
      dinit.start({ args: ["--host", "native"] });
      // The kernel accepts connections for a program that hangs, so only its client notices that.
      if (way === "its client") return await isReplaced(dinit, shown);
      await dinit.printed("[  OK  ] boot");
      await until(async () => (await dinit.ctl("health", "boot")).code === 0, "a healthy service");
      assertMatch((await dinit.ctl("health", "boot")).stdout, shown);
    },
  });
}

const postgres = postgresFolder();

Deno.test({
  ...needing(
    "postgresql is checked by pg_isready, with the user of the service",
    "root, postgresql",
    postgres !== undefined && !NOT_ROOT,
  ),
  async fn() {
    const data = Deno.makeTempDirSync({ prefix: "dinit-postgres-" });
    try {
      const { code } = await outputOf("chown", { args: ["postgres", data] });
      assertEquals(code, 0);
      const made = await outputOf("setpriv", {
        args: [
          "--reuid=postgres",
          "--regid=postgres",
          "--clear-groups",
          `${postgres}/initdb`,
          "--no-sync",
          "-D",
          `${data}/db`,
        ],
        cwd: data,
      });
      assertEquals(made.code, 0, new TextDecoder().decode(made.stderr));
      await using dinit = new Dinit({
        boot: program(
          `${postgres}/postgres -D ${data}/db -c listen_addresses= -c unix_socket_directories=${data} -c fsync=off`,
          `run-as = postgres`,
          `working-dir = ${data}`,
          "ready-notification = health",
          `health-command = ${postgres}/pg_isready -q -h ${data}`,
          "term-signal = INT",
          ...QUICK,
          ...RESTARTING,
        ),
      });
      dinit.start({ args: ["--host", "native"] });
      await isReplaced(dinit, /pg_isready: status 0/);
    } finally {
      Deno.removeSync(data, { recursive: true });
    }
  },
});

const systemdNotify = programPath("systemd-notify");

for (const [who, words] of [["a script", ""], ["the child of a script", "("]] as const) {
  Deno.test({
    ...needing(
      `systemd-notify talks to the daemon from ${who}`,
      "systemd-notify",
      systemdNotify !== undefined,
    ),
    async fn() {
      const talk = "systemd-notify --ready --status=working";
      await using dinit = new Dinit({
        boot: process(
          `${words === "" ? talk : `(${talk}) & wait`}; exec sleep 1000`,
          "ready-notification = notify",
        ),
      });
      dinit.start({ args: ["--host", "native"] });
      await dinit.printed("[  OK  ] boot");
      assertMatch((await dinit.ctl("health", "boot")).stdout, /says: working/);
    },
  });
}

const rsyslogd = programPath("rsyslogd");

Deno.test({
  ...needing("rsyslog says that it is ready by sd_notify", "rsyslogd", rsyslogd !== undefined),
  async fn() {
    await using dinit = new Dinit({
      boot: program(`${rsyslogd} -n -iNONE -f ../rsyslog.conf`, "ready-notification = notify"),
    });
    dinit.write("rsyslog.conf", `module(load="impstats" interval="3600")\n*.* ${dinit.directory}/messages\n`);
    dinit.start({ args: ["--host", "native"] });
    await dinit.printed("[  OK  ] boot");
    assertEquals((await dinit.ctl("health", "boot")).code, 0);
  },
});

const mariadbd = programPath("mariadbd") ?? "/usr/sbin/mariadbd";
const mariadbInstall = programPath("mariadb-install-db");

Deno.test({
  ...needing(
    "mariadb says by sd_notify that it is ready and what it does",
    "mariadbd, mariadb-install-db, mariadb-admin",
    exists(mariadbd) && mariadbInstall !== undefined && programPath("mariadb-admin") !== undefined,
  ),
  async fn() {
    const data = Deno.makeTempDirSync({ prefix: "dinit-mariadb-" });
    try {
      // As root, the server becomes another user, who owns its data and its socket.
      const user = NOT_ROOT ? [] : ["--user=mysql"];
      if (!NOT_ROOT) assertEquals((await outputOf("chown", { args: ["mysql", data] })).code, 0);
      const made = await outputOf(mariadbInstall!, { // it is installed here
        args: [
          "--no-defaults",
          ...user,
          `--datadir=${data}/db`,
          "--auth-root-authentication-method=normal",
          "--skip-test-db",
        ],
        cwd: data,
        env: { TMPDIR: data },
      });
      assertEquals(made.code, 0, new TextDecoder().decode(made.stderr));
      await using dinit = new Dinit({
        boot: program(
          `${mariadbd} --no-defaults ${user.join(" ")} --datadir=${data}/db --socket=${data}/socket ` +
            `--pid-file=${data}/pid --tmpdir=${data} --skip-networking --skip-grant-tables`,
          "ready-notification = notify",
          "log-type = buffer",
          "restart = no",
        ),
      });
      Deno.chmodSync(dinit.directory, 0o711); // the other user reaches the notification socket, as below /run
      dinit.start({ args: ["--host", "native"] });
      await dinit.printed("[  OK  ] boot");
      assertMatch((await dinit.ctl("health", "boot")).stdout, /says: Taking your SQL requests now/);
      // Ready means that it answers at once.
      const ping = await outputOf("mariadb-admin", {
        args: ["--no-defaults", `--socket=${data}/socket`, "ping"],
      });
      assertEquals(new TextDecoder().decode(ping.stdout), "mysqld is alive\n");
      assertEquals((await dinit.ctl("stop", "boot")).code, 0);
      await dinit.printed("[STOPPD] boot");
    } finally {
      Deno.removeSync(data, { recursive: true });
    }
  },
});

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The folder with the programs of a database server: Debian has one for each version. */
function postgresFolder(): string | undefined {
  const root = "/usr/lib/postgresql";
  try {
    const versions = Array.from(Deno.readDirSync(root), ({ name }) => name).sort();
    return versions.map((name) => `${root}/${name}/bin`).find((folder) => exists(`${folder}/postgres`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
