import { assertEquals, assertRejects } from "@std/assert";
import { buildModules, descriptionsOf } from "../../../src/cli/up/descriptions.ts";
import { prepareFolder } from "../../../src/cli/up/instance.ts";
import { ToolFailure } from "../../../src/cli/shared/failure.ts";
import { FakeIo } from "../_stand_in.ts";

Deno.test("services in TypeScript run where a description in their folder would, and a name may be there once", async () => {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "dinit up $-" }));
  const io = new FakeIo({ env: { DENO: Deno.execPath() } });
  const project = { root, path: "dinit.d", kind: "folder" } as const;
  try {
    Deno.mkdirSync(`${root}/dinit.d`);
    prepareFolder(root, undefined);
    assertEquals(await descriptionsOf(project, io), ["dinit.d"]);
    for (const name of ["a.env", "boot"]) Deno.writeTextFileSync(`${root}/dinit.d/${name}`, "");
    Deno.writeTextFileSync(
      `${root}/dinit.d/web.service.ts`,
      'import { defineService } from "@dinit/dinit/service";\n' +
        'export default defineService({ command: "x", "env-file": "-a.env", "waits-for.d": "b.d" });\n' +
        'export const other = defineService({ command: "x", "env-file": "/dev/null", "working-dir": "/" });\n',
    );
    Deno.mkdirSync(`${root}/dinit.d/b.d`);
    assertEquals(await descriptionsOf(project, io), [".dinit/services", "dinit.d"]);
    const text = (name: string) =>
      Deno.readTextFileSync(`${root}/.dinit/services/${name}`).split("\n").slice(2);
    const folder = `"${root.replaceAll("$", "$$$$")}/dinit.d"`;
    assertEquals(text("web"), [
      "type = process",
      `working-dir = ${folder}`,
      "command = x",
      `env-file = -${folder}/a.env`,
      `waits-for.d = ${folder}/b.d`,
      "",
    ]);
    assertEquals(text("other"), [
      "type = process",
      "working-dir = /",
      "command = x",
      "env-file = /dev/null",
      "",
    ]);
    assertEquals([...Deno.readDirSync(`${root}/.dinit/services`)].map(({ name }) => name).sort(), [
      "other",
      "web",
    ]);

    Deno.writeTextFileSync(`${root}/dinit.d/web`, "type = internal\n");
    const error = await assertRejects(() => buildModules(project, io), ToolFailure);
    assertEquals(error.message.includes("the service 'web' is also in "), true, error.message);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
