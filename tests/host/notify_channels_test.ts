/** The sockets on which processes send messages about their state. */

import { assertEquals } from "@std/assert";
import { NotifyChannels, type NotifyContext } from "../../src/host/notify/notify_channels.ts";
import { Files, openLibrary } from "../../src/host/mod.ts";
import { NO_STATE_STORE } from "../../src/model/saving.ts";
import { decodeBytes } from "../../src/model/mod.ts";
import { BootTime, Poller } from "../../src/system/mod.ts";
import { NotifySockets } from "../../src/system/watching_health.ts";
import { outputOf } from "../_processes.ts";

const SEND = `use Socket; socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die;
send($s, $_, 0, pack_sockaddr_un($ARGV[0])) or die for ("one", "two");`;

Deno.test("a message stays in its socket until what follows from it is saved, so a fault does not lose it", async () => {
  const folder = Deno.makeTempDirSync();
  const library = openLibrary();
  const sockets = new NotifySockets(library);
  const files = new Files(library);
  const fd = sockets.bind(`${folder}/socket`);
  try {
    const seen: string[] = [];
    /** The message that another program would find after a fault. */
    const waiting = () => {
      const message = sockets.look(fd);
      return message === undefined ? "none" : decodeBytes(message.bytes);
    };
    const context = {
      library,
      files,
      poller: new Poller(library),
      clock: new BootTime(library, files),
      store: {
        ...NO_STATE_STORE,
        step<T>(work: () => T): T {
          const result = work();
          seen.push(`saved while "${waiting()}" waits`);
          return result;
        },
      },
      table: { inRole: () => undefined, find: () => undefined },
      ownIds: { uid: 0, gid: 0 },
      notifyFolder: () => folder,
    } as unknown as NotifyContext; // all that the reading of messages uses
    const channels = new NotifyChannels(context);
    channels.restore(1, fd, { uid: 0, gid: 0, group: undefined, named: undefined });
    assertEquals((await outputOf("perl", { args: ["-e", SEND, `${folder}/socket`] })).code, 0);
    channels.read(1, ({ kind }) => seen.push(kind));
    assertEquals(seen, ["refused", 'saved while "one" waits', "refused", 'saved while "two" waits']);
    assertEquals(waiting(), "none");
  } finally {
    files.close(fd);
    Deno.removeSync(folder, { recursive: true });
  }
});
