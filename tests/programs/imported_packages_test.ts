/**
 * The units of many Debian packages: each directive is accounted for, and what is written loads. The packages are
 * downloaded and not installed. `docs/importing.md` has the figures.
 */

import { assert, assertEquals } from "@std/assert";
import { needing } from "../_needs.ts";
import { outputOf } from "../_processes.ts";
import { Import } from "../tools/import/_import.ts";
import { DIRECTIVE_CLASSES, type DirectiveClass } from "../../src/tools/shared/account.ts";
import { programs } from "./_programs.ts";

/** Packages of Debian 12 with units of systemd. */
const PACKAGES =
  `acpid anacron apache2 apt at avahi-daemon bluez chrony clamav-daemon clamav-freshclam collectd-core colord
corosync cron cups-daemon dbus ddclient dnsmasq dovecot-core etcd-server exim4-base fail2ban fwupd gpsd haproxy ifupdown
irqbalance isc-dhcp-server keepalived krb5-kdc libvirt-daemon-system lighttpd lm-sensors logrotate lvm2 man-db mdadm
memcached modemmanager monit mosquitto munin-node network-manager nfs-kernel-server nftables nginx-common nslcd ntpsec
nut-server opendkim openssh-server openvpn packagekit php8.2-fpm podman polkitd postfix postgresql-common
prometheus-node-exporter proftpd-core qemu-guest-agent redis-server rpcbind rsyslog rtkit samba smartmontools spamassassin
squid sssd-common stunnel4 sysstat systemd-timesyncd thermald tlp tor transmission-daemon udisks2 ufw unbound upower uwsgi
varnish vsftpd wpasupplicant zabbix-agent`.split(/\s+/);

/** How long the downloads of all packages may take, in milliseconds. */
const DOWNLOAD_LIMIT = 180_000;

/** At least this part of all directives is carried, or has a note that says what to do instead. */
const EXPLAINED = 0.9;

/** Puts the units of a package in a folder. Returns whether it has any. */
async function unpack(archive: string, folder: string): Promise<boolean> {
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --wildcards "./lib/systemd/system/*" ' +
    '"./usr/lib/systemd/system/*" 2>/dev/null; for i in "$2/lib" "$2/usr/lib"; do test ! -d "$i" || exit 0; done; exit 1';
  return (await outputOf("sh", { args: ["-c", script, "sh", archive, folder] })).success;
}

Deno.test({
  ...needing(
    "the units of 60 Debian packages and more are imported with a full account, and load",
    "apt-get, dpkg-deb and tar",
    programs("apt-get", "dpkg-deb", "tar"),
  ),
  fn: async (context) => {
    const folder = Deno.makeTempDirSync({ prefix: "dinit-packages-" });
    try {
      const { stderr } = await outputOf(
        "apt-get",
        { args: ["download", "-qq", ...PACKAGES], cwd: folder },
        DOWNLOAD_LIMIT,
      );
      const archives = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
        name.endsWith(".deb")
      );
      const why = new TextDecoder().decode(stderr).split("\n").find((line) => line.startsWith("E:")) ?? "";
      await context.step({
        name: `${archives.length} of ${PACKAGES.length} packages were downloaded${why && `: ${why}`}`,
        ignore: archives.length < 60,
        fn: () => importAll(folder, archives.sort()),
      });
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

async function importAll(folder: string, archives: readonly string[]): Promise<void> {
  const counts: Record<DirectiveClass, number> = { carried: 0, changed: 0, decision: 0, none: 0 };
  const unexplained: string[] = [];
  const mistakes: string[] = [];
  let [packages, units, descriptions] = [0, 0, 0];
  for (const archive of archives) {
    using one = new Import({});
    if (!await unpack(`${folder}/${archive}`, one.folder)) continue;
    packages += 1;
    for (const path of ["lib/systemd/system", "usr/lib/systemd/system"]) {
      if (!hasUnits(`${one.folder}/${path}`)) continue;
      const { files } = await one.account("systemd", `${one.folder}/${path}`);
      units += files.length;
      for (const { input, directives } of files) {
        const lines = new Set(directives.map(({ line }) => line));
        assertEquals(assignmentLines(input).filter((line) => !lines.has(line)), [], input);
        for (const { name, class: kind, note } of directives) {
          counts[kind] += 1;
          if (kind !== "carried" && (note === "" || note.includes("does not know"))) {
            unexplained.push(`${input}: ${name}: ${note}`);
          }
        }
      }
      descriptions += one.written().filter((name) => !name.endsWith(".env")).length;
      // The users of packages that are not installed are missing.
      const own = (await one.mistakes()).filter((mistake) =>
        !/ does not exist in system database/.test(mistake)
      );
      mistakes.push(...own.map((mistake) => `${archive}: ${mistake}`));
    }
  }
  const all = DIRECTIVE_CLASSES.reduce((sum, kind) => sum + counts[kind], 0);
  console.log(
    JSON.stringify(
      { packages, units, directives: all, ...counts, descriptions, mistakes, unexplained },
      null,
      1,
    ),
  );
  assert(packages >= 60 && all > 1000);
  assert(unexplained.length <= all * (1 - EXPLAINED), unexplained.join("\n"));
  assertEquals(mistakes, []);
}

function hasUnits(folder: string): boolean {
  try {
    return [...Deno.readDirSync(folder)].some(({ name }) =>
      /\.(service|socket|timer|target|path|mount)$/.test(name)
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The numbers of the lines at which an assignment begins. */
function assignmentLines(path: string): number[] {
  const lines = Deno.readTextFileSync(path).split("\n");
  return lines.flatMap((line, index) =>
    /^\s*[A-Za-z][\w-]*\s*=/.test(line) && !/\\$/.test(lines[index - 1] ?? "") ? [index + 1] : []
  );
}
