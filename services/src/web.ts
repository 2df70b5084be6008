/** Shows the contents of the store as a web page. */

import { Failure, openPort, portSetting, run } from "./shared/program.ts";
import { StoreClient, storePort } from "./shared/store_client.ts";

/** How many ports after the wanted one to try in turn: few enough for a person to try by hand, too. */
const MORE_PORTS = 20;

run("web", async () => {
  const first = portSetting("WEB_PORT");
  const others = Array.from({ length: MORE_PORTS }, (_, index) => first + 1 + index).filter((port) =>
    port < 65536
  );
  const server = openPort("WEB_PORT", others, (port) => {
    const onListen = () => console.log(`showing the store on http://127.0.0.1:${port}/`);
    return Deno.serve({ hostname: "127.0.0.1", port, onListen }, respond);
  });
  await server.finished;
});

async function respond(request: Request): Promise<Response> {
  if (new URL(request.url).pathname !== "/") {
    return new Response("There is only one page: /\n", { status: 404 });
  }
  try {
    return page(200, table(await readStore()));
  } catch (error) {
    console.log(`no answer from the store: ${error instanceof Error ? error.message : error}`);
    return page(503, "<p>The store does not answer. This page tries again automatically.</p>");
  }
}

/** Each page opens a new connection, so a restart of the store does no harm. */
async function readStore(): Promise<[string, string][]> {
  const port = storePort();
  if (port === undefined) throw new Failure("it has no port");
  const store = await StoreClient.connect(port);
  try {
    return await store.list();
  } finally {
    store.close();
  }
}

function table(items: [string, string][]): string {
  const rows = items.toSorted().map(([key, value]) =>
    `<tr><th>${escape(key)}</th><td>${escape(value)}</td></tr>`
  );
  return `<table>\n${rows.join("\n")}\n</table>`;
}

function page(status: number, body: string): Response {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="1">
<title>The store</title>
<style>body { font-family: sans-serif; margin: 2em } th { text-align: left; padding-right: 2em }</style>
</head>
<body>
<h1>The store</h1>
${body}
</body>
</html>
`;
  return new Response(html, { status, headers: { "content-type": "text/html; charset=utf-8" } });
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
