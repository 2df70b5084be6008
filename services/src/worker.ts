/** Measures the machine at intervals and writes the results into the store. */

import { numberSetting, pause, run } from "./shared/program.ts";
import { keepUsing } from "./shared/store_client.ts";

run("worker", async () => {
  const interval = numberSetting("WORKER_INTERVAL_MS", 10, 3_600_000);
  let count = 0;
  await keepUsing(async (store) => {
    for (;;) {
      count++;
      await store.set("worker.load", Deno.loadavg()[0].toFixed(2));
      await store.set("worker.free-memory", `${Math.round(Deno.systemMemoryInfo().available / 1e6)} MB`);
      await store.set("worker.measurements", String(count));
      await pause(interval);
    }
  });
});
