/** The manual pages, made from the tables that the programs work by. */

import { COMMANDS } from "../ctl/commands.ts";
import { type OptionGrammar, type ToolGrammar, TOOLS } from "../completion/grammar.ts";
import { usage } from "../ctl/help.ts";
import { SHUTDOWN_NAMES, SHUTDOWN_OPTIONS } from "../shutdown/options.ts";
import type { ManualItem, ManualPage, ManualSection } from "./roff.ts";

const [CTL, CHECK, MONITOR] = ["ctl", "check", "monitor"].map((word) =>
  TOOLS.find((tool) => tool.word === word)!
);

const EXIT_STATUS: ManualSection = {
  title: "Exit status",
  text: ["0 for success, and 1 for every failure. Failures are reported on standard error."],
};

const SOCKET_ENVIRONMENT: readonly ManualItem[] = [
  { term: "DINIT_SOCKET_PATH", text: "The control socket, unless the command line names one." },
  { term: "XDG_RUNTIME_DIR", text: "The directory of the socket dinitctl of a user's own daemon." },
  {
    term: "HOME",
    text: "Without XDG_RUNTIME_DIR the socket of a user's own daemon is .dinitctl in this directory.",
  },
];

/** All pages. `daemonHelp` is what `dinit --help` prints. */
export function manualPages(daemonHelp: string): readonly ManualPage[] {
  return [daemonPage(daemonHelp), ctlPage(), checkPage(), monitorPage(), shutdownPage()];
}

function daemonPage(help: string): ManualPage {
  return {
    name: "dinit",
    summary: "service manager",
    synopsis: ["dinit [options] [SERVICE...]", ...TOOLS.map(({ word }) => `dinit ${word} ...`)],
    sections: [
      {
        title: "Description",
        text: [
          "Runs services, which text files describe, and what they depend on: starts them in order, watches their " +
          "processes, starts them again if they are meant to last, and stops them in order. Without the name of a " +
          "service it starts the service boot. It ends when no service is active any more.",
          "The tools are part of the same program, and also programs of their own where links are installed: " +
          `${TOOLS.map(({ word, name }) => `dinit ${word} is ${name}`).join(", ")}.`,
        ],
      },
      { title: "Options", items: helpItems(help) },
      {
        title: "Environment",
        items: SOCKET_ENVIRONMENT.filter(({ term }) => term !== "DINIT_SOCKET_PATH"),
      },
    ],
    seeAlso: [...TOOLS.map(({ name }) => name), "shutdown"],
  };
}

/**
 * The options in a help text: a line that begins with one blank and an option or an argument, the explanation behind
 * two blanks or on lines that are indented further.
 */
export function helpItems(help: string): ManualItem[] {
  const items: { term: string; text: string }[] = [];
  for (const line of help.split("\n")) {
    const [, head, text = ""] = /^ (?=[-<])(.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    const last = items.at(-1);
    if (head !== undefined) items.push({ term: head.trimEnd(), text });
    else if (/^ {4}/.test(line) && last !== undefined) last.text = `${last.text} ${line.trim()}`.trim();
  }
  // Some heads are so long that one blank parts them from their text.
  return items.map(({ term, text }) => {
    const [, head, rest] = /^(.*?-\w <\w+>|.*?-\w) (?![<-])(\S.*)$/.exec(term) ?? [];
    return rest === undefined ? { term, text } : { term: head, text: `${rest} ${text}`.trim() };
  });
}

function ctlPage(): ManualPage {
  return {
    name: CTL.name,
    summary: CTL.summary,
    synopsis: COMMANDS.map((command) => `dinitctl [options] ${usage(command)}`),
    sections: [
      {
        title: "Description",
        text: [
          "Talks to a running daemon over its control socket. Where several services can be named, all are dealt " +
          "with, and the exit status is 0 if all went well.",
          "In a PATTERN, * stands for any text, ? for one character and [abc] for one of several characters.",
        ],
      },
      {
        title: "Commands",
        items: COMMANDS.map((command) => ({ term: usage(command), text: sentence(command.summary) })),
      },
      { title: "Options", items: optionItems(CTL) },
      {
        title: "JSON",
        text: [
          "With --json standard output holds one JSON document on one line, also if the command fails. " +
          "It has the fields command, ok (whether the exit status is 0), error and hint (if " +
          "the command failed), and what the command tells besides; commands for services have an array services " +
          "with the fields name, result and error. With catlog --follow there is one document for each piece, " +
          "and with events one for each event, as the daemon sends it.",
        ],
      },
      {
        title: "Environment",
        items: [
          ...SOCKET_ENVIRONMENT,
          { term: "DINIT_CS_FD", text: "The descriptor of an open connection, for --use-passed-cfd." },
          { term: "NO_COLOR", text: "If it is set and not empty, there are no colours." },
        ],
      },
      EXIT_STATUS,
    ],
    seeAlso: ["dinit", CHECK.name, MONITOR.name],
  };
}

function checkPage(): ManualPage {
  return {
    name: CHECK.name,
    summary: CHECK.summary,
    synopsis: ["dinit-check [options] [SERVICE...]"],
    sections: [
      {
        title: "Description",
        text: [
          "Checks the services, and all that they depend on, before a daemon has to live with them: the syntax and " +
          "the values of settings, files that are named, dependencies. Without a name it checks the service boot.",
        ],
      },
      { title: "Options", items: optionItems(CHECK) },
      {
        title: "Exit status",
        text: ["0 if nothing was found, and 1 otherwise, or if checking was not possible."],
      },
    ],
    seeAlso: ["dinit", CTL.name],
  };
}

function monitorPage(): ManualPage {
  return {
    name: MONITOR.name,
    summary: MONITOR.summary,
    synopsis: [
      "dinit-monitor [options] -c COMMAND SERVICE...",
      "dinit-monitor [options] -c COMMAND -E [NAME...]",
    ],
    sections: [
      {
        title: "Description",
        text: [
          "Runs a command whenever a service has started, has stopped or has failed to start, or, with --env, " +
          "whenever a variable of the daemon's environment is set or removed. Commands run one after the other, in " +
          "the order of what happened.",
          "The command is split at white space outside of double quotes, and run without a shell. After that %n in " +
          "it is replaced with the name of the service or variable, %s with a word for what happened, %v with the " +
          "value of the variable, and %% with %.",
        ],
      },
      { title: "Options", items: optionItems(MONITOR) },
      { title: "Environment", items: SOCKET_ENVIRONMENT },
      {
        title: "Exit status",
        text: ["0 after the one command of --exit, whatever became of it, and for --version; 1 otherwise."],
      },
    ],
    seeAlso: ["dinit", CTL.name],
  };
}

function shutdownPage(): ManualPage {
  const [name, ...aliases] = SHUTDOWN_NAMES.keys();
  return {
    name,
    aliases,
    summary: "power off, halt or restart the machine",
    synopsis: [...SHUTDOWN_NAMES.keys()].map((name) => `${name} [options]`),
    sections: [
      {
        title: "Description",
        text: [
          "Has the system's daemon stop all services in order and then end the machine in the given way: without " +
          "an option reboot restarts it, soft-reboot restarts only the daemon, and all other names power it off. " +
          "There are no delayed shutdowns and no messages to users. In a container the daemon ends.",
          "With --system the program does what is to be done last, which is how the daemon uses it: it sends all " +
          "processes TERM and, a second later, KILL, runs the hook, or else switches swap off and unmounts the " +
          "file systems, and has the kernel do the rest. Services are not stopped in order then.",
        ],
      },
      {
        title: "Options",
        items: SHUTDOWN_OPTIONS.map(({ name, help }) => ({ term: name, text: sentence(help.join(" ")) })),
      },
      {
        title: "Files",
        items: [
          { term: "/run/dinitctl", text: "The control socket of the daemon that is asked." },
          {
            term: "/etc/dinit/shutdown-hook, /lib/dinit/shutdown-hook",
            text:
              "The hook, which is the first of them that is executable. It is run after all processes have " +
              "been ended, with one argument: poweroff, halt, reboot (also for -k) or soft. If its status is 0, " +
              "swap and file systems are its own affair.",
          },
        ],
      },
      {
        title: "Environment",
        items: [{ term: "DINIT_CS_FD", text: "The descriptor of an open connection, for --use-passed-cfd." }],
      },
      {
        title: "Exit status",
        text: ["1 for every failure and for the help text. Otherwise the program waits for its own end."],
      },
    ],
    seeAlso: ["dinit", CTL.name],
  };
}

function optionItems(tool: ToolGrammar): ManualItem[] {
  return tool.options.map((option) => ({ term: optionTerm(option), text: optionText(tool, option) }));
}

function optionTerm({ names, value }: OptionGrammar): string {
  return names.join(", ") + (value === undefined ? "" : ` ${value.name}`);
}

/** The summary, and for an option of some sub-commands only, which those are. */
function optionText({ commands }: ToolGrammar, { names, summary, local }: OptionGrammar): string {
  if (!local) return sentence(summary);
  const users = commands.filter(({ options }) => options.some((option) => names.includes(option)));
  return `${sentence(summary)} Only behind ${users.map(({ name }) => name).join(", ")}.`;
}

function sentence(summary: string): string {
  return `${summary[0].toUpperCase()}${summary.slice(1)}${summary.endsWith(".") ? "" : "."}`;
}
