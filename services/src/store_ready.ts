/** Exits successfully as soon as the store can be reached. */

import { run } from "./shared/program.ts";
import { StoreClient } from "./shared/store_client.ts";

run("store-ready", async () => {
  const store = await StoreClient.reach();
  store.close();
});
