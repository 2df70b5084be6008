/** `dinit help`: explains a topic, a setting of descriptions, or a sub-command of `dinitctl`. */

import { nearest } from "../../model/suggestion.ts";
import { COMMANDS } from "../../options/ctl_commands.ts";
import { commandHelp, ctlHelp } from "../ctl/help.ts";
import { type CtlIo, processIo } from "../shared/io.ts";
import { showText } from "../shared/pager.ts";
import { serviceHelp, settingHelp, settingNames } from "./service_help.ts";
import { typed } from "../../model/mod.ts";

/** A text for a name that is neither a setting nor a sub-command. */
interface HelpTopic {
  readonly names: readonly string[];
  /** Makes the text, which ends with a newline. */
  readonly load: () => string | Promise<string>;
}

const TOPICS: readonly HelpTopic[] = [
  { names: ["service"], load: serviceHelp },
  { names: ["ctl", "dinitctl"], load: ctlHelp },
  {
    names: ["check", "dinit-check"],
    load: async () => (await typed(import("../check/help.ts"))).checkHelp(),
  },
  {
    names: ["monitor", "dinit-monitor"],
    load: async () => (await typed(import("../monitor/help.ts"))).monitorHelp(),
  },
  {
    names: ["log", "dinit-log"],
    load: async () => (await typed(import("../../options/dinit_log_help.ts"))).logHelp(),
  },
  {
    names: ["web", "dinit-web"],
    load: async () => (await typed(import("../../options/dinit_web_help.ts"))).webHelp(),
  },
];

/** Runs `dinit help [NAME]`. Returns the exit status: 1 for an unknown name. */
export async function runHelp([name]: readonly string[], io: CtlIo = processIo()): Promise<number> {
  if (name === undefined) {
    io.out(usage());
    return 0;
  }
  const texts = await textsFor(name);
  if (texts.length === 0) {
    const meant = nearest(name, helpNames());
    io.err(
      `dinit: no help on '${name}'\n${meant === undefined ? "" : `    did you mean '${meant}'?\n`}${usage()}`,
    );
    return 1;
  }
  await showText(texts.join("\n"), io);
  return 0;
}

/** All texts for a name: `restart` is a setting and a sub-command. */
async function textsFor(name: string): Promise<string[]> {
  const topic = TOPICS.find(({ names }) => names.includes(name));
  if (topic !== undefined) return [await topic.load()];
  const command = COMMANDS.find((one) => one.name === name);
  const setting = settingHelp(name);
  return [
    ...(setting === undefined ? [] : [setting]),
    ...(command === undefined ? [] : [commandHelp(command)]),
  ];
}

/** All that `dinit help` knows, each name once. */
export function helpNames(): string[] {
  return [
    ...new Set([
      ...TOPICS.flatMap(({ names }) => names),
      ...COMMANDS.map(({ name }) => name),
      ...settingNames(),
    ]),
  ];
}

function usage(): string {
  return [
    "Usage:",
    "    dinit help service      all settings of service descriptions",
    "    dinit help SETTING      one setting, such as: dinit help restart-delay",
    "    dinit help COMMAND      one command of dinitctl, such as: dinit help enable",
    "    dinit help PROGRAM      the options of dinitctl, dinit-check, dinit-monitor, dinit-log or dinit-web",
    "    dinit help man PROGRAM  a manual page",
    "",
    "The options of the daemon: dinit --help. Those of shutdown: dinit shutdown --help.",
    "",
  ].join("\n");
}
