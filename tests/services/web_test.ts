import { assertEquals, assertStringIncludes } from "@std/assert";
import { Example, until } from "./_example.ts";

/** Fetches the page as soon as the server answers, until its status is the expected one. */
function page(example: Example, status: number, path = "/"): Promise<string> {
  return until(`web answers with status ${status}`, async () => {
    const response = await fetch(`http://127.0.0.1:${example.webPort}${path}`).catch(() => undefined);
    const text = await response?.text();
    return response?.status === status ? text : undefined;
  });
}

Deno.test("web: shows what the store holds, as text", () =>
  Example.with(async (example) => {
    example.start("store");
    example.start("web");
    await (await example.reachStore()).set("<b>bold</b>", "a & b");
    const html = await page(example, 200);
    assertStringIncludes(html, "<tr><th>&lt;b&gt;bold&lt;/b&gt;</th><td>a &amp; b</td></tr>");
    assertStringIncludes(html, "Hello from the service 'prepare'.");
    assertStringIncludes(html, `<meta http-equiv="refresh"`);
    assertEquals(await page(example, 404, "/favicon.ico"), "There is only one page: /\n");
  }));

Deno.test("web: says so while the store is away, and shows it again when it is back", () =>
  Example.with(async (example) => {
    const store = example.start("store");
    example.start("web");
    await (await example.reachStore()).set("mood", "calm");
    await page(example, 200);
    await store.stop();
    assertStringIncludes(await page(example, 503), "The store does not answer.");
    example.start("store");
    assertStringIncludes(await page(example, 200), "<td>calm</td>");
  }));

Deno.test("web: says which port is in use", () =>
  Example.with(async (example) => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: example.webPort });
    const { code, stderr } = await example.start("web").end();
    listener.close();
    assertEquals(code, 1);
    const port = example.webPort;
    assertEquals(stderr, `web: port ${port} is in use (choose another WEB_PORT in services/environment)\n`);
  }, { prepare: false }));
