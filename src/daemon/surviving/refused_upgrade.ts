/** Why a daemon that ends with its program refuses an upgrade. */
export const NO_SUCCESSOR = "only a daemon with the native host can be upgraded (see dinit --help, --host)";
