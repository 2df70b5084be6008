/** Bytes as text in saved documents: Base64, because most bytes of a reply would need six characters in JSON. */

/** The text of the bytes. */
export function byteText(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(binary);
}

/** The bytes of a text. Throws a `DOMException` if it is no such text. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
