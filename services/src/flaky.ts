/** Counts its runs in the store and fails after a random time, to show restarts. */

import { Failure, numberSetting, pause, run } from "./shared/program.ts";
import { StoreClient } from "./shared/store_client.ts";

run("flaky", async () => {
  const longest = numberSetting("FLAKY_LONGEST_MS", 10, 3_600_000);
  const store = await StoreClient.reach();
  const runs = 1 + Number(await store.get("flaky.runs") ?? 0);
  await store.set("flaky.runs", String(runs));
  store.close();
  const lifetime = Math.round(longest * Math.random());
  await pause(lifetime);
  throw new Failure(`run ${runs} failed on purpose after ${lifetime} ms`);
});
