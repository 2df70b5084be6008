/** Programs that Deno runs, and what they may do: extensions. docs/deno-services.md. */

import { type DenoSettings, hasProcess, type LoadedServiceType } from "../../model/mod.ts";
import { nearest } from "../../model/suggestion.ts";
import { Mistake } from "../text/mistake.ts";
import type { Misfit } from "./health.ts";
import { PATH_BASES, SCRIPT_TYPES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

/** What Deno can grant, by the words of its flags. */
const DENO_PERMISSIONS = ["net", "read", "write", "env", "run", "sys", "ffi", "import"] as const;

/** Words behind which nothing may stand. */
const WORDS: readonly string[] = [
  ...DENO_PERMISSIONS,
  ...DENO_PERMISSIONS.map((name) => `deny-${name}`),
  "all",
];

/** Flags that grant permissions: they belong into `deno-permissions`, where everybody sees them. */
const GRANTING = /^(?:--(?:allow|deny|ignore)-|--permission-set(?:=|$)|-[ARWNESIP]+(?:=|$))/;

/** What is wrong with a word of `deno-permissions`; `undefined`: nothing. */
function permissionMistake(word: string): string | undefined {
  const [, name, list] = /^([^=]*)(=[^]*)?$/.exec(word) ?? [];
  if (name === undefined || !WORDS.includes(name)) {
    const meant = nearest((name ?? word).replace(/^--(?:allow-)?/, ""), WORDS) ??
      WORDS.find((one) => (name ?? word).replace(/^--(?:allow-)?/, "") === one);
    const known = `${DENO_PERMISSIONS.join(", ")}, deny-… or all`;
    return `unknown permission '${name ?? word}': write ${meant === undefined ? known : `'${meant}'`}`;
  }
  if (name === "all" && list !== undefined) return "'all' takes no list";
  return list === "=" ? `'${name}=' has an empty list: name what is meant, or leave the '=' out` : undefined;
}

/** The flag of `deno run` for a word of `deno-permissions`. */
function denoFlag(word: string): string {
  return word.startsWith("deny-") ? `--${word}` : `--allow-${word}`;
}

/** The command that runs the program. */
export function denoCommand(deno: string, { script, permissions, flags }: DenoSettings): readonly string[] {
  return [deno, "run", "--no-prompt", ...permissions.map(denoFlag), ...flags, ...script];
}

function row(
  name: string,
  field: keyof DenoSettings,
  { mistake, ...setting }:
    & Pick<Setting, "syntax" | "summary">
    & Partial<Setting>
    & { mistake(word: string): string | undefined },
): Setting {
  return settingRow({
    name,
    extension: true,
    value: "tokens",
    appends: true,
    combined: true,
    substitution: "post",
    types: SCRIPT_TYPES,
    change: "next-start",
    apply({ draft: { description } }, { tokens, starts, append }) {
      tokens.forEach((word, index) => {
        const text = word.includes("$") ? undefined : mistake(word); // else when it is substituted
        if (text !== undefined) throw new Mistake(text, { code: "unknown-word", position: starts[index] });
      });
      const words = append ? [...description.deno[field], ...tokens] : tokens;
      description.deno = { ...description.deno, [field]: words };
    },
    show: ({ deno }) => deno[field].length === 0 ? undefined : deno[field],
    ...setting,
  });
}

/** The settings of programs for Deno. */
export const DENO_SETTINGS: readonly Setting[] = [
  row("deno-script", "script", {
    syntax: "SCRIPT [ARGUMENT]...",
    base: PATH_BASES.service,
    summary: "a program that Deno runs, in place of command",
    mistake: () => undefined,
  }),
  row("deno-permissions", "permissions", {
    syntax: "PERMISSION[=LIST]...",
    summary:
      "what the program may do, in the words of Deno's flags, such as net=127.0.0.1:8080; without it, nothing",
    mistake: permissionMistake,
  }),
  row("deno-flags", "flags", {
    syntax: "DENO-FLAG...",
    summary: "other flags of deno run",
    mistake: flagMistake,
  }),
];

function flagMistake(word: string): string | undefined {
  if (GRANTING.test(word)) return `'${word}' grants permissions: write them into 'deno-permissions'`;
  return word.startsWith("-")
    ? undefined
    : `'${word}' is no flag: arguments of the program follow the script`;
}

/** What is wrong after substitution, or with the other settings. `given`: those that lines have set. */
export function denoMisfits(
  { deno, type, hasCommand }: {
    readonly deno: DenoSettings;
    readonly type: LoadedServiceType;
    readonly hasCommand: boolean;
  },
  given: ReadonlyMap<string, unknown>,
): Misfit[] {
  const names = DENO_SETTINGS.map(({ name }) => name).filter((name) => given.has(name));
  if (names.length === 0) return [];
  if (!hasProcess(type)) {
    const message = "only services with a process run a program: change 'type', or remove this line";
    return names.map((setting) => ({ setting, message }));
  }
  const found: Misfit[] = [];
  const misfit = (setting: string, message: string | undefined) => {
    if (message !== undefined) found.push({ setting, message });
  };
  const { script, permissions, flags } = deno;
  if (script.length > 0 && hasCommand) misfit("deno-script", "there is also a 'command': keep one of them");
  if (script.length === 0 || script[0] === "") {
    misfit(names[0], "there is no program for Deno: set 'deno-script', or remove this line");
  }
  for (const word of permissions) misfit("deno-permissions", permissionMistake(word));
  for (const word of flags) misfit("deno-flags", flagMistake(word));
  const allows = permissions.filter((word) => !word.startsWith("deny-"));
  if (allows.includes("all") && allows.length > 1) {
    misfit("deno-permissions", "'all' grants everything: remove the other words, or 'all'");
  }
  return found;
}
