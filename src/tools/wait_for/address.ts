/** Where `dinit wait-for` connects to. */

/** The options of a connection. */
export type Address = Deno.ConnectOptions | Deno.UnixConnectOptions;

/** Reads `tcp:HOST:PORT` or `unix:PATH`; `undefined` for anything else. */
export function parseAddress(text: string): Address | undefined {
  const path = /^unix:(.+)$/s.exec(text)?.[1];
  if (path !== undefined) return { transport: "unix", path };
  const [, bracketed, plain, digits] = /^tcp:(?:\[([^\]]+)\]|([^:[\]]+)):([0-9]{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  return port >= 1 && port <= 65535 ? { transport: "tcp", hostname: bracketed ?? plain, port } : undefined;
}
