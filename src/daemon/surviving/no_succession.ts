/** The succession of a daemon that ends with its program, as with the command host: nothing comes before or after it. */

import type { Succession } from "./succession.ts";
import { NO_SUCCESSOR } from "./refused_upgrade.ts";

/** What the daemon uses of `Succession`. */
export type AnySuccession = Pick<Succession, keyof Succession>;

/** Takes nothing over and leaves nothing. */
export const NO_SUCCESSION: AnySuccession = {
  inherit: () => Promise.resolve(true),
  unblock() {},
  recover() {},
  survive() {},
  watchTime() {},
  alive() {},
  fault() {},
  upgrade: () => Promise.resolve(NO_SUCCESSOR),
  end() {},
};
