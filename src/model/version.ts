/** Who this program is. */

/** The version of this program; the same as in `deno.json`. */
export const PRODUCT_VERSION = "0.1.0";

/** The release of the reference whose behaviour this program has: scripts compare it. */
export const DINIT_VERSION = "0.22.1";

/** The last line of every `--version`; the first one is the reference's. */
export const PRODUCT_TEXT = `dinit for Deno ${PRODUCT_VERSION}, compatible with dinit ${DINIT_VERSION}.\n`;
