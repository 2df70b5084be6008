import { assertEquals } from "@std/assert";
import { Compressor } from "../../src/rotation/mod.ts";

async function unpacked(path: string): Promise<string> {
  const file = await Deno.open(path);
  return await new Response(file.readable.pipeThrough(new DecompressionStream("gzip"))).text();
}

Deno.test("a log that is rotated while its archives are compressed keeps every archive", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const log = `${folder}/web.log`;
    Deno.writeTextFileSync(`${log}.1`, "newer\n");
    Deno.writeTextFileSync(`${log}.2`, "older\n");
    const problems: unknown[] = [];
    const compressor = new Compressor(log, {
      create: (path) => Deno.openSync(path, { write: true, createNew: true }),
      report: (problem) => problems.push(problem),
    });
    compressor.wake(); // it has chosen an archive, and has not opened it
    Deno.renameSync(`${log}.2`, `${log}.3`);
    Deno.renameSync(`${log}.1`, `${log}.2`);
    Deno.writeTextFileSync(`${log}.1`, "newest\n");
    await compressor.finish();
    assertEquals(problems, []);
    assertEquals(await unpacked(`${log}.3.gz`), "older\n");
    assertEquals(await unpacked(`${log}.2.gz`), "newer\n");
    assertEquals(Deno.readTextFileSync(`${log}.1`), "newest\n");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
