/** The library against the real server, whose manager is scripted by a test. */

import { type Client, connect } from "../../src/client/library.ts";
import { ServiceEvent } from "../../src/model/mod.ts";
import { FakeManager, STARTED } from "../control/_fake_manager.ts";
import { type Scene, soon, testServer, until, withServer } from "../control/_server.ts";

export { FakeManager, soon, STARTED, testServer, until };
export type { Scene };

/** A scene with the library in it. */
export interface LibraryScene extends Scene {
  readonly library: Client;
}

/** A test against a server; the connection must survive it. */
export function scene(name: string, test: (scene: LibraryScene) => Promise<void>): void {
  Deno.test(name, () =>
    withServer(async (all) => {
      using library = await connect({ socketPath: all.path });
      await test({ ...all, library });
      // A reply to this shows that the daemon has not ended the connection because of a bad request.
      await soon(library.services(), "a reply after the test");
    }));
}

/** The service reaches a state, and the daemon notifies its listeners. */
export function started(manager: FakeManager, name: string): void {
  manager.emit(name, ServiceEvent.STARTED, STARTED);
}

/** The service stops. */
export function stopped(manager: FakeManager, name: string): void {
  manager.emit(name, ServiceEvent.STOPPED, { state: 0, target: 0, explicit: false });
}
