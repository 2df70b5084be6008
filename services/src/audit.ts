/**
 * Follows the changes in the store and writes a digest of them to a file: how often each key changed, and its last
 * value.
 */

import { replaceFile, run, setting } from "./shared/program.ts";
import { keepUsing } from "./shared/store_client.ts";

run("audit", async () => {
  const file = `${setting("DATA_DIR")}/audit.txt`;
  const changes = new Map<string, { count: number; last: string }>();
  await keepUsing(async (store) => {
    for await (const [key, last] of store.watch()) {
      changes.set(key, { count: (changes.get(key)?.count ?? 0) + 1, last });
      replaceFile(file, digest(changes));
    }
  });
});

/** One line per key, such as `worker.load changed 12 times, last to 0.35`. */
function digest(changes: Map<string, { count: number; last: string }>): string {
  const lines = Array.from(
    changes,
    ([key, { count, last }]) => `${key} changed ${count} times, last to ${last}\n`,
  );
  return lines.sort().join("");
}
