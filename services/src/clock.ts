/** Writes the time of a time zone into the store, every second: `clock.ts UTC`. */

import { Failure, pause, run } from "./shared/program.ts";
import { keepUsing } from "./shared/store_client.ts";

run("clock", async () => {
  const zone = Deno.args[0] ?? "UTC";
  const format = timeFormat(zone);
  await keepUsing(async (store) => {
    for (;;) {
      await store.set(`clock.${zone}`, format.format(Date.now()));
      // Wait for the beginning of the next second.
      await pause(1000 - Date.now() % 1000);
    }
  });
});

function timeFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "medium" });
  } catch {
    throw new Failure(`there is no time zone '${timeZone}'`);
  }
}
