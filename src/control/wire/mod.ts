/**
 * The packets of the control protocol, for both ends: their numbers, their layouts, and their encoding.
 *
 * @module
 */

export type { ByteStream } from "./byte_stream.ts";
export { ByteWriter } from "./byte_writer.ts";
export { ControlError, type ControlErrorFacts, type ControlErrorKind, readFailure } from "./control_error.ts";
export type * from "./documents.ts";
export { writePacket } from "./encode.ts";
export type * from "./layouts.ts";
export { layoutOf, statusFormOf } from "./layouts.ts";
export { PacketError } from "./packet_error.ts";
export { PacketReader } from "./packet_reader.ts";
export * from "./protocol.ts";
export {
  connectStream,
  isSocketPath,
  missingGrantText,
  openSocket,
  type OpenStream,
  requireSocketGrants,
} from "./socket_address.ts";
export { hasFailed, type StatusForm, type WireStatus } from "./status_buffer.ts";
