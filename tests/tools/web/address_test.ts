/** Where dinit-web listens, and its token. */

import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { isOwnHost, webAddress } from "../../../src/tools/web/address.ts";
import { scanWebArguments } from "../../../src/tools/web/arguments.ts";
import { WebFailure } from "../../../src/tools/web/failure.ts";
import { hasToken, newToken, tokenOfFile } from "../../../src/tools/web/token.ts";

const address = (...args: string[]) => webAddress(scanWebArguments(args), "/run/dinitctl");

Deno.test("without --listen the socket is beside the control socket", () => {
  assertEquals(address(), { kind: "unix", path: "/run/dinitctl.web" });
  assertEquals(address("--listen=unix:/tmp/a:b"), { kind: "unix", path: "/tmp/a:b" });
});

Deno.test("a loopback address needs no certificate, and any other one does", () => {
  for (
    const [text, hostname] of [
      ["127.0.0.1:80", "127.0.0.1"],
      ["localhost:80", "127.0.0.1"],
      ["[::1]:80", "::1"],
      ["127.9.9.9:80", "127.9.9.9"],
    ]
  ) assertEquals(address("--listen", text), { kind: "tcp", hostname, port: 80, loopback: true });
  for (const text of ["0.0.0.0:80", "[::]:80", "192.168.1.1:80", "[fe80::1]:80"]) {
    const error = assertThrows(() => address("--listen", text), WebFailure);
    assert(/listen on 127\.0\.0\.1:80, or give --tls-cert and --tls-key$/.test(error.message), error.message);
    assertEquals(address("--listen", text, "--tls-cert=a", "--tls-key=b").kind, "tcp");
  }
});

Deno.test("a wrong command line is an error that says what to write", () => {
  for (
    const [args, text] of [
      [["--listen=80"], "unix:PATH, 127.0.0.1:PORT or [::1]:PORT, and not by 80"],
      [["--listen=example.org:80"], "and not by example.org:80"],
      [["--listen=127.0.0.1:70000"], "and not by"],
      [["--listen=unix:"], "needs the path"],
      [["--listen"], "--listen should be followed by WHERE"],
      [["--tls-cert=a"], "belong together"],
      [["--tls-cert=a", "--tls-key=b"], "a unix socket needs no --tls-cert"],
      [["--token=secret"], "unknown option: --token=secret"],
      [["boot"], "unexpected argument: boot"],
    ] as const
  ) assert(assertThrows(() => address(...args), WebFailure).message.includes(text), text);
});

Deno.test("on an address that others reach, a literal address is right, and a foreign name is not", () => {
  const open = address("--listen=0.0.0.0:443", "--tls-cert=a", "--tls-key=b");
  assert(isOwnHost(open, "192.168.1.5:443", []) && isOwnHost(open, "[fe80::1]:443", []));
  assert(!isOwnHost(open, "evil.example:443", []) && isOwnHost(open, "box.example", ["box.example"]));
});

Deno.test("tokens differ, and only the whole token is right", () => {
  const token = newToken();
  assert(/^[A-Za-z0-9_-]{43}$/.test(token), token);
  assertNotEquals(newToken(), token);
  assert(hasToken(`Bearer ${token}`, token) && hasToken(`bearer  ${token} `, token));
  for (
    const wrong of [
      null,
      "",
      token,
      `Bearer ${token}a`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token} ${token}`,
    ]
  ) {
    assert(!hasToken(wrong, token), String(wrong));
  }
});

Deno.test("a token file that others may read is refused, and a missing one is created for the user alone", () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-web-" });
  try {
    const path = `${directory}/token`;
    const token = tokenOfFile(path);
    assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
    assertEquals(tokenOfFile(path), token);
    for (const mode of [0o640, 0o604, 0o660, 0o620, 0o666, 0o601]) {
      Deno.chmodSync(path, mode);
      const error = assertThrows(() => tokenOfFile(path), WebFailure);
      assert(error.message.includes(`chmod 600 ${path}`) && !error.message.includes(token), error.message);
    }
    Deno.chmodSync(path, 0o400);
    assertEquals(tokenOfFile(path), token);
    Deno.chmodSync(path, 0o600);
    for (const text of ["", "\n", "two words\n", "ü\n", "two\nlines\n"]) {
      Deno.writeTextFileSync(path, text);
      assertThrows(() => tokenOfFile(path), WebFailure, "one line of ASCII", text);
    }
    assertThrows(() => tokenOfFile(directory), WebFailure, "no regular file");
    assertThrows(() => tokenOfFile(`${directory}/none/token`), WebFailure, "cannot create");
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
