/** `deno task install` into a separate directory, with a stand-in for the compiled program. */

import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";
import { say, STAND_IN, writeProgram } from "./_launchers.ts";

const ROOT = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** A place to install from and to. */
class Place implements Disposable {
  readonly directory = Deno.makeTempDirSync({ prefix: "dinit-install-" });
  readonly destination = `${this.directory}/image`;

  constructor() {
    Deno.mkdirSync(`${this.directory}/dist`);
    writeProgram(`${this.directory}/dist/dinit`, STAND_IN);
  }

  /** Runs the task with the destination in `DESTDIR`. */
  async install(...args: string[]): Promise<{ code: number; lines: string[]; stderr: string }> {
    const { code, stdout, stderr } = await outputOf(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--allow-read", "--allow-write", "--allow-env=DESTDIR"],
        ...[`${ROOT}scripts/install.ts`, `--dist=${this.directory}/dist`, ...args],
      ],
      env: { DESTDIR: this.destination, NO_COLOR: "1" },
    });
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => line !== "");
    return { code, lines, stderr: new TextDecoder().decode(stderr) };
  }

  /** Everything below the destination: paths with modes, or with the targets of links. */
  tree(directory = ""): string[] {
    return [...Deno.readDirSync(this.destination + directory)].flatMap(({ name, isDirectory, isSymlink }) => {
      const path = `${directory}/${name}`;
      if (isDirectory) return this.tree(path);
      if (isSymlink) return [`${path} -> ${Deno.readLinkSync(this.destination + path)}`];
      return [`${path} ${(Deno.statSync(this.destination + path).mode! & 0o7777).toString(8)}`];
    }).sort();
  }

  read(path: string): string {
    return Deno.readTextFileSync(this.destination + path);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.directory, { recursive: true });
  }
}

const SHUTDOWN = [
  "/usr/sbin/halt -> /usr/bin/dinit",
  "/usr/sbin/poweroff -> /usr/bin/dinit",
  "/usr/sbin/reboot -> /usr/bin/dinit",
  "/usr/sbin/shutdown -> /usr/bin/dinit",
  "/usr/sbin/soft-reboot -> /usr/bin/dinit",
  "/usr/share/man/man8/halt.8 644",
  "/usr/share/man/man8/poweroff.8 644",
  "/usr/share/man/man8/reboot.8 644",
  "/usr/share/man/man8/shutdown.8 644",
  "/usr/share/man/man8/soft-reboot.8 644",
];

const OTHERS = [
  "/usr/bin/dinit 755",
  "/usr/bin/dinit-check -> dinit",
  "/usr/bin/dinit-export -> dinit",
  "/usr/bin/dinit-import -> dinit",
  "/usr/bin/dinit-log -> dinit",
  "/usr/bin/dinit-monitor -> dinit",
  "/usr/bin/dinit-wait-for -> dinit",
  "/usr/bin/dinit-web -> dinit",
  "/usr/bin/dinitctl -> dinit",
  "/usr/sbin/dinit-init 755",
  "/usr/share/bash-completion/completions/dinit 644",
  "/usr/share/bash-completion/completions/dinit-check -> dinit",
  "/usr/share/bash-completion/completions/dinit-export -> dinit",
  "/usr/share/bash-completion/completions/dinit-import -> dinit",
  "/usr/share/bash-completion/completions/dinit-log -> dinit",
  "/usr/share/bash-completion/completions/dinit-monitor -> dinit",
  "/usr/share/bash-completion/completions/dinit-wait-for -> dinit",
  "/usr/share/bash-completion/completions/dinit-web -> dinit",
  "/usr/share/bash-completion/completions/dinitctl -> dinit",
  "/usr/share/fish/vendor_completions.d/dinit-check.fish -> dinit.fish",
  "/usr/share/fish/vendor_completions.d/dinit-export.fish -> dinit.fish",
  "/usr/share/fish/vendor_completions.d/dinit-import.fish -> dinit.fish",
  "/usr/share/fish/vendor_completions.d/dinit-log.fish -> dinit.fish",
  "/usr/share/fish/vendor_completions.d/dinit-monitor.fish -> dinit.fish",
  "/usr/share/fish/vendor_completions.d/dinit-wait-for.fish -> dinit.fish",
  "/usr/share/fish/vendor_completions.d/dinit-web.fish -> dinit.fish",
  "/usr/share/fish/vendor_completions.d/dinit.fish 644",
  "/usr/share/fish/vendor_completions.d/dinitctl.fish -> dinit.fish",
  "/usr/share/man/man5/dinit-service.5 644",
  "/usr/share/man/man8/dinit-build.8 644",
  "/usr/share/man/man8/dinit-check.8 644",
  "/usr/share/man/man8/dinit-down.8 644",
  "/usr/share/man/man8/dinit-export.8 644",
  "/usr/share/man/man8/dinit-import.8 644",
  "/usr/share/man/man8/dinit-init.8 644",
  "/usr/share/man/man8/dinit-lease.8 644",
  "/usr/share/man/man8/dinit-log.8 644",
  "/usr/share/man/man8/dinit-monitor.8 644",
  "/usr/share/man/man8/dinit-up.8 644",
  "/usr/share/man/man8/dinit-wait-for.8 644",
  "/usr/share/man/man8/dinit-web.8 644",
  "/usr/share/man/man8/dinit.8 644",
  "/usr/share/man/man8/dinitctl.8 644",
  "/usr/share/zsh/site-functions/_dinit 644",
  "/usr/share/zsh/vendor-completions/_dinit -> ../site-functions/_dinit",
];

const paths = (entries: readonly string[]): string[] => entries.map((entry) => entry.split(" ")[0]);

Deno.test("everything is installed and reported, and a second time changes nothing", async () => {
  using place = new Place();
  const everything = [...SHUTDOWN, ...OTHERS].sort();
  for (let time = 1; time <= 2; time++) {
    const { code, lines, stderr } = await place.install();
    assertEquals([code, stderr], [0, ""]);
    assertEquals(lines.toSorted(), paths(everything).map((path) => place.destination + path).sort());
    assertEquals(place.tree(), everything);
  }
  assertEquals(place.read("/usr/bin/dinit"), STAND_IN);
});

Deno.test("--uninstall removes exactly what was installed", async () => {
  using place = new Place();
  await place.install();
  Deno.writeTextFileSync(`${place.destination}/usr/bin/other`, "");
  const { code, lines } = await place.install("--uninstall");
  assertEquals(code, 0);
  assertEquals(lines.length, SHUTDOWN.length + OTHERS.length);
  assert(lines.includes(`removed ${place.destination}/usr/bin/dinit`));
  assertEquals(paths(place.tree()), ["/usr/bin/other"]);
  assertEquals(await place.install("--uninstall"), { code: 0, lines: [], stderr: "" });
});

Deno.test("--without-shutdown omits the names of another init", async () => {
  using place = new Place();
  assertEquals((await place.install("--without-shutdown")).code, 0);
  assertEquals(place.tree(), OTHERS);
});

Deno.test("launchers of an early release, which were scripts, are replaced", async () => {
  using place = new Place();
  Deno.mkdirSync(`${place.destination}/usr/sbin`, { recursive: true });
  const script =
    '#!/bin/sh\n# A launcher of dinit for Deno.\nexec /usr/bin/dinit shutdown --called=reboot "$@"\n';
  writeProgram(`${place.destination}/usr/sbin/reboot`, script);
  assertEquals((await place.install()).code, 0);
  assertEquals(place.tree(), [...SHUTDOWN, ...OTHERS].sort());
});

Deno.test("another program's shutdown is not replaced, overwritten or removed", async () => {
  using place = new Place();
  Deno.mkdirSync(`${place.destination}/usr/sbin`, { recursive: true });
  Deno.writeTextFileSync(`${place.destination}/usr/sbin/systemctl`, "the other init");
  Deno.symlinkSync("systemctl", `${place.destination}/usr/sbin/reboot`);
  Deno.mkdirSync(`${place.destination}/usr/share/man/man8`, { recursive: true });
  Deno.writeTextFileSync(`${place.destination}/usr/share/man/man8/reboot.8`, "its page");
  const before = place.tree();
  const { code, stderr } = await place.install();
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `install: ${place.destination}/usr/sbin/reboot exists and is not a link to this program: remove it first, ` +
      "or use --without-shutdown\n",
  );
  assertEquals(place.tree(), before);
  await place.install("--without-shutdown");
  await place.install("--uninstall");
  assertEquals(place.tree(), before);
  assertEquals(place.read("/usr/sbin/systemctl"), "the other init");
});

Deno.test("installed links and dinit-init start the program of the prefix, whatever its name", async () => {
  using place = new Place();
  // No DESTDIR is written into files: it is empty here, so that they can be run.
  const prefix = `${place.directory}/a 'prefix'`;
  const options = ["--prefix=" + prefix, `--mandir=${prefix}/man`, `--sbindir=${prefix}/admin`];
  const { code } = await outputOf(Deno.execPath(), {
    args: ["run", "--quiet", "-A", `${ROOT}scripts/install.ts`, `--dist=${place.directory}/dist`, ...options],
    env: { DESTDIR: "" },
    stdout: "null",
  });
  assertEquals(code, 0);
  assertEquals(await say(`${prefix}/bin/dinitctl`, ["list"]), "dinitctl [list] with /proc\n");
  assertEquals(await say(`${prefix}/admin/reboot`, ["-f"]), "reboot [-f] with /proc\n");
  assertEquals(await say(`${prefix}/admin/dinit-init`, ["single"]), "dinit [single] with /proc\n");
  assert(Deno.statSync(`${prefix}/man/man8/dinit.8`).isFile);
});

Deno.test("without a compiled program the task says what to do, and writes nothing", async () => {
  using place = new Place();
  Deno.removeSync(`${place.directory}/dist/dinit`);
  const { code, stderr } = await place.install();
  assertEquals(code, 1);
  assertEquals(
    stderr,
    `install: there is no ${place.directory}/dist/dinit: run \`deno task compile\` first\n`,
  );
  assertEquals([...Deno.readDirSync(place.directory)].map(({ name }) => name), ["dist"]);
});

Deno.test("an invalid command line is refused", async () => {
  using place = new Place();
  const complaints = [];
  for (const word of ["--prefx=/usr", "--prefix", "--prefix=usr", "--uninstall=yes", "/usr"]) {
    const { code, stderr } = await place.install(word);
    complaints.push([code, stderr]);
  }
  assertEquals(complaints, [
    [1, "install: unknown option: --prefx=/usr\n"],
    [1, "install: --prefix needs a value: --prefix=DIR\n"],
    [1, "install: --prefix must be an absolute path\n"],
    [1, "install: --uninstall takes no value\n"],
    [1, "install: unknown option: /usr\n"],
  ]);
});
