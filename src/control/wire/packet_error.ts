/** Bytes that are no packet, or a packet that cannot be encoded. */
export class PacketError extends Error {
  override readonly name = "PacketError";
}
