/**
 * The connection between the daemon and the programs that command it: the packets of the control protocol (`wire/`) and
 * the server in the daemon (`server/`). The room `client` is the other end.
 *
 * @module
 */

export * from "./server/mod.ts";
export * from "./wire/decode.ts";
export * from "./wire/describe.ts";
export { encodePacket } from "./wire/encode.ts";
export * from "./wire/mod.ts";
