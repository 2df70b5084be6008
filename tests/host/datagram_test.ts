/** Datagram sockets. The other end is a process of another program, as the system log is. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import { soon } from "../_patience.ts";
import { endOf, killUnlessEnded } from "../_processes.ts";
import { Datagrams, openLibrary, SystemCallError } from "../../src/host/mod.ts";

/** Receives datagrams and prints each as a line of its length and text; ends after the word `end`. */
const RECEIVER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
sys.stdin.readline()
while True:
    data = s.recv(10000)
    if data == b"end": break
    print(len(data), data[:20].decode("latin-1"), flush=True)
`;

interface Receiver extends AsyncDisposable {
  readonly path: string;
  /** Lets it receive to the end; returns what it received, line by line. */
  received(): Promise<string[]>;
}

async function receiver(): Promise<Receiver> {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-datagram-" });
  const path = `${directory}/log`;
  const child = new Deno.Command("python3", {
    args: ["-c", RECEIVER, path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const part = () => soon(reader.read(), "the receiver");
  for (let said = ""; !said.endsWith("\n");) said += (await part()).value ?? "\n"; // it is bound
  return {
    path,
    async received() {
      const writer = child.stdin.getWriter();
      await writer.write(new Uint8Array([10]));
      await writer.close();
      let text = "";
      for (let next = await part(); !next.done; next = await part()) text += next.value;
      await endOf(child);
      return text.split("\n").slice(0, -1);
    },
    async [Symbol.asyncDispose]() {
      killUnlessEnded(child);
      await endOf(child);
      await reader.cancel();
      await child.stdin.close().catch(() => {});
      Deno.removeSync(directory, { recursive: true });
    },
  };
}

/** A descriptor that is leaked each time can be distinguished from other open ones. */
const ATTEMPTS = 200;

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("each message is one datagram, with unchanged bytes", async () => {
  await using log = await receiver();
  const datagrams = new Datagrams(openLibrary());
  const fd = datagrams.connect(log.path);
  assertEquals(datagrams.send(fd, bytes("<29>dinit: first\n")), 0);
  assertEquals(datagrams.send(fd, new Uint8Array([0x41, 0xff, 0x42])), 0);
  assertEquals(datagrams.send(fd, bytes("end")), 0);
  assertEquals(await log.received(), ["17 <29>dinit: first", "", "3 A\u00ffB"]);
  datagrams.close(fd);
});

Deno.test("a reader that does not read blocks nothing", async () => {
  await using log = await receiver();
  const datagrams = new Datagrams(openLibrary());
  const fd = datagrams.connect(log.path);
  let errno = 0;
  for (let sent = 0; errno === 0 && sent < 100_000; sent++) errno = datagrams.send(fd, bytes("x"));
  assertEquals(errno, 11);
  datagrams.close(fd);
});

Deno.test("a missing reader is reported", async () => {
  const datagrams = new Datagrams(openLibrary());
  let fd: number;
  {
    await using log = await receiver();
    fd = datagrams.connect(log.path);
    datagrams.send(fd, bytes("end"));
    await log.received();
  }
  assertEquals(datagrams.send(fd, bytes("x")), 111);
  datagrams.close(fd);
});

Deno.test("no socket, no reader or a path that is too long gives the reason, and leaks no descriptor", () => {
  const directory = Deno.makeTempDirSync({ prefix: "dinit-datagram-" });
  const datagrams = new Datagrams(openLibrary());
  const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;
  const before = descriptors();
  Deno.listen({ transport: "unix", path: `${directory}/stream` }).close();
  for (
    const [path, errno] of [
      [`${directory}/none`, 2],
      [`/${"x".repeat(107)}`, 36],
      ["/dev/null", 111],
    ] as const
  ) {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const error = assertThrows(() => datagrams.connect(path), SystemCallError);
      assertEquals((error as SystemCallError).errno, errno, path);
    }
  }
  // Other tests open descriptors in this process at the same time, but fewer.
  assert(descriptors() < before + ATTEMPTS);
  Deno.removeSync(directory, { recursive: true });
});
