/**
 * Units of Debian packages, imported and run: they start, answer, reload and stop in order. Each runs in a room, in which
 * nothing reaches the machine: not its network, its devices, its jobs of cron or its clock.
 */

import { assert, assertEquals } from "@std/assert";
import { dinitCommand } from "../e2e/_dinit.ts";
import { rootOnly } from "../_needs.ts";
import { PATIENCE, until } from "../_patience.ts";
import { endOf } from "../_processes.ts";
import { runImport } from "../../src/tools/import/main.ts";
import { programs } from "./_programs.ts";
import { Room } from "./_room.ts";

/** A package, and how to see that its service works. */
interface Package {
  readonly units: readonly string[];
  readonly needs: readonly string[];
  /** A drop-in of the service, for what a machine may not allow. @default none */
  readonly dropIn?: string;
  /** Files that the room has in another form: a script of the shell. @default none */
  readonly before?: string;
  /** A script that succeeds while the service works. */
  readonly works: string;
  /** What reloads it: a script. `dinitctl` has the path of the socket. @default it cannot reload */
  readonly reload?: string;
  /** A script that succeeds when the reload has had its effect. @default as `works` */
  readonly reloaded?: string;
}

const UNITS = "/lib/systemd/system";

const PACKAGES: Readonly<Record<string, Package>> = {
  nginx: {
    units: ["nginx.service"],
    needs: ["nginx", "curl", "start-stop-daemon"],
    works: "curl --silent --output /dev/null http://127.0.0.1/",
    reload:
      "echo 'server { listen 8088; return 204; }' > /etc/nginx/conf.d/more.conf; nginx -g 'daemon on; master_process on;' -s reload",
    reloaded: "curl --silent --output /dev/null http://127.0.0.1:8088/",
  },
  "redis-server": {
    units: ["redis-server.service"],
    needs: ["redis-server", "redis-cli"],
    dropIn: "[Service]\nLimitNOFILE=1024\n",
    works: 'test "$(redis-cli ping)" = PONG',
  },
  ssh: {
    units: ["ssh.service"],
    needs: ["sshd", "ssh-keyscan"],
    before: "ls /etc/ssh/ssh_host_*_key >/dev/null 2>&1 || ssh-keygen -A",
    works: "ssh-keyscan -p 22 127.0.0.1 2>/dev/null | grep -q ssh-",
    reload: "echo 'Port 2222' > /etc/ssh/sshd_config.d/more.conf; dinitctl signal HUP ssh",
    reloaded: "ssh-keyscan -p 2222 127.0.0.1 2>/dev/null | grep -q ssh-",
  },
  cron: {
    units: ["cron.service"],
    needs: ["cron"],
    before: "rm -rf /etc/cron.* /var/spool/cron/crontabs/*; : > /etc/crontab",
    works: "test -s /run/crond.pid && kill -0 $(cat /run/crond.pid)",
  },
  rsyslog: {
    units: ["rsyslog.service"],
    needs: ["rsyslogd", "logger"],
    before: "sed -i '/imklog/d' /etc/rsyslog.conf",
    works: "logger works-1; grep -q works-1 /var/log/syslog",
    reload: "mv /var/log/syslog /var/log/syslog.1; dinitctl signal HUP rsyslog",
    reloaded: "logger works-2; grep -q works-2 /var/log/syslog",
  },
  chrony: {
    units: ["chrony.service"],
    needs: ["chronyd", "chronyc"],
    // The clock is not the room's own: `-x` leaves it alone.
    before: "echo 'DAEMON_OPTS=\"-x -F 0\"' > /etc/default/chrony",
    works: "chronyc -n tracking",
  },
  dbus: {
    units: ["dbus.service", "dbus.socket"],
    needs: ["dbus-daemon", "dbus-send"],
    dropIn: "[Service]\nOOMScoreAdjust=0\n",
    works:
      "dbus-send --system --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames | grep -q org.freedesktop.DBus",
    reload:
      "dbus-send --print-reply --system --type=method_call --dest=org.freedesktop.DBus / org.freedesktop.DBus.ReloadConfig",
  },
};

/** A `/dev` in which programs may make sockets. */
const PRIVATE_DEV = `
mkdir /run/dev /run/dev/pts /run/dev/shm
for name in null zero full random urandom tty; do : > /run/dev/$name; mount --bind /dev/$name /run/dev/$name; done
ln -s /proc/self/fd /run/dev/fd
mount --rbind /run/dev /dev
`;

/** Imports the units of a package into the folder `sd` of a room, with a `boot` that starts the service. */
async function importPackage(room: Room, name: string): Promise<void> {
  let [out, err] = ["", ""];
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const { units, dropIn } = PACKAGES[name];
  const paths = units.map((unit) => `${UNITS}/${unit}`);
  if (dropIn !== undefined) {
    room.write(`${units[0]}.d/test.conf`, dropIn);
    paths.push(`${room.folder}/${units[0]}.d`);
  }
  await runImport(["systemd", ...paths, `--to=${room.folder}/sd`], io);
  assertEquals(err, "");
  room.write("sd/boot", `type = internal\ndepends-on = ${name}\n`);
}

for (
  const [name, { units, needs, before = "", works, reload, reloaded = works }] of Object.entries(PACKAGES)
) {
  Deno.test({
    ...rootOnly(
      `the imported unit of ${name} starts, works,${
        reload === undefined ? "" : " reloads"
      } and stops in order`,
      `it runs ${needs.join(", ")} in namespaces`,
      programs("unshare", "nsenter", "ip", ...needs) && units.every(isUnit),
    ),
    fn: async () => {
      await using room = await Room.open();
      await room.script(`${PRIVATE_DEV}\n${before}`);
      await importPackage(room, name);
      const socket = "/run/dinitctl";
      const daemon = room.spawn(
        dinitCommand(["--container", "--services-dir", `${room.folder}/sd`, "--socket-path", socket]),
        "output",
      );
      const tool = dinitCommand(["ctl", "--socket-path", socket]).map((word) => `'${word}'`).join(" ");
      const script = (text: string) => room.run(["sh", "-ec", `dinitctl() { ${tool} "$@"; }\n${text}`]);
      const answers = (text: string, what: string) =>
        until(
          async () => (await script(text)).code === 0,
          () => `${what}; printed:\n${room.read("output")}`,
          100,
        );
      await until(
        () => /\[ {2}OK {2}\] boot|\[FAILED\]/.test(room.read("output")),
        () => `the start; printed:\n${room.read("output")}`,
        50,
      );
      assert(room.read("output").includes(`[  OK  ] ${name}\n`), room.read("output"));
      await answers(works, "an answer");
      const pid = async () => /Process ID: (\d+)/.exec((await script(`dinitctl status ${name}`)).out)?.[1];
      const main = await pid();
      if (reload !== undefined) {
        const { code, err } = await script(reload);
        assertEquals([code, code === 0 ? "" : err], [0, ""]);
        await answers(reloaded, "the effect of the reload");
        assertEquals(await pid(), main);
      }
      const others = (await room.script("ps -e -o comm= | sort -u")).split("\n");
      assert(needs.some((program) => others.includes(program)), others.join());

      // In order: what depends on another stops first. Nothing is left.
      await room.script(`kill -TERM $(cat ${room.folder}/output.pid)`);
      assertEquals(
        (await endOf(daemon, () => `the daemon, which printed:\n${room.read("output")}`, PATIENCE)).code,
        0,
      );
      const stopped = [...room.read("output").matchAll(/^\[STOPPD\] (\S+)$/gm)].map(([, one]) => one);
      const expected = ["boot", name, `${name}-pre`].filter((one) => room.has(`sd/${one}`));
      assertEquals(stopped, expected, room.read("output"));
      const left = (await room.script("ps -e -o comm=")).split("\n");
      assertEquals(left.filter((program) => needs.includes(program)), []);
    },
  });
}

function isUnit(unit: string): boolean {
  try {
    return Deno.statSync(`${UNITS}/${unit}`).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
