/** The example of `examples/user-session`. */

import { outputOf } from "../_processes.ts";
import { assertEquals } from "@std/assert";
import { dinitCommand, ROOT } from "../e2e/_dinit.ts";

const SERVICES = `${ROOT}examples/user-session/dinit.d`;

/** The descriptions, without the directories. */
function descriptions(): string[] {
  return [...Deno.readDirSync(SERVICES)].filter(({ isFile }) => isFile).map(({ name }) => name).sort();
}

/** The names in a directory of services that are switched on. */
function enabled(directory: string): string[] {
  return [...Deno.readDirSync(`${SERVICES}/${directory}`)].map(({ name }) => name);
}

Deno.test("dinit check finds nothing wrong with any description, except for programs that are not installed", async () => {
  const [program, ...args] = dinitCommand(["check", "--json", "-d", SERVICES, ...descriptions()]);
  const home = Deno.makeTempDirSync({ prefix: "dinit-home-" });
  const { stdout } = await outputOf(program, {
    args,
    env: { HOME: home, XDG_RUNTIME_DIR: "/run/user/1000" },
  }).finally(() => Deno.removeSync(home, { recursive: true }));
  const findings = JSON.parse(new TextDecoder().decode(stdout)) as { severity: string; message: string }[];
  const others = findings.filter(({ severity, message }) =>
    severity !== "note" &&
    !/^could not stat command executable '\/usr\/bin\/[\w-]+': No such file or directory$/.test(message)
  );
  assertEquals(others, []);
});

Deno.test("every enabled service exists", () => {
  const names = descriptions();
  for (const name of [...enabled("boot.d"), ...enabled("graphical.d")]) {
    assertEquals(names.includes(name), true, name);
  }
});
