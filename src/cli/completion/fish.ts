/** Completion for fish. */

import { type CommandRow, namesOf, type OptionRow, type Word } from "../../options/mod.ts";
import { DINIT, DINITCTL, type Program, SHUTDOWN, type Tool, TOOLS } from "../../options/programs.ts";
import { helpOf } from "../../options/text.ts";
import { wordsOfKind } from "./words.ts";

/** The commands of `dinit` that are no programs. */
const PLAIN = DINIT.commands.filter(({ name }) => !TOOLS.some(({ word }) => word === name));

/** A word in single quotes, where fish knows only `\'` and `\\`. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/** The script, to be sourced or to be installed in a directory of completions. */
export function fishCompletion(): string {
  return [
    "# fish completion for dinit and its tools, made by: dinit completion fish",
    "",
    FUNCTIONS,
    `set -g __dinit_valued ${DINITCTL.options.filter(({ value }) => value).flatMap(namesOf).join(" ")}`,
    ...TOOLS.flatMap(toolLines),
    ...dinitLines(),
    "",
  ].join("\n");
}

/** Words so far are read from left to right: options with values take one more. */
const FUNCTIONS = `\
# The words before the cursor, without the program.
function __dinit_words
    set -l words (commandline -opc)
    set -l program (path basename -- $words[1])
    set -e words[1]
    # deno task -q ctl ..., and deno run ... main.ts ctl ...: from here on like dinit ctl ...
    if test "$program" = deno
        if test "$words[1]" = task
            set -e words[1]
            while string match -q -- '-*' "$words[1]"
                set -e words[1]
            end
        else
            while set -q words[1]; and not string match -qr '(^|/)main\\.ts$' -- $words[1]
                set -e words[1]
            end
            set -e words[1]
        end
    end
    string join -- \\n $words
end

# The words of a tool that are no options and no values of options. The arguments are the options with values.
function __dinit_plain
    set -l skip 0
    for word in (__dinit_tool_words)
        if test $skip = 1
            set skip 0
        else if contains -- $word $argv
            set skip 1
        else if not string match -q -- '-*' $word
            echo $word
        end
    end
end

# The words behind the tool, which is a program or a word behind dinit.
function __dinit_tool_words
    set -l words (__dinit_words)
    set -l program (commandline -opc)[1]
    if contains -- (path basename -- $program) dinit deno
        set -e words[1]
    end
    string join -- \\n $words
end

# Whether the tool is the program, or dinit with the tool's word.
function __dinit_is
    set -l program (path basename -- (commandline -opc)[1])
    test $program = $argv[1]; and return 0
    set -l words (__dinit_words)
    contains -- $program dinit deno; and test "$words[1]" = $argv[2]
end

# Whether the program of this name is dinit: another init may own it.
function __dinit_ours
    test (path basename -- (path resolve -- (command -s $argv[1]))) = dinit
end

# Whether the command line is for the daemon: no command of dinit stands in front.
function __dinit_is_daemon
    set -l words (__dinit_words)
    test (path basename -- (commandline -opc)[1]) = dinit
    and not contains -- "$words[1]" ${DINIT.commands.map(({ name }) => name).join(" ")}
end

# Whether the sub-command is this one, and the number of words behind it is as -eq or -ge says.
function __dinit_at
    set -l plain (__dinit_plain $__dinit_valued)
    test "$plain[1]" = $argv[1]; and test (math (count $plain) - 1) $argv[2] $argv[3]
end

# Asks the daemon that the command line is for.
function __dinit_services
    set -l words (__dinit_words)
    set -l where
    set -l next 0
    for word in $words
        if test $next = 1
            set -a where --socket-path $word
            set next 0
        else if contains -- $word -p --socket-path
            set next 1
        else if contains -- $word -s --system -u --user
            set -a where $word
        end
    end
    set -l program (commandline -opc)[1]
    type -q $program dinitctl; or return
    switch (path basename -- $program)
        case dinit
            $program ctl $where list --names 2>/dev/null
        case deno
            set -l line (commandline -opc)
            if test "$line[2]" = task
                $program task -q ctl $where list --names 2>/dev/null
            else
                set -l main (string match -nr '(^|/)main\\.ts$' -- $line | string split -f 1 ' ')
                $line[1..$main[1]] ctl $where list --names 2>/dev/null
            end
        case dinitctl
            $program $where list --names 2>/dev/null
        case '*'
            dinitctl $where list --names 2>/dev/null
    end
end
`;

function toolLines(tool: Tool): string[] {
  const programs = `-c ${tool.name} -c dinit -c deno`;
  const is = `__dinit_is ${tool.name} ${tool.word}`;
  if (tool.name !== SHUTDOWN.name) return programLines(programs, is, tool);
  return [
    ...programLines("-c dinit -c deno", is, tool),
    ...[tool.name, ...tool.aliases].flatMap((name) =>
      programLines(`-c ${name}`, `__dinit_ours ${name}`, tool)
    ),
  ];
}

function programLines(programs: string, is: string, program: Program): string[] {
  return [
    `complete ${programs} -f -n ${quote(is)}`,
    ...program.words.map((word) => `complete ${programs} ${proposalAt(quote(is), word)}`),
    ...program.commands.flatMap((command) => commandLines(programs, is, command)),
    ...program.options.map((option) => optionLine(programs, is, program, option)),
  ];
}

function commandLines(programs: string, is: string, { name, summary, words }: CommandRow): string[] {
  const first = quote(`${is}; and test (count (__dinit_plain $__dinit_valued)) = 0`);
  return [
    `complete ${programs} -f -n ${first} -a ${name} -d ${quote(summary)}`,
    ...words.map((word, place) => {
      const at = quote(`${is}; and __dinit_at ${name} ${word.repeatable ? "-ge" : "-eq"} ${place}`);
      return `complete ${programs} ${proposalAt(at, word)}`;
    }),
  ];
}

/** The words that fish proposes under a condition. A file excludes the option without files, `-f`. */
function proposalAt(condition: string, word: Word): string {
  const words = proposal(word);
  return `${words === "-F" ? "" : "-f "}-n ${condition} ${words}`;
}

function optionLine(programs: string, is: string, { commands }: Program, option: OptionRow): string {
  const { long, local, value } = option;
  const users = commands.filter(({ options = [] }) => options.some((name) => name === long));
  const condition = local
    ? `${is}; and begin; ${users.map(({ name }) => `__dinit_at ${name} -ge 0`).join("; or ")}; end`
    : is;
  const spellings = namesOf(option).map((name) =>
    name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`
  );
  const takes = value === undefined || value.omissible
    ? "-f"
    : `-x ${proposal(value)}`.replace("-x -F", "-r -F");
  return `complete ${programs} -n ${quote(condition)} ${spellings.join(" ")} ${takes} -d ${
    quote(helpOf(option))
  }`;
}

/** The proposals for a value. */
function proposal({ oneOf, kind = "text" }: Word): string {
  const words = oneOf ?? wordsOfKind(kind)?.map(({ word }) => word);
  if (words !== undefined) return `-a ${quote(words.join(" "))}`;
  switch (kind) {
    case "service":
      return "-a '(__dinit_services)'";
    case "variable":
      return "-a '(set -nx)'";
    case "directory":
      return "-a '(__fish_complete_directories)'";
    case "file":
      return "-F";
    default:
      return "";
  }
}

/** The daemon's own options and arguments, and in their place the first word: a command. */
function dinitLines(): string[] {
  const first = quote("test (count (__dinit_words)) = 0");
  const daemon = programLines("-c dinit", "__dinit_is_daemon", { ...DINIT, words: [], commands: [] });
  const services = DINIT.words.map((word) =>
    `complete -c dinit -f -n '__dinit_is_daemon; and test (count (__dinit_words)) -gt 0' ${proposal(word)}`
  );
  return [
    ...daemon,
    ...services,
    ...DINIT.commands.map(({ name, summary }) =>
      `complete -c dinit -f -n ${first} -a ${name} -d ${quote(summary)}`
    ),
    ...PLAIN.flatMap(({ name, words }) =>
      words.map((word, place) => {
        const at = `set -l words (__dinit_words); test (count $words) = ${
          place + 1
        }; and test $words[1] = ${name}`;
        return `complete -c dinit ${proposalAt(quote(at), word)}`;
      })
    ),
  ];
}
