/** Lines of text over TCP. */

const encoder = new TextEncoder();

/** The longest line, in characters. Without a limit a client could fill the memory. */
const LONGEST_LINE = 4096;

/** Sends one line. Line ends in the text become spaces, because they would make several lines. */
export async function sendLine(connection: Deno.TcpConn, line: string): Promise<void> {
  const bytes = encoder.encode(line.replaceAll(/[\r\n]+/g, " ") + "\n");
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/** The lines that arrive, without line ends, until the other side closes or sends a line that is too long. */
export async function* receivedLines(connection: Deno.TcpConn): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let rest = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return;
    const lines = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.replace(/\r$/, "");
    if (rest.length > LONGEST_LINE) return;
  }
}
