/** The control socket over the life of a daemon: opened, lost, and opened again. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { SocketKeeper } from "../../src/daemon/socket_keeper.ts";
import type { ControlServer } from "../../src/control/mod.ts";
import { until } from "../_patience.ts";
import { testServer } from "../control/_server.ts";
import { Scene } from "./_scene.ts";

/** Keepers of sockets, which are closed at the end. */
class Keepers implements Disposable {
  readonly scene = new Scene();
  readonly path = `${this.scene.folder}/socket`;
  /** How often the socket may have been lost. */
  looks = 0;
  readonly #keepers: SocketKeeper[] = [];
  readonly #servers: ControlServer[] = [];

  keeper(path = this.path, { manager = false, system = false } = {}): SocketKeeper {
    const server = testServer([]);
    const options = { manager, system, lookAgain: () => void (this.looks += 1) };
    const keeper = new SocketKeeper(server, path, options, this.scene.log);
    this.#servers.push(server);
    this.#keepers.push(keeper);
    return keeper;
  }

  isSocket(path = this.path): boolean {
    try {
      return Deno.lstatSync(path).isSocket === true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    for (const keeper of this.#keepers) keeper.close();
    for (const server of this.#servers) server.disconnectAll();
    this.scene[Symbol.dispose]();
  }
}

Deno.test("the control socket is opened, and is gone when it is closed", async () => {
  using keepers = new Keepers();
  const keeper = keepers.keeper();
  assertEquals(await keeper.open(), true);
  assertEquals(keepers.isSocket(), true);
  keeper.close();
  assertEquals([keepers.isSocket(), keepers.scene.log.lines], [false, []]);
});

Deno.test("a daemon cannot do without its socket, and says why; the owner of a machine goes on", async () => {
  using keepers = new Keepers();
  const path = `${keepers.scene.folder}/none/socket`;
  assertEquals(await keepers.keeper(path).open(), false);
  assertEquals(await keepers.keeper(path, { manager: true, system: true }).open(), true);
  assertEquals(keepers.scene.log.lines.length, 2);
  for (const line of keepers.scene.log.lines) assertStringIncludes(line, "No such file or directory");
});

Deno.test("a socket that could not be opened at first is opened as soon as that is possible", async () => {
  using keepers = new Keepers();
  const path = `${keepers.scene.folder}/late/socket`;
  await keepers.keeper(path, { manager: true, system: true }).open();
  Deno.mkdirSync(`${keepers.scene.folder}/late`);
  await until(() => keepers.isSocket(path), "the socket");
  await until(() => keepers.scene.log.lines.length > 1, "the message");
  assertEquals(keepers.scene.log.lines.at(-1), `warn The control socket ${path} is open again`);
});

Deno.test("a socket that was removed is made again when somebody asks for it", async () => {
  using keepers = new Keepers();
  const keeper = keepers.keeper();
  await keeper.open();
  Deno.removeSync(keepers.path);
  await keeper.openAgain();
  assertEquals([keepers.isSocket(), keepers.looks, keepers.scene.log.lines], [true, 1, []]);
});

Deno.test("a socket that cannot be made again is told, and made when that is possible", async () => {
  using keepers = new Keepers();
  const { folder, log } = keepers.scene;
  Deno.mkdirSync(`${folder}/own`);
  const path = `${folder}/own/socket`;
  const keeper = keepers.keeper(path);
  await keeper.open();
  Deno.removeSync(`${folder}/own`, { recursive: true });
  await keeper.openAgain();
  assertEquals(log.lines.length, 1);
  Deno.mkdirSync(`${folder}/own`);
  await until(() => keepers.isSocket(path), "the socket");
});

Deno.test("a watched socket that is removed is noticed, and made again", async () => {
  using keepers = new Keepers();
  const listener = () => {};
  Deno.addSignalListener("SIGURG", listener); // by which the system tells of a watched file
  try {
    const keeper = keepers.keeper();
    await keeper.open();
    keeper.watch();
    keeper.wokenUp();
    assertEquals(keepers.scene.log.lines, [], "nothing has happened");
    Deno.removeSync(keepers.path);
    keeper.wokenUp();
    assertEquals(keepers.scene.log.lines, [
      `warn The control socket ${keepers.path} was removed; making it again`,
    ]);
    await until(() => keepers.isSocket(), "the socket");
  } finally {
    Deno.removeSignalListener("SIGURG", listener);
  }
});
