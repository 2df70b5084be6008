/** The calls that a takeover needs, with real processes and descriptors. */

import { assertEquals, assertThrows } from "@std/assert";
import {
  Files,
  Interest,
  MemoryFiles,
  openLibrary,
  Poller,
  Sockets,
  SystemCallError,
} from "../../src/system/mod.ts";
import { ALL_SIGNALS, OwnDescriptors, ProcessHandles, SignalMask } from "../../src/system/surviving.ts";

const library = openLibrary();
const files = new Files(library);
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const F_DUPFD_CLOEXEC = 1030;

Deno.test("a file in memory keeps what is written at each place, and loses what is cut off", () => {
  const memory = new MemoryFiles(library);
  const fd = memory.create("a test", { sealable: true });
  try {
    memory.writeAt(fd, encoder.encode("end"), 10);
    memory.writeAt(fd, encoder.encode("begin"), 0);
    const bytes = new Uint8Array(64);
    assertEquals(memory.readAt(fd, bytes, 0), 13);
    assertEquals(decoder.decode(bytes.subarray(0, 13)), "begin\0\0\0\0\0end");
    memory.resize(fd, 2);
    assertEquals(memory.readAt(fd, bytes, 0), 2);
    assertEquals(Deno.readLinkSync(`/proc/self/fd/${fd}`), "/memfd:a test (deleted)");
  } finally {
    files.close(fd);
  }
  assertThrows(() => memory.writeAt(-1, encoder.encode("x"), 0), SystemCallError);
});

Deno.test("the list of own descriptors says which of them stay open when the program is replaced", () => {
  const descriptors = new OwnDescriptors(library);
  // The runtime's threads open files meanwhile. They get the smallest numbers that are free, so never these.
  const large = (from: number) => library.check("fcntl", library.symbols.fcntl(0, F_DUPFD_CLOEXEC, from));
  const [one, other] = [large(4000), large(4000)];
  const inList = (fd: number) => descriptors.list().find((own) => own.fd === fd)?.passesExec;
  try {
    assertEquals(inList(one), false);
    descriptors.setPassesExec(one, true);
    assertEquals([inList(one), inList(other)], [true, false]);
    descriptors.setPassesExec(one, false);
    assertEquals(inList(one), false);
  } finally {
    files.close(one);
    files.close(other);
  }
  assertEquals([inList(one), descriptors.isOpen(one), descriptors.isOpen(0)], [undefined, false, true]);
});

Deno.test("a thread blocks all signals that can be blocked, and then exactly those from before", () => {
  const mask = new SignalMask(library);
  const blocked = () =>
    BigInt(`0x${/^SigBlk:\s*(\w+)$/m.exec(Deno.readTextFileSync("/proc/thread-self/status"))![1]}`);
  const own = blocked();
  const before = mask.set(ALL_SIGNALS);
  const all = blocked();
  mask.set(before);
  assertEquals([before, blocked()], [own, own]);
  const bit = (signal: number) => 1n << BigInt(signal - 1);
  // SIGKILL and SIGSTOP, and two that the C library reserves
  assertEquals(all, ALL_SIGNALS & ~(bit(9) | bit(19) | bit(32) | bit(33)));
});

Deno.test("a handle of a process tells its end, takes signals, and gives descriptors of it", async () => {
  const handles = new ProcessHandles(library);
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "null" }).spawn();
  const handle = handles.open(child.pid)!;
  const poller = new Poller(library);
  try {
    const input = handles.descriptor(handle, 0);
    assertEquals(Deno.readLinkSync(`/proc/self/fd/${input}`), Deno.readLinkSync(`/proc/${child.pid}/fd/0`));
    files.close(input);
    assertEquals(handles.signal(handle, 0), 0);
    assertEquals(handles.exit(handle), undefined);
    const ended = new Promise<void>((resolve) => {
      const watch = poller.watch(handle, Interest.READ, () => (watch.end(), resolve()));
    });
    assertEquals(handles.signal(handle, 15), 0);
    await ended;
    await child.status;
    assertEquals(handles.signal(handle, 0), 3); // ESRCH
    const exit = handles.exit(handle);
    const known = exit !== undefined; // from Linux 6.15 on
    if (known) assertEquals(exit, { kind: "killed", signal: 15, core: false });
  } finally {
    files.close(handle);
    poller.close();
    await child.stdin.close().catch(() => {});
  }
  assertEquals(handles.open(child.pid), undefined);
});

Deno.test("a listening socket accepts connections and knows its path", async () => {
  const sockets = new Sockets(library);
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  const listener = sockets.create();
  try {
    assertEquals(sockets.pathOf(listener), "");
    sockets.bind(listener, path);
    sockets.listen(listener, 1);
    assertEquals(sockets.pathOf(listener), path);
    assertEquals(sockets.accept(listener), undefined);
    const client = await Deno.connect({ transport: "unix", path });
    const accepted = sockets.accept(listener)!;
    await client.write(encoder.encode("hello"));
    const bytes = new Uint8Array(8);
    assertEquals(decoder.decode(bytes.subarray(0, files.read(accepted, bytes))), "hello");
    client.close();
    files.close(accepted);
  } finally {
    files.close(listener);
    await Deno.remove(folder, { recursive: true });
  }
});
