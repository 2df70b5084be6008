/** The command lines of the tools, for shells and manual pages: collected from the tables of the tools. */

import { CHECK_OPTIONS } from "../check/options.ts";
import { COMMANDS } from "../ctl/commands.ts";
import { MONITOR_OPTIONS } from "../monitor/options.ts";
import { type Completion, OPTIONS } from "../ctl/options.ts";
import { settingNames } from "../manual/service_help.ts";

/** One option of a tool. */
export interface OptionGrammar {
  /** All spellings; the long one comes last. */
  readonly names: readonly string[];
  readonly summary: string;
  /** @default none */
  readonly value?: ValueGrammar;
  /** Its value may also follow a `=`. @default false */
  readonly assignable?: boolean;
  /** Belongs to the sub-commands that name it. @default false */
  readonly local?: boolean;
}

/** The value of an option. */
export interface ValueGrammar {
  readonly name: string;
  /** @default any */
  readonly oneOf?: readonly string[];
  /** @default only `oneOf` */
  readonly completes?: Completion;
}

/** One argument. */
export interface WordGrammar extends ValueGrammar {
  /** Also stands for all further arguments. @default false */
  readonly repeatable?: boolean;
}

/** One sub-command. */
export interface CommandGrammar {
  readonly name: string;
  readonly summary: string;
  /** The long names of its own options. */
  readonly options: readonly string[];
  readonly words: readonly WordGrammar[];
}

/** One tool. */
export interface ToolGrammar {
  /** Its name as a separate program. */
  readonly name: string;
  /** The word after `dinit` for this tool. */
  readonly word: string;
  readonly summary: string;
  readonly options: readonly OptionGrammar[];
  /** Empty: the tool has arguments instead of sub-commands. */
  readonly commands: readonly CommandGrammar[];
  /** The arguments of a tool without sub-commands. */
  readonly words: readonly WordGrammar[];
}

/** The shells with completion. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

const SERVICES: WordGrammar = { name: "SERVICE", completes: "service", repeatable: true };

/** The proposals of a shell, by the name of the value, for values whose table gives none. */
const VALUE_KINDS: ReadonlyMap<string, Completion> = new Map([
  ["PATH", "file"],
  ["FILE", "file"],
  ["DIR", "directory"],
]);

function withKind<O extends OptionGrammar>(option: O): OptionGrammar {
  const { value } = option;
  if (value === undefined || value.completes !== undefined) return option;
  return { ...option, value: { ...value, completes: VALUE_KINDS.get(value.name) } };
}

/** All tools. Each is a word after `dinit`, and a separate program where its link is installed. */
export const TOOLS: readonly ToolGrammar[] = [
  {
    name: "dinitctl",
    word: "ctl",
    summary: "control services",
    options: OPTIONS.map((option) => ({
      ...option,
      assignable: option.extension && option.value !== undefined,
    })),
    commands: COMMANDS.map(({ name, summary, options = [], words }) => ({ name, summary, options, words })),
    words: [],
  },
  {
    name: "dinit-check",
    word: "check",
    summary: "check service descriptions",
    options: CHECK_OPTIONS.map(withKind),
    commands: [],
    words: [SERVICES],
  },
  {
    name: "dinit-monitor",
    word: "monitor",
    summary: "run a command when something happens",
    options: MONITOR_OPTIONS.map(withKind),
    commands: [],
    words: [SERVICES],
  },
];

/** The words after `dinit` that are no tools, with their arguments. */
export const PLAIN_WORDS: readonly CommandGrammar[] = [
  {
    name: "completion",
    summary: "print the completion of a shell",
    options: [],
    words: [{ name: "SHELL", oneOf: SHELLS }],
  },
  {
    name: "help",
    summary: "print help on a setting, a command or a topic",
    options: [],
    words: [
      {
        name: "TOPIC",
        oneOf: [
          ...new Set([
            ...["service", "man"],
            ...TOOLS.flatMap(({ word, name }) => [word, name]),
            ...COMMANDS.map(({ name }) => name),
            ...settingNames(),
          ]),
        ],
      },
      { name: "NAME", oneOf: ["dinit", ...TOOLS.map(({ name }) => name), "shutdown"] },
    ],
  },
];
