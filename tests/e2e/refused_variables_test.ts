import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromSources } from "../_needs.ts";
import { wordsOf } from "../_processes.ts";
import { Dinit } from "./_dinit.ts";

const LINKER = { LD_LIBRARY_PATH: "/opt/conda/lib", ld_debug: "none", DYLD_X: "1", LD_PRELOAD: "" };
const environmentOf = async (dinit: Dinit, service: string) =>
  await wordsOf(await dinit.pidOf(service), "environ");

for (const output of ["logfile = ../log\n", "log-type = buffer\n"]) {
  const name =
    `services start under a list of programs despite variables of the linker, and one line says so (${output.trim()})`;
  Deno.test({
    ...fromSources(name),
    fn: async () => {
      const service = `type = process\ncommand = /bin/sleep 1000\n${output}`;
      const boot = `${service}env-file = own\ndepends-on: other\n`;
      await using dinit = new Dinit({ boot, other: service, own: "LD_BIND_NOW=1\nA=1\n" });
      const permissions = [
        "--allow-run=/bin/sleep,deno",
        "--allow-read",
        `--allow-write=${dinit.directory}`,
        `--allow-net=unix:${dinit.socket}`,
        "--allow-env",
        "--allow-sys=uid,gid",
      ];
      dinit.start({ permissions, env: LINKER });
      await dinit.printed("[  OK  ] boot");
      const about = dinit.lines.filter((line) => line.includes("not passed to services"));
      assertEquals(about.length, 2, dinit.lines.join("\n"));
      for (const name of ["LD_LIBRARY_PATH", "ld_debug", "DYLD_X"]) assertStringIncludes(about[0], name);
      assertStringIncludes(about[0], "--allow-run");
      assert(about[1].includes("LD_BIND_NOW is not") && !about[1].includes("DYLD_X"), about[1]);
      const environment = await environmentOf(dinit, "boot");
      assertEquals(environment.filter((entry) => /^(LD_|DYLD_|ld_)/.test(entry)), ["LD_PRELOAD="]);
      assert(environment.includes("A=1"));
    },
  });
}

for (const host of ["native", "command"]) {
  Deno.test(`variables of the linker reach services if every program may be started (${host} host)`, async () => {
    await using dinit = new Dinit({ boot: "type = process\ncommand = /bin/sleep 1000\n" });
    dinit.start({ env: { LD_LIBRARY_PATH: "/opt/none", DYLD_X: "1" }, args: ["--host", host] });
    await dinit.printed("[  OK  ] boot");
    const environment = await environmentOf(dinit, "boot");
    assert(environment.includes("LD_LIBRARY_PATH=/opt/none") && environment.includes("DYLD_X=1"));
    assertEquals(dinit.lines, ["[  OK  ] boot"]);
  });
}
