/**
 * Keeps values by name, in memory and in a file. The file `store.port` beside it contains the port. Clients send lines
 * over TCP:
 *
 *     SET key value      OK
 *     GET key            VALUE value, or NONE
 *     LIST               ITEM key value, for each key; then END
 *     WATCH              OK; then CHANGED key value, for each change from then on: nothing else is asked there
 *
 * The reply to any other line begins with ERROR. A value may contain spaces, a key may not.
 */

import { receivedLines, sendLine } from "./shared/lines.ts";
import { Failure, openPort, replaceFile, run, setting } from "./shared/program.ts";
import { portFile } from "./shared/store_client.ts";

/** The store disconnects a watcher with this many unread changes, so that they do not fill the memory. */
const MOST_UNREAD = 1000;

/** The system chooses a free port. */
const ANY_PORT = 0;

interface Client {
  readonly connection: Deno.TcpConn;
  /** Changes that were sent and not yet read. */
  unread: number;
}

run("store", async () => {
  const file = `${setting("DATA_DIR")}/store.json`;
  const listener = openPort("STORE_PORT", [ANY_PORT], (port) => Deno.listen({ hostname: "127.0.0.1", port }));
  const values = load(file);
  replaceFile(portFile(), `${listener.addr.port}\n`);
  const watchers = new Set<Client>();
  console.log(`listening on port ${listener.addr.port} with ${values.size} values`);

  function set(key: string, value: string): string {
    values.set(key, value);
    replaceFile(file, JSON.stringify(Object.fromEntries(values), undefined, 2) + "\n");
    for (const watcher of watchers) {
      if (watcher.unread < MOST_UNREAD) tell(watcher, `CHANGED ${key} ${value}`);
      else watcher.connection[Symbol.dispose]();
    }
    return "OK";
  }

  async function tell(watcher: Client, line: string): Promise<void> {
    watcher.unread++;
    await sendLine(watcher.connection, line).catch(() => watchers.delete(watcher));
    watcher.unread--;
  }

  function answer(line: string, client: Client): string {
    const [command, key, ...words] = line.split(" ");
    if (command === "SET" && key && words.length > 0) return set(key, words.join(" "));
    if (command === "GET" && key) return values.has(key) ? `VALUE ${values.get(key)}` : "NONE";
    if (command !== "WATCH") return "ERROR say SET key value, GET key, LIST or WATCH";
    watchers.add(client);
    return "OK";
  }

  async function serve(connection: Deno.TcpConn): Promise<void> {
    const client: Client = { connection, unread: 0 };
    try {
      for await (const line of receivedLines(connection)) {
        if (line === "LIST") {
          for (const [key, value] of values) await sendLine(connection, `ITEM ${key} ${value}`);
        }
        await sendLine(connection, line === "LIST" ? "END" : answer(line, client));
      }
    } catch (error) {
      console.log(`a connection ended: ${error instanceof Error ? error.message : error}`);
    } finally {
      watchers.delete(client);
      connection[Symbol.dispose]();
    }
  }

  for await (const connection of listener) serve(connection);
});

/** Reads the values of an earlier run. */
function load(file: string): Map<string, string> {
  try {
    return new Map(Object.entries(JSON.parse(Deno.readTextFileSync(file))));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Map();
    if (error instanceof SyntaxError) throw new Failure(`${file} is damaged (${error.message})`);
    throw error;
  }
}
