/** What `dinit --version` prints (daemon and init 1.6). */

import { DINIT_VERSION, PRODUCT_TEXT } from "../model/mod.ts";

/** What the reference can be built with, by the names that it gives; packagers and scripts look for them. */
const FEATURES = "cgroups utmp supplemental-groups capabilities io-priority oom-score-adjust";

/** The text of `--version`. */
export function versionText(atTerminal: boolean): string {
  const text = `Dinit version ${DINIT_VERSION}.\nSupported features: ${FEATURES}\n`;
  return atTerminal ? text + PRODUCT_TEXT : text;
}
