/** Bytes that are no packet, or a packet that no bytes can hold. */
export class PacketError extends Error {
  override readonly name = "PacketError";
}
