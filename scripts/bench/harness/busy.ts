/** A program that uses all the processor time it gets. */
const LOOP = ["-c", "while :; do :; done"];
/** One for each of two processors. */
const LOOPS = 2;

/** Does work while two busy loops hold the processors, as other programs do during a boot. */
export async function whileBusy<Result>(work: () => Promise<Result>): Promise<Result> {
  const loops = Array.from(
    { length: LOOPS },
    () => new Deno.Command("/bin/sh", { args: LOOP, stdin: "null" }).spawn(),
  );
  try {
    return await work();
  } finally {
    for (const loop of loops) loop.kill("SIGKILL");
    await Promise.all(loops.map(({ status }) => status));
  }
}
