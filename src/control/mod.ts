/**
 * The wire between the daemon and the programs that command it: the packets of the control protocol, the server that
 * the daemon runs, and the client of the tools (which import `client.ts` by itself, to start fast).
 *
 * @module
 */

export * from "./client.ts";
export type * from "./controlled_manager.ts";
export * from "./decode.ts";
export * from "./describe.ts";
export { encodePacket } from "./encode.ts";
export { ControlSocketError, refuseActiveSocket } from "./listening_socket.ts";
export { ControlServer, type ControlServerOptions } from "./server.ts";
