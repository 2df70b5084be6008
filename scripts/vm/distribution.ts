/** A Debian root filesystem, made once and kept. */

import { run } from "./programs.ts";
import { DISK } from "./qemu.ts";

const SUITE = "bookworm";

/** Packages to install besides the essential ones, the distribution's own init first. */
const PACKAGES = [
  "systemd-sysv",
  "cron",
  "dbus",
  "e2fsprogs",
  "iproute2",
  "kmod",
  "login",
  "mount",
  "procps",
  "rsyslog",
  "udev",
  "util-linux",
];

/** A kernel with built-in drivers for disk and filesystem, so that it needs no initramfs. */
const KERNEL = "linux-image-cloud-amd64";

/** Names in /sbin that belong to the distribution's init, which works without them; our links replace them. */
const SHUTDOWN_NAMES = ["halt", "poweroff", "reboot", "shutdown"];

/** The root password of the virtual machine. */
export const PASSWORD = "dinit";

/**
 * Runs in the new root filesystem. The package of the kernel is unpacked but not installed: its scripts would spend a
 * minute on an initramfs that nobody needs.
 */
const FINISH = `
set -e
apt-get update -qq
cd /tmp
apt-get download -qq $(apt-cache depends --important ${KERNEL} | sed -n 's/.*Depends: //p')
dpkg-deb -x ./linux-image-*.deb kernel
mv kernel/boot/vmlinuz-* /boot/
mv kernel/lib/modules /lib/
depmod $(ls /lib/modules)
rm -rf /tmp/* /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
echo root:${PASSWORD} | chpasswd
echo vm >/etc/hostname
echo '${DISK} / ext4 errors=remount-ro 0 1' >/etc/fstab
for name in ${SHUTDOWN_NAMES.join(" ")}; do
  dpkg-divert --quiet --local --rename --divert /sbin/$name.distribution --add /sbin/$name
done
`;

/** The directory for files that are kept between runs: `DINIT_VM_CACHE`, or a directory for temporary files. */
export function cacheDirectory(): string {
  return Deno.env.get("DINIT_VM_CACHE") ?? `${Deno.env.get("TMPDIR") ?? "/tmp"}/dinit-vm`;
}

/** The directory of the root filesystem. If it does not exist, it is made, which takes about a minute. */
export async function distributionRoot(): Promise<string> {
  const recipe = new TextEncoder().encode([SUITE, ...PACKAGES, KERNEL, FINISH].join("\n"));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", recipe));
  const root = `${cacheDirectory()}/${SUITE}-${digest.toHex().slice(0, 12)}`;
  try {
    if (Deno.statSync(root).isDirectory) return root;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  Deno.mkdirSync(cacheDirectory(), { recursive: true, mode: 0o755 });
  const unfinished = Deno.makeTempDirSync({ dir: cacheDirectory(), prefix: "unfinished-" });
  try {
    Deno.chmodSync(unfinished, 0o755);
    run("debootstrap", ["--variant=minbase", `--include=${PACKAGES.join(",")}`, SUITE, unfinished]);
    run("chroot", [unfinished, "/bin/sh", "-c", FINISH], { DEBIAN_FRONTEND: "noninteractive" });
    Deno.renameSync(unfinished, root);
  } catch (error) {
    Deno.removeSync(unfinished, { recursive: true });
    throw error;
  }
  return root;
}

/** The kernel of a root filesystem. */
export function kernelOf(root: string): string {
  const kernel = Array.from(Deno.readDirSync(`${root}/boot`), (entry) => entry.name)
    .find((name) => name.startsWith("vmlinuz-"));
  if (kernel === undefined) throw new Error(`there is no kernel in ${root}/boot`);
  return `${root}/boot/${kernel}`;
}
