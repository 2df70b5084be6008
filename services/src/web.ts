/** Shows what the store holds as a web page. */

import { openPort, portSetting, run } from "./shared/program.ts";
import { StoreClient } from "./shared/store_client.ts";

run("web", async () => {
  const storePort = portSetting("STORE_PORT");
  const server = openPort("WEB_PORT", (port) => {
    const onListen = () => console.log(`showing the store on http://127.0.0.1:${port}/`);
    return Deno.serve({ hostname: "127.0.0.1", port, onListen }, (request) => respond(request, storePort));
  });
  await server.finished;
});

async function respond(request: Request, storePort: number): Promise<Response> {
  if (new URL(request.url).pathname !== "/") {
    return new Response("There is only one page: /\n", { status: 404 });
  }
  try {
    return page(200, table(await readStore(storePort)));
  } catch (error) {
    console.log(`no answer from the store: ${error instanceof Error ? error.message : error}`);
    return page(503, "<p>The store does not answer. This page tries again by itself.</p>");
  }
}

/** A new connection for each page: nothing to repair when the store was started again in between. */
async function readStore(port: number): Promise<[string, string][]> {
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
