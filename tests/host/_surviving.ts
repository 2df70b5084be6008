/** Tests of a host whose program is replaced in the same process. */

import { TestHost } from "./_host.ts";

/** A test with a host that saves its state in a file. */
export function surviving(name: string, test: (host: TestHost, state: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = Deno.makeTempDirSync();
    const state = `${folder}/state`;
    try {
      await using host = await TestHost.start("native", { host: { state } });
      await test(host, state);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}
