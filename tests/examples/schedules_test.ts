import { assertEquals } from "@std/assert";
import { findDescription, MainEnvironment, readDescription } from "../../src/description/mod.ts";
import { ServiceType } from "../../src/model/mod.ts";

const FOLDER = new URL("../../examples/schedules/dinit.d", import.meta.url).pathname;
const NAMES = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).toSorted();

Deno.test("the examples of scheduled services load without a problem", () => {
  assertEquals(NAMES, ["backup", "mirror"]);
  for (const name of NAMES) {
    const problems: string[] = [];
    const description = readDescription(findDescription(name, [FOLDER]), {
      environment: new MainEnvironment(),
      users: { userByName: () => undefined, userById: () => undefined, groupByName: () => undefined },
      identity: { uid: 0, gid: 0 },
      dependency: () => {},
      warn: (text) => problems.push(text),
      lint: (text) => problems.push(text),
    });
    assertEquals([description.type, problems], [ServiceType.SCHEDULED, []]);
  }
});
