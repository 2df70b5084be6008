/** The beginning of a 64-bit ELF file that names a dynamic linker; nothing that could run. */
export function binary(linker: string): Uint8Array<ArrayBuffer> {
  const [header, entry] = [64, 56];
  const text = new TextEncoder().encode(`${linker}\0`);
  const file = new Uint8Array(header + 2 * entry + text.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // an executable
  view.setUint16(18, Deno.build.arch === "aarch64" ? 183 : 62, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(32, BigInt(header), true);
  view.setUint16(52, header, true);
  view.setUint16(54, entry, true);
  view.setUint16(56, 2, true);
  view.setUint32(header, 6, true); // the program headers themselves
  view.setUint32(header + entry, 3, true); // the name of the linker
  view.setBigUint64(header + entry + 8, BigInt(header + 2 * entry), true);
  view.setBigUint64(header + entry + 32, BigInt(text.length), true);
  file.set(text, header + 2 * entry);
  return file;
}
