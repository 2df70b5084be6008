/**
 * Runs in a copy of the program with the additions of `_additions.ts`: uses them, and prints what came of it as JSON.
 * It compiles without them, too.
 */

import { serviceInfo } from "../../src/client/service_info.ts";
import { printDescription } from "../../src/description/mod.ts";
import { ServiceState } from "../../src/model/mod.ts";
import { withFiles } from "../engine/_descriptions.ts";

const FILES = {
  a: "type = once⏎command = /bin/a⏎stop-command = /bin/b⏎start-timeout = 0⏎",
  p: "type = process⏎command = /bin/p⏎grace-time = 1.5⏎depends-on = a⏎",
  bad: "type = twice⏎",
};

withFiles(FILES, (world) => {
  const seen: string[] = [];
  const look = () => {
    const { state, phase } = world.service("a");
    seen.push(`${Object.keys(ServiceState)[state]} ${phase.kind}`);
  };
  const p = world.manager.load("p");
  world.manager.start(p);
  look();
  world.execSucceeded("a");
  look();
  world.restore();
  world.ends("a", { exit: 0 });
  look();
  world.execSucceeded("p");
  world.manager.stop(world.service("p"));
  world.ends("p", { signal: 15 });
  look();
  console.log(JSON.stringify({
    seen,
    launched: world.host.launches.map(({ argv }) => argv),
    printed: ["a", "p"].map((name) => printDescription(world.service(name).description)),
    types: world.manager.overview().map(serviceInfo).map(({ type }) => type),
    log: [...world.log.messages],
    mistake: world.tryLoad("bad"),
  }));
});
