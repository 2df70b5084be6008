/** `dinit help`: texts that explain something, by topic. */

import { type CtlIo, processIo } from "./io.ts";

/** One text. */
interface HelpTopic {
  readonly name: string;
  readonly summary: string;
  /** Makes the text, which ends with a newline. */
  readonly load: () => Promise<string>;
}

const TOPICS: readonly HelpTopic[] = [
  {
    name: "service",
    summary: "the settings of service descriptions",
    load: async () => (await import("./service_help.ts")).serviceHelp(),
  },
];

/** Runs `dinit help [TOPIC]`. Returns the exit status: 1 for a topic that there is not. */
export async function runHelp([name]: readonly string[], io: CtlIo = processIo()): Promise<number> {
  if (name === undefined) {
    io.out(topicList());
    return 0;
  }
  const topic = TOPICS.find((one) => one.name === name);
  if (topic === undefined) {
    io.err(`dinit: no help on '${name}'\n${topicList()}`);
    return 1;
  }
  io.out(await topic.load());
  return 0;
}

function topicList(): string {
  return [
    "Usage:",
    "    dinit help TOPIC",
    "",
    "Topics:",
    ...TOPICS.map(({ name, summary }) => `  ${name}  ${summary}`),
    "",
    "The options of the programs: dinit --help, dinit ctl --help, dinit check --help, dinit monitor --help,",
    "dinit shutdown --help.",
    "Their manual pages: dinit help man NAME.",
    "",
  ].join("\n");
}
