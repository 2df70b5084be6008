/** The types of services in TypeScript: wrong files do not compile. */

import { assertEquals } from "@std/assert";
import { outputOf } from "../_processes.ts";

const MODULE = new URL("../../src/service/mod.ts", import.meta.url).href;

/** One object in each line. */
const RIGHT = [
  '{ command: "a b", type: "process", "depends-on": ["b", "c"], "waits-for": "d", restart: true }',
  '{ command: ["a"] as const, env: { PORT: 8080, ON: true }, "restart-delay": 0.5, "start-timeout": "30" }',
  '{ "health-interval": "500ms", "log-max-size": "10M", "memory-max": "max", "cpu-max": 1.5, "health-tcp": 80 }',
  '{ options: ["skippable", "starts-log"], sandbox: "strict", "term-signal": "INT", "log-compress": false }',
  '{ env: ["A=1"], "ready-notification": "pipefd:3", "rlimit-nofile": "1:2", "waits-for.d": "x.d" }',
  '(argument) => ({ command: ["a", argument], "ready-notification": "uptime:3s", "schedule-catch-up": "1h" })',
];
const WRONG = [
  '{ comand: "a" }',
  '{ "depends-on": 3 }',
  '{ type: "proces" }',
  '{ restart: "sometimes" }',
  '{ "restart-delay-max": "5 apples" }',
  '{ "log-max-size": "10MB" }',
  '{ options: ["skipable"] }',
  "{ command: { a: 1 } }",
  '{ env: "A" }',
  '{ "socket-permissions": 666 }',
  '{ "health-action": true }',
  '{ "ready-notification": "pipefd:x" }',
  '{ "working-dir": ["a"] }',
  "(argument) => ({ comand: argument })",
  "(argument) => ({ nice: argument })",
];

Deno.test("each wrong setting of a service is a compile error in its line, and right ones are none", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "dinit-types-" });
  try {
    const file = `${folder}/a.service.ts`;
    const lines = [...RIGHT, ...WRONG].map((object) => `defineService(${object});`);
    Deno.writeTextFileSync(file, [`import { defineService } from "${MODULE}";`, ...lines].join("\n"));
    const { stdout, stderr } = await outputOf(Deno.execPath(), {
      args: ["check", "--no-config", file],
      env: { NO_COLOR: "1" },
    });
    const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const found = new Set(Array.from(text.matchAll(/a\.service\.ts:(\d+):/g), ([, line]) => Number(line)));
    assertEquals([...found].sort((a, b) => a - b), WRONG.map((_, index) => 2 + RIGHT.length + index), text);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
