/** Log files in folders where others can put files: a daemon must not write where it did not mean to. */

import { assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { LaunchStage } from "../../src/model/mod.ts";
import { fileOutput, KINDS, plan, TestHost } from "./_host.ts";

const EPERM = 1;
const ELOOP = 40;
const NOBODY = 65534;

for (const kind of KINDS) {
  Deno.test(`${kind} host: a log file is not written through a link if others can add files`, async () => {
    await using host = await TestHost.start(kind);
    const { folder } = host;
    Deno.writeTextFileSync(`${folder}/precious`, "precious");
    Deno.mkdirSync(`${folder}/shared`);
    Deno.symlinkSync("../precious", `${folder}/shared/log`);
    for (const mode of [0o777, 0o1777]) {
      Deno.chmodSync(`${folder}/shared`, mode);
      await host.launch(plan(["echo", "text"], { output: fileOutput(`${folder}/shared/log`) }));
      assertEquals(await host.failure(), [LaunchStage.LOG_FILE, ELOOP]);
    }
    Deno.linkSync(`${folder}/precious`, `${folder}/shared/other`);
    await host.launch(plan(["echo", "text"], { output: fileOutput(`${folder}/shared/other`) }));
    assertEquals(await host.failure(), [LaunchStage.LOG_FILE, EPERM]);
    assertEquals(Deno.readTextFileSync(`${folder}/precious`), "precious");
    await host.run(["echo", "text"], { output: fileOutput(`${folder}/shared/new`) });
    assertEquals(Deno.readTextFileSync(`${folder}/shared/new`), "text\n");
    Deno.chmodSync(`${folder}/shared`, 0o755);
    await host.run(["echo", " text"], { output: fileOutput(`${folder}/shared/log`) });
    assertEquals(Deno.readTextFileSync(`${folder}/precious`), "precious text\n");
  });

  Deno.test({
    ...rootOnly(
      `${kind} host: a log file of another user is written only in that user's folder, or for that user`,
      "makes files of another user",
    ),
    async fn() {
      await using host = await TestHost.start(kind);
      const { folder } = host;
      const path = `${folder}/shared/log`;
      Deno.mkdirSync(`${folder}/shared`);
      Deno.writeTextFileSync(path, "");
      const run = (uid?: number) => host.run(["echo", "text"], { output: fileOutput(path, { uid }) });
      Deno.chmodSync(`${folder}/shared`, 0o1777);
      Deno.chownSync(path, NOBODY, NOBODY);
      await host.launch(plan(["echo", "text"], { output: fileOutput(path) }));
      assertEquals(await host.failure(), [LaunchStage.LOG_FILE, EPERM]);
      await run(NOBODY);
      Deno.chmodSync(`${folder}/shared`, 0o755);
      Deno.chownSync(`${folder}/shared`, NOBODY, NOBODY);
      await run();
      assertEquals(Deno.readTextFileSync(path), "text\ntext\n");
    },
  });
}
