/** What the processes of a service cannot see, reach or change: extensions. docs/sandbox.md. */

import { SANDBOX_WORDS, type SandboxWord, type ServiceDescription, ServiceType } from "../../model/mod.ts";
import { nearest } from "../../model/suggestion.ts";
import { Mistake } from "../text/mistake.ts";
import type { Misfit } from "./health.ts";
import { need } from "./host_features.ts";
import type { FlagWord } from "./options.ts";
import { settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

const SUMMARIES: Readonly<Record<SandboxWord, string>> = {
  "strict": "all of the following, except no-network",
  "read-only-root": "no file can be changed, except those of sandbox-writable",
  "private-tmp": "/tmp and /var/tmp are empty, and vanish with the process",
  "private-dev": "/dev has no devices of the machine, except null, zero, full, random, urandom and tty",
  "private-pid": "no process outside of the sandbox can be seen",
  "private-ipc": "no shared memory, semaphores and message queues of others can be used",
  "no-home": "/home, /root and /run/user are empty",
  "no-network": "there is no network but a loopback interface without others",
};

/** What `strict` means. */
const STRICT: readonly string[] = SANDBOX_WORDS.filter((word) => word !== "strict" && word !== "no-network");

const FLAGS: readonly FlagWord[] = SANDBOX_WORDS.map((name) => ({ name, summary: SUMMARIES[name] }));

/** The settings of sandboxes. */
export const SANDBOX_SETTINGS: readonly Setting[] = [
  settingRow({
    name: "sandbox",
    extension: true,
    value: "tokens",
    syntax: "FLAG...",
    flags: FLAGS,
    appends: true,
    combined: true,
    types: ["process", "scripted"],
    summary: "what the processes cannot see, reach or change; needs the program bwrap (bubblewrap)",
    change: "next-start",
    needs: [need("sandbox", ({ sandbox }) => sandbox.words.length > 0)],
    apply({ draft: { description } }, { tokens, starts, append }) {
      const { sandbox } = description;
      const words = new Set<string>(append ? sandbox.words : []);
      tokens.forEach((word, index) => {
        if (!FLAGS.some(({ name }) => name === word)) {
          const meant = nearest(word, SANDBOX_WORDS);
          throw new Mistake(
            `unknown sandbox flag '${word}': write ${
              meant === undefined ? SANDBOX_WORDS.join(", ") : `'${meant}'`
            }`,
            { code: "unknown-word", position: starts[index] },
          );
        }
        for (const one of word === "strict" ? STRICT : [word]) words.add(one);
      });
      description.sandbox = { ...sandbox, words: [...words] };
    },
    show: ({ sandbox }) => sandbox.words.length === 0 ? undefined : sandbox.words,
  }),
  settingRow({
    name: "sandbox-writable",
    extension: true,
    value: "tokens",
    syntax: "PATH...",
    appends: true,
    combined: true,
    substitution: "post",
    types: ["process", "scripted"],
    summary: "absolute paths that the processes may change in spite of the words of sandbox",
    change: "next-start",
    apply({ draft: { description } }, { tokens, append }) {
      const { sandbox } = description;
      description.sandbox = { ...sandbox, writable: append ? [...sandbox.writable, ...tokens] : tokens };
    },
    show: ({ sandbox }) => sandbox.writable.length === 0 ? undefined : sandbox.writable,
    withoutEffect: ({ description: { sandbox } }) =>
      sandbox.writable.length === 0 || sandbox.words.length > 0
        ? undefined
        : "there is no sandbox: set 'sandbox', or remove this line",
  }),
];

/** The settings of a sandbox that do not fit the others. `given`: those that lines have set. */
export function sandboxMisfits(
  { sandbox, type, flags }: Pick<ServiceDescription, "sandbox" | "type" | "flags">,
  given: ReadonlyMap<string, unknown>,
): Misfit[] {
  const names = SANDBOX_SETTINGS.map(({ name }) => name).filter((name) => given.has(name));
  if (names.length === 0) return [];
  const found: Misfit[] = [];
  const misfit = (setting: string, message: string) => void found.push({ setting, message });
  if (type !== ServiceType.PROCESS && type !== ServiceType.SCRIPTED) {
    const why = type === ServiceType.BGPROCESS
      ? "the daemon of a bgprocess service would outlive its sandbox: make it a process service"
      : "only process and scripted services have a sandbox: change 'type'";
    for (const name of names) misfit(name, `${why}, or remove this line`);
    return found;
  }
  if (sandbox.words.length > 0 && flags.signalProcessOnly) {
    misfit(
      "sandbox",
      "signals reach a sandbox by its process group: remove 'signal-process-only' from 'options'",
    );
  }
  const relative = sandbox.writable.find((path) => !path.startsWith("/"));
  if (relative !== undefined) {
    misfit("sandbox-writable", `'${relative}' is no absolute path: write it from '/' on, or with a variable`);
  }
  return found;
}
