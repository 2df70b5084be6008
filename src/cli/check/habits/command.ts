/** Shell habits in `command` and `stop-command`. No shell reads these settings. */

import type { WrittenWord } from "../../../description/mod.ts";
import type { Habit } from "./habit.ts";
import { specifierHabit } from "./systemd.ts";

const IN_A_SHELL = 'no shell reads the command; write /bin/sh -c "..." around it';

/** Words that connect or end commands: `&&`, `|`, `;` and so on. */
const OPERATOR = /^(?:&&?|\|\|?|\|&|;;?)$/;
/** Redirections, with their target in the same word or in the next: `>`, `2>&1`, `>>file`, `<<EOF`. */
const REDIRECTION = /^(?:\d*|&)(?:>>|>\||>|<<<|<<-?|<>|<)(?:&?(?!.*>$).*)?$/;
/** Words that a shell executes itself, or that belong to its grammar. */
const BUILTINS = new Set(
  ("cd source . export exec eval set unset alias umask ulimit trap wait read local return exit shift declare typeset " +
    "builtin command pushd popd shopt let if then else fi while until for do done case esac function select time [[ ! : { (")
    .split(" "),
);
const SHELL = /(?:^|\/)(?:ba|da|k|z|a|mk|pdk|fi|busybox )?sh$/;
/** In characters; longer words are no paths, and matching a pattern in them takes long. */
const LONGEST_PATH = 4096;
/** Names of programs that only change the user. */
const USER_CHANGERS = /(?:^|\/)(?:sudo|su|doas|runuser|setuidgid|chpst|gosu|su-exec)$/;

/** The habits in the words of a command. */
export function commandHabits(words: readonly WrittenWord[]): Habit[] {
  const found = new Map<string, Habit>();
  // One message of each kind is enough for a line.
  const add = (habit: Habit | undefined) => {
    if (habit !== undefined && !found.has(habit.code)) found.set(habit.code, habit);
  };
  add(programHabit(words));
  words.forEach((word, index) => {
    add(expansionHabit(word));
    add(specifierHabit(word.text));
    if (word.plain) add(wordHabit(words, index));
  });
  return [...found.values()];
}

/** The problem of the first word, which names the program. */
function programHabit([first, ...others]: readonly WrittenWord[]): Habit | undefined {
  if (first === undefined || !first.plain) return undefined;
  const { text } = first;
  const assignment = /^([A-Za-z_]\w*)=/.exec(text);
  if (assignment !== null) {
    return shell(
      "assignment",
      `\`${assignment[1]}=\` sets a variable in a shell only; write a line env = NAME=VALUE`,
    );
  }
  if (BUILTINS.has(text)) {
    const remedy = text === "cd"
      ? "set working-dir instead, or run /bin/sh -c"
      : "there is no such program; run /bin/sh -c";
    return shell("builtin", `\`${text}\` is part of the shell; ${remedy}`);
  }
  if (/^[-@:+!]+\//.test(text)) {
    const message =
      `\`${text}\` begins with a prefix of systemd, which is part of the path here; leave it out`;
    return { code: "systemd-prefix", message };
  }
  if (USER_CHANGERS.test(text)) {
    const message = `\`${text}\` changes the user; the setting run-as does it without another process`;
    return { code: "user-change", message, severity: "note", uncertain: true };
  }
  const [option, script, next] = others;
  if (SHELL.test(text) && option?.text === "-c" && script?.plain && next !== undefined) {
    const message =
      `the shell takes only \`${script.text}\` as its script; put quotes (") around the whole script`;
    return { code: "shell-script-words", message, uncertain: true };
  }
  return undefined;
}

/** Shell substitution that does not exist here, quoted or not. */
function expansionHabit({ text, plain }: WrittenWord): Habit | undefined {
  const form = /(?<!\$)(?:\$\$)*(\$\(|\$[@*?!#]|\$\{[#!]|\$\{\w+(?::?=|[%#/^,@]|:\d)|\$'|\$\[)/.exec(text)
    ?.[1];
  if (form !== undefined) {
    const remedy = plain
      ? `${IN_A_SHELL}, and $$ for each $ that the shell must see`
      : "write $$ for a $ that a shell must see";
    return shell("shell-expansion", `\`${form}\` is shell syntax; ${remedy}`);
  }
  return plain && text.includes("`")
    ? shell("shell-expansion", `backquotes are shell syntax; ${IN_A_SHELL}`)
    : undefined;
}

/** The problem of one word without quotes. */
function wordHabit(words: readonly WrittenWord[], index: number): Habit | undefined {
  const { text } = words[index];
  const isLast = index === words.length - 1;
  // `find … -exec PROGRAM {} ;` needs its semicolon.
  const ofFind = text === ";" && words.some(({ text }) => /^-(?:exec|ok)(?:dir)?$/.test(text));
  const connects = OPERATOR.test(text) || /&&|\|\|/.test(text) ||
    (/^[^;]+;$/.test(text) && !isLast) || (isLast && /^[^=?]+&$/.test(text));
  if (connects && !ofFind) {
    const remedy = isLast && text.endsWith("&")
      ? "leave it out: services run in the background anyway"
      : IN_A_SHELL;
    return shell("shell-operator", `\`${text}\` is shell syntax; ${remedy}`);
  }
  if (REDIRECTION.test(text)) {
    const remedy = text.includes("<")
      ? IN_A_SHELL
      : `set logfile or log-type instead, or write /bin/sh -c "..."`;
    return shell("shell-redirection", `\`${text}\` is shell syntax and is passed to the program; ${remedy}`);
  }
  if (/^'|='/.test(text)) {
    return SINGLE_QUOTE;
  }
  const tilde = homeHabit(text);
  if (tilde !== undefined) return tilde;
  if (text.length <= LONGEST_PATH && /^(?:\.{0,2}|~)\/\S*(?:[*?]|\[[^\]]+\]|\{[^{}]*,[^{}]*\})/.test(text)) {
    return shell(
      "shell-pattern",
      `\`${text}\` is a shell pattern and is not expanded; ${IN_A_SHELL}`,
    );
  }
  return undefined;
}

/** The habits in a value that is a path. */
export function pathHabits(words: readonly WrittenWord[]): Habit[] {
  const [{ text, plain }] = words;
  const habits = [
    words.map(expansionHabit).find((habit) => habit !== undefined),
    words.map(({ text }) => specifierHabit(text)).find((habit) => habit !== undefined),
    plain ? homeHabit(text) : undefined,
    plain && text.startsWith("'") ? SINGLE_QUOTE : undefined,
  ];
  return habits.filter((habit) => habit !== undefined);
}

/** `~` instead of a home directory. */
function homeHabit(text: string): Habit | undefined {
  if (!/^~(?:[a-z_][\w-]*)?(?:\/|$)|=~\//.test(text)) return undefined;
  return shell(
    "home-directory",
    "`~` is shell syntax; write the path, or ${HOME} if the daemon has that variable",
  );
}

const SINGLE_QUOTE: Habit = {
  code: "single-quote",
  message: 'single quotes are shell syntax and do not quote here; write double quotes (")',
};

function shell(code: string, message: string): Habit {
  return { code, message };
}
