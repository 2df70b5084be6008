/**
 * The daemon's end of the control protocol, with as much of the packets as it needs itself.
 *
 * @module
 */

export type * from "./controlled_manager.ts";
export type * from "./event_source.ts";
export type * from "./own_sockets.ts";
export type { LastingStream } from "./lasting_stream.ts";
export type { Rotate, Upgrade, UpgradeRequest } from "./session.ts";
export { ControlSocketError, refuseActiveSocket } from "./listening_socket.ts";
export { ControlServer, type ControlServerOptions } from "./server.ts";
