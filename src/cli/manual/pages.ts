/** The manual pages, made from the tables of the programs. */

import type { OptionRow } from "../../options/mod.ts";
import {
  DINIT,
  DINIT_CHECK,
  DINIT_LEASE,
  DINIT_LOG,
  DINIT_MONITOR,
  DINIT_WEB,
  DINITCTL,
  LINKED_TOOLS,
  type Program,
  PROGRAMS,
  SHUTDOWN,
} from "../../options/programs.ts";
import { LEASE_DESCRIPTION } from "../../options/dinit_lease_help.ts";
import { LOG_DESCRIPTION } from "../../options/dinit_log_help.ts";
import { WEB_DESCRIPTION, WEB_PATHS } from "../../options/dinit_web_help.ts";
import { helpOf, optionTerm } from "../../options/text.ts";
import { usage } from "../ctl/help.ts";
import { movingPages } from "./moving_pages.ts";
import { projectPages } from "./project_pages.ts";
import type { ManualItem, ManualPage, ManualSection } from "./roff.ts";

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

/** All pages. */
export function manualPages(): readonly ManualPage[] {
  const ofProjects = projectPages((program) => ({ ...pageOf(program), options: optionItems(program) }));
  const ofMoves = movingPages((program) => ({ ...pageOf(program), options: optionItems(program) }));
  const tools = [checkPage(), monitorPage(), logPage(), webPage()];
  return [daemonPage(), ctlPage(), ...tools, ...ofMoves, ...ofProjects, leasePage(), shutdownPage()];
}

/** What every page takes from the table. */
function pageOf({ name, aliases, summary, usage }: Program) {
  const seeAlso = PROGRAMS.map((program) => program.name).filter((other) => other !== name);
  return { name, aliases, summary, synopsis: usage, seeAlso };
}

function daemonPage(): ManualPage {
  return {
    ...pageOf(DINIT),
    sections: [
      {
        title: "Description",
        text: [
          "Runs services, which text files describe, and what they depend on: starts them in order, watches their " +
          "processes, starts them again if they are meant to last, and stops them in order. Without the name of a " +
          "service it starts the service boot. It ends when no service is active any more.",
          "The tools are part of the same program, and also separate programs where links are installed: " +
          `${LINKED_TOOLS.map(({ word, name }) => `dinit ${word} is ${name}`).join(", ")}.`,
        ],
      },
      { title: "Options", items: optionItems(DINIT) },
      {
        title: "Environment",
        items: SOCKET_ENVIRONMENT.filter(({ term }) => term !== "DINIT_SOCKET_PATH"),
      },
    ],
  };
}

function ctlPage(): ManualPage {
  return {
    ...pageOf(DINITCTL),
    synopsis: DINITCTL.commands.map((command) => `dinitctl [options] ${usage(command)}`),
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
        items: DINITCTL.commands.map((command) => ({
          term: usage(command),
          text: sentence(command.summary),
        })),
      },
      { title: "Options", items: optionItems(DINITCTL) },
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
  };
}

function checkPage(): ManualPage {
  return {
    ...pageOf(DINIT_CHECK),
    sections: [
      {
        title: "Description",
        text: [
          "Checks the services, and all that they depend on, before a daemon loads them: the syntax and " +
          "the values of settings, files that are named, dependencies. Without a name it checks the service boot.",
        ],
      },
      { title: "Options", items: optionItems(DINIT_CHECK) },
      {
        title: "Exit status",
        text: ["0 if nothing was found, and 1 otherwise, or if checking was not possible."],
      },
    ],
  };
}

function monitorPage(): ManualPage {
  return {
    ...pageOf(DINIT_MONITOR),
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
      { title: "Options", items: optionItems(DINIT_MONITOR) },
      { title: "Environment", items: SOCKET_ENVIRONMENT },
      {
        title: "Exit status",
        text: ["0 after the one command of --exit, whatever its result, and for --version; 1 otherwise."],
      },
    ],
  };
}

function leasePage(): ManualPage {
  return {
    ...pageOf(DINIT_LEASE),
    sections: [
      { title: "Description", text: LEASE_DESCRIPTION },
      { title: "Options", items: optionItems(DINIT_LEASE) },
      {
        title: "Signals",
        items: [{ term: "TERM", text: "Stops the service, gives the lease back, and ends." }],
      },
      { title: "Environment", items: SOCKET_ENVIRONMENT },
      EXIT_STATUS,
    ],
  };
}

function logPage(): ManualPage {
  return {
    ...pageOf(DINIT_LOG),
    sections: [
      { title: "Description", text: LOG_DESCRIPTION },
      { title: "Options", items: optionItems(DINIT_LOG) },
      {
        title: "Signals",
        items: [
          { term: "HUP", text: "Opens the file again, after another program has renamed it." },
          {
            term: "TERM",
            text: "Writes what the pipe holds at this moment, and ends. Later output stays in the pipe.",
          },
          { term: "INT", text: "Has no effect: on a terminal, the end of the input follows." },
        ],
      },
      {
        title: "Files",
        items: [
          { term: "DIR/current", text: "The log, if the argument is a directory, or ends with a slash." },
          { term: "FILE.1, FILE.2.gz, FILE.3.gz", text: "The archives, the newest one first." },
        ],
      },
      {
        title: "Exit status",
        text: ["0 at the end of the input or after TERM, and 1 for a wrong command line."],
      },
    ],
  };
}

function webPage(): ManualPage {
  return {
    ...pageOf(DINIT_WEB),
    sections: [
      { title: "Description", text: WEB_DESCRIPTION },
      { title: "Options", items: optionItems(DINIT_WEB) },
      { title: "Paths", items: WEB_PATHS.map(([term, text]) => ({ term, text: sentence(text) })) },
      { title: "Environment", items: SOCKET_ENVIRONMENT },
      {
        title: "Exit status",
        text: ["0 after TERM or INT, and 1 if it cannot begin: the message says why."],
      },
    ],
  };
}

function shutdownPage(): ManualPage {
  return {
    ...pageOf(SHUTDOWN),
    sections: [
      {
        title: "Description",
        text: [
          "Has the system's daemon stop all services in order and then end the machine in the given way: without " +
          "an option reboot restarts it, soft-reboot restarts only the daemon, and all other names power it off. " +
          "There are no delayed shutdowns and no messages to users. In a container the daemon ends.",
          "With --system the program performs the last steps of a shutdown, which is how the daemon uses it: it sends all " +
          "processes TERM and, a second later, KILL, runs the hook, or else switches swap off and unmounts the " +
          "file systems, and has the kernel do the rest. Services are not stopped in order then.",
        ],
      },
      { title: "Options", items: optionItems(SHUTDOWN) },
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
  };
}

function optionItems(program: Program): ManualItem[] {
  return program.options.map((option) => ({ term: optionTerm(option), text: optionText(program, option) }));
}

/** What an option does, for an option of some commands only which those are, and the other form of its value. */
function optionText({ commands }: Program, option: OptionRow): string {
  const users = commands.filter(({ options = [] }) => options.some((name) => name === option.long));
  return [
    sentence(helpOf(option)),
    ...(option.local ? [`Only behind ${users.map(({ name }) => name).join(", ")}.`] : []),
    ...(option.assignable && !option.value?.omissible ? [`Also ${option.long}=${option.value?.name}.`] : []),
    ...(option.bare ? [`Also ${option.value?.name} alone.`] : []),
  ].join(" ");
}

function sentence(summary: string): string {
  return `${summary[0].toUpperCase()}${summary.slice(1)}${summary.endsWith(".") ? "" : "."}`;
}
