/** Who may use the daemon over a port, and what wrong requests are told. */

import { assert, assertEquals } from "@std/assert";
import { HOST, scene, TOKEN } from "./_web.ts";

/** The status and the code of an answer. */
async function told(response: Response): Promise<string> {
  const { error } = await response.json();
  assert(typeof error.message === "string" && error.message !== "");
  return `${response.status} ${error.code}`;
}

scene("a request without the token, or with another one, learns nothing", async ({ ask }) => {
  const wrong = [
    undefined,
    "",
    "Bearer",
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    TOKEN,
    `Basic ${TOKEN}`,
  ];
  for (const authorization of wrong) {
    for (const path of ["/api/v1/services", "/metrics", "/api/v1/nothing", "/nothing", "/api/v1/events"]) {
      const response = await ask(path, { headers: { authorization } });
      assertEquals(response.headers.get("www-authenticate"), "Bearer");
      assertEquals(await told(response), "401 no-token", `${authorization} ${path}`);
    }
    assertEquals(
      await told(await ask("/api/v1/services/web/stop", { method: "POST", headers: { authorization } })),
      "401 no-token",
    );
  }
  assertEquals(
    (await ask("/api/v1/services", { headers: { authorization: `bearer ${TOKEN}` } })).status,
    200,
  );
});

scene("the files of the page and /healthz need no token", async ({ ask }) => {
  for (const path of ["/", "/app.js", "/style.css", "/healthz"]) {
    assertEquals((await ask(path, { headers: { authorization: undefined } })).status, 200, path);
  }
});

scene(
  "a request that names another host is refused, so that a foreign name cannot lead here",
  async ({ ask }) => {
    for (
      const host of [
        "evil.example",
        "evil.example:8080",
        "127.0.0.1.evil.example",
        "10.0.0.1:8080",
        "[::2]:8080",
        "",
        "a:b:c",
      ]
    ) {
      for (const path of ["/", "/api/v1/services", "/healthz"]) {
        assertEquals(await told(await ask(path, { headers: { host } })), "421 wrong-host", `${host} ${path}`);
      }
    }
    for (const host of [HOST, "localhost:8080", "LOCALHOST", "[::1]:8080", "127.0.0.1:9000"]) {
      assertEquals((await ask("/", { headers: { host } })).status, 200, host);
    }
  },
);

scene("names of the command line are right, too", async ({ ask }) => {
  assertEquals((await ask("/", { headers: { host: "Box.example:8080" } })).status, 200);
  assertEquals((await ask("/", { headers: { host: "other.example" } })).status, 421);
}, { rules: { hosts: ["box.example"] } });

scene("a request from a page of another server is refused, even with the token", async ({ ask, manager }) => {
  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:9999", "https://localhost:8080"]) {
    const post = await ask("/api/v1/services/web/start", { method: "POST", headers: { origin } });
    assertEquals(await told(post), "403 wrong-origin", origin);
    assertEquals(await told(await ask("/", { headers: { origin } })), "403 wrong-origin", origin);
  }
  assertEquals(manager.calls, []);
  assertEquals((await ask("/", { headers: { origin: `http://${HOST}` } })).status, 200);
});

scene("an unknown path is 404, and a wrong method 405 with the right ones", async ({ ask }) => {
  for (
    const path of [
      "/nothing",
      "/api/v1",
      "/api/v1/services/",
      "/api/v1/services/a/b",
      "/api/v2/services",
      "/../app.js/x",
    ]
  ) {
    assertEquals(await told(await ask(path)), "404 not-found", path);
  }
  for (
    const [method, path, allow] of [
      ["POST", "/api/v1/services", "GET, HEAD"],
      ["GET", "/api/v1/services/web/start", "POST"],
      ["DELETE", "/api/v1/services/web/start", "POST"],
      ["OPTIONS", "/api/v1/services", "GET, HEAD"],
      ["PUT", "/", "GET, HEAD"],
      ["POST", "/metrics", "GET, HEAD"],
    ]
  ) {
    const response = await ask(path, { method });
    assertEquals(response.headers.get("allow"), allow);
    assertEquals(await told(response), "405 wrong-method", `${method} ${path}`);
  }
});

scene("with --read-only nothing can be changed", async ({ ask, manager, get }) => {
  for (const word of ["start", "stop", "restart", "trigger"]) {
    assertEquals(await told(await ask(`/api/v1/services/web/${word}`, { method: "POST" })), "403 read-only");
  }
  assertEquals(manager.calls, []);
  assertEquals((await get("/api/v1/services")).readOnly, true);
}, { rules: { readOnly: true } });

scene("every answer has the headers that protect the page", async ({ ask }) => {
  for (const path of ["/", "/app.js", "/api/v1/services", "/nothing", "/metrics", "/healthz"]) {
    const { headers } = await ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    assert(policy.includes("default-src 'none'") && policy.includes("frame-ancestors 'none'"), path);
    assert(!policy.includes("unsafe"), path);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    assertEquals(headers.get("access-control-allow-origin"), null);
  }
  const page = await (await ask("/")).text();
  assert(
    !/<script(?![^>]* src=)[^>]*>|<style|style=|\son\w+=/.test(page),
    "the page has code or style in it",
  );
  assert(!/https?:\/\//.test(page), "the page names another server");
});
