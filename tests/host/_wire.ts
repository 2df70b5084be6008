/** Values between a test and its host program: JSON, with maps, large integers and bytes. */

export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, value) => {
    if (value instanceof Map) return { $map: [...value] };
    if (typeof value === "bigint") return { $bigint: `${value}` };
    if (value instanceof Uint8Array) return { $bytes: [...value] };
    return value;
  });
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_key, value) => {
    if (value === null || typeof value !== "object") return value;
    if ("$map" in value) return new Map(value.$map);
    if ("$bigint" in value) return BigInt(value.$bigint);
    if ("$bytes" in value) return Uint8Array.from(value.$bytes);
    return value;
  });
}

/** The lines that come out of a connection. */
export async function* lines(connection: Deno.Conn): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65_536);
  let text = "";
  for (;;) {
    let count: number | null;
    try {
      count = await connection.read(buffer);
    } catch {
      return; // closed on this side
    }
    if (count === null) return;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
    const parts = text.split("\n");
    text = parts.pop()!;
    yield* parts;
  }
}
