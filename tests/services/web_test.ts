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

Deno.test("web: shows the contents of the store, as text", () =>
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

Deno.test("web: reports a missing store, and shows it again when it is back", () =>
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

Deno.test("web: takes the next port if its own is in use, and prints both", () =>
  Example.with(async (example) => {
    using _other = Deno.listen({ hostname: "127.0.0.1", port: example.webPort });
    example.start("store");
    const web = example.start("web");
    const port = await until("the page on another port", async () => {
      for (let port = example.webPort + 1; port <= example.webPort + 20; port++) {
        const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
        if ((await response?.text())?.includes("<title>The store</title>")) return port;
      }
      return undefined;
    });
    const { stdout } = await web.stop();
    assertStringIncludes(stdout, `port ${example.webPort} is in use by another program\n`);
    assertStringIncludes(stdout, `showing the store on http://127.0.0.1:${port}/\n`);
  }));

Deno.test("web: says so when none of its ports is free", () =>
  Example.with(async (example) => {
    example.environment.WEB_PORT = "65535";
    using _other = tryToListen(65535);
    const { code, stderr } = await example.start("web").end();
    assertEquals(code, 1);
    const advice = "choose another WEB_PORT in services/environment";
    assertEquals(stderr, `web: port 65535 and those after it are in use (${advice})\n`);
  }, { prepare: false }));

/** Takes a port, unless another program has it. */
function tryToListen(port: number): Disposable {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return { [Symbol.dispose]: () => {} };
  }
}
