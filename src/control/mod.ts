/**
 * The connection between the daemon and the programs that command it: the packets of the control protocol (`wire/`) and
 * the server in the daemon (`server/`). The room `client` is the other end.
 *
 * @module
 */

export type * from "./server/controlled_manager.ts";
export type * from "./server/event_source.ts";
export type * from "./server/own_sockets.ts";
export type { LastingStream } from "./server/lasting_stream.ts";
export type { Upgrade, UpgradeRequest } from "./server/session.ts";
export { ControlSocketError, refuseActiveSocket } from "./server/listening_socket.ts";
export { ControlServer, type ControlServerOptions } from "./server/server.ts";
export * from "./wire/decode.ts";
export * from "./wire/describe.ts";
export { encodePacket } from "./wire/encode.ts";
export * from "./wire/mod.ts";
