import { assertEquals } from "@std/assert";
import { hostNeeds, printDescription } from "../../src/description/mod.ts";
import { NO_SANDBOX, SANDBOX_WORDS } from "../../src/model/mod.ts";
import { describe, failureOf, locatedSetting } from "./_support.ts";

const PROCESS = "type = process\ncommand = /bin/true\n";

Deno.test("a sandbox has its words in both spellings, and strict means all but no-network", () => {
  for (const front of ["", "@meta "]) {
    const { sandbox } = describe(`${PROCESS}${front}sandbox = no-network\n${front}sandbox += private-tmp\n`);
    assertEquals(sandbox, { words: ["no-network", "private-tmp"], writable: [] });
  }
  const { words } = describe(`${PROCESS}sandbox = strict\n`).sandbox;
  assertEquals(words, SANDBOX_WORDS.filter((word) => word !== "strict" && word !== "no-network"));
  assertEquals(describe(PROCESS).sandbox === NO_SANDBOX, true);
});

Deno.test("writable paths may contain variables, and must be absolute", () => {
  const env = { DATA: "/srv/data" };
  const text = `${PROCESS}sandbox = strict\nsandbox-writable = $DATA /var/lib/x\n`;
  assertEquals(describe(text, { env }).sandbox.writable, ["/srv/data", "/var/lib/x"]);
  assertEquals(
    failureOf(`${PROCESS}sandbox = strict\nsandbox-writable = data\n`),
    locatedSetting(
      "sandbox-writable",
      "'data' is no absolute path: write it from '/' on, or with a variable",
      4,
    ),
  );
});

Deno.test("mistakes in a sandbox name the line and the remedy", () => {
  const all = SANDBOX_WORDS.join(", ");
  for (
    const [text, setting, message, line] of [
      [
        `${PROCESS}sandbox = privat-tmp\n`,
        "sandbox",
        "unknown sandbox flag 'privat-tmp': write 'private-tmp'",
        3,
      ],
      [`${PROCESS}sandbox = everything\n`, "sandbox", `unknown sandbox flag 'everything': write ${all}`, 3],
      [
        `${PROCESS}sandbox-writable = /x\n`,
        "sandbox-writable",
        "there is no sandbox: set 'sandbox', or remove this line",
        3,
      ],
      [
        `${PROCESS}sandbox = strict\noptions = signal-process-only\n`,
        "sandbox",
        "signals reach a sandbox by its process group: remove 'signal-process-only' from 'options'",
        3,
      ],
      [
        "type = bgprocess\ncommand = x\npid-file = /x\nsandbox = strict\n",
        "sandbox",
        "the daemon of a bgprocess service would outlive its sandbox: make it a process service, or remove this line",
        4,
      ],
    ] as const
  ) {
    assertEquals(failureOf(text), locatedSetting(setting, message, line), text);
  }
});

Deno.test("a sandbox is printed so that it is read again, and needs a host that can make one", () => {
  const description = describe(`${PROCESS}sandbox = strict no-network\nsandbox-writable = "/a b" /c\n`);
  assertEquals(describe(printDescription(description)).sandbox, description.sandbox);
  assertEquals(hostNeeds(description).map(({ feature }) => feature), ["sandbox"]);
});
