/**
 * The wire between the daemon and the programs that command it: the packets of the control protocol, the server that
 * the daemon runs, and the client of the tools (which import `client.ts` by itself, to start fast).
 *
 * @module
 */

export * from "../client/control_client.ts";
export type * from "./server/controlled_manager.ts";
export * from "./wire/decode.ts";
export * from "./wire/describe.ts";
export { encodePacket } from "./wire/encode.ts";
export { ControlSocketError, refuseActiveSocket } from "./server/listening_socket.ts";
export { ControlServer, type ControlServerOptions } from "./server/server.ts";
