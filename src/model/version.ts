/** The name and version of this program. */

/** The version of this program; the same as in `deno.json`. */
export const PRODUCT_VERSION = "0.1.0";

/** The release of the reference that this program is compatible with; scripts compare it. */
export const DINIT_VERSION = "0.22.1";

/** What `--version` adds on a terminal. Scripts compare the reference's text, which comes first. */
export const PRODUCT_TEXT = `dinit for Deno ${PRODUCT_VERSION}, compatible with dinit ${DINIT_VERSION}.\n`;
