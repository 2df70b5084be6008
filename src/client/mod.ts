/**
 * The client's end of the control protocol, in packets: what every tool loads first. Programs use `library.ts`.
 *
 * @module
 */

export {
  ControlClient,
  type PacketDirection,
  type RequestOptions,
  type SingleRequest,
} from "./control_client.ts";
export * from "../control/wire/mod.ts";
export {
  controlSocketPath,
  effectiveMode,
  INSTANCE_FOLDER,
  INSTANCE_SOCKET,
  type Mode,
  passwdHome,
  projectSocket,
  type SocketOptions,
} from "./socket_path.ts";
