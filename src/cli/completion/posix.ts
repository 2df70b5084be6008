/** The part of the completion that bash and zsh share: functions that both understand. */

import { namesOf, type OptionRow, type Word } from "../../options/mod.ts";
import { DINIT, PROGRAMS, SHUTDOWN, TOOLS } from "../../options/programs.ts";
import { helpOf } from "../../options/text.ts";
import { type Candidate, listedKinds, wordsOfKind } from "./words.ts";

/** The commands of `dinit` that are no programs. */
const PLAIN = DINIT.commands.map(({ name }) => name).filter((name) =>
  !TOOLS.some(({ word }) => word === name)
);

/** A word in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The result of the functions below: words to choose from, or a kind. */
function kindOf({ oneOf, kind = "text" }: Word): string {
  return oneOf === undefined ? kind : `=${oneOf.join(" ")}`;
}

/** Prints lines `word<TAB>summary`. */
function printed(candidates: readonly Candidate[]): string {
  const lines = candidates.map(({ word, summary }) =>
    quote(summary === undefined ? word : `${word}\t${summary}`)
  );
  return lines.length === 0 ? ":" : `printf '%s\\n' ${lines.join(" ")}`;
}

function optionCandidates(options: readonly OptionRow[]): Candidate[] {
  return options.flatMap((option) => namesOf(option).map((word) => ({ word, summary: helpOf(option) })));
}

/** The `case` lines that say which options have values, and of which kind. */
function valueCases(): string[] {
  return PROGRAMS.flatMap(({ name: program, options }) =>
    options.flatMap((option) =>
      option.value === undefined || option.value.omissible ? [] : [
        `    ${namesOf(option).map((name) => `${program}:${name}`).join("|")}) echo ${
          quote(kindOf(option.value))
        } ;;`,
      ]
    )
  );
}

/** The options that belong to a command. */
function commandOptionCases(): string[] {
  return PROGRAMS.flatMap(({ name: program, options, commands }) =>
    commands.filter((command) => command.options !== undefined).map((command) => {
      const rows = options.filter(({ long }) => command.options?.some((name) => name === long));
      return `    ${program}:${command.name}) ${printed(optionCandidates(rows))} ;;`;
    })
  );
}

/** The options of a program. Those of `dinit` stand in front of its commands, not behind them. */
function optionCases(): string[] {
  return PROGRAMS.map((program) => {
    const rows = program.options.filter(({ local }) => !local);
    return `    ${program.name}:${program === DINIT ? "" : "*"}) ${printed(optionCandidates(rows))} ;;`;
  });
}

/** The kinds of arguments by program, command and place, counted from 0. */
function wordCases(): string[] {
  const lists = PROGRAMS.flatMap(({ name, commands, words }) => [
    { key: `${name}:`, words },
    ...commands.map((command) => ({ key: `${name}:${command.name}`, words: command.words })),
  ]);
  return lists.flatMap(({ key, words }) =>
    words.map((word, place) => {
      const places = word.repeatable ? `${key}:*` : `${key}:${place}`;
      return `    ${places}) echo ${quote(kindOf(word))} ;;`;
    })
  );
}

function commandCases(): string[] {
  return PROGRAMS.filter(({ commands }) => commands.length > 0).map(({ name, commands }) =>
    `    ${name}) ${printed(commands.map(({ name, summary }) => ({ word: name, summary })))} ;;`
  );
}

/**
 * Shell functions. `_dinit_candidates WORD...` prints the possible last words after the other words: one line
 * `word<TAB>summary` for each, or only `:file` or `:directory` for file names.
 */
export function posixFunctions(): string {
  return `\
_dinit_value() {
  case "$1:$2" in
${valueCases().join("\n")}
  esac
}

_dinit_options() {
  case "$1:$2" in
${commandOptionCases().join("\n")}
  esac
  case "$1:$2" in
${optionCases().join("\n")}
  esac
}

_dinit_commands() {
  case "$1" in
${commandCases().join("\n")}
  esac
}

_dinit_word() {
  case "$1:$2:$3" in
${wordCases().join("\n")}
  esac
}

_dinit_kind() {
  case "$1" in
    '='*) printf '%s\\n' "\${1#=}" | tr ' ' '\\n' ;;
    service) _dinit_services ;;
${listedKinds().map((kind) => `    ${kind}) ${printed(wordsOfKind(kind) ?? [])} ;;`).join("\n")}
    variable) env | sed -n 's/^\\([A-Za-z_][A-Za-z_0-9]*\\)=.*/\\1/p' ;;
    file|directory) echo ":$1" ;;
  esac
}

# Asks the daemon that the command line is for.
_dinit_services() {
  set -- list --names
  [ -n "$_dinit_socket" ] && set -- --socket-path "$_dinit_socket" "$@"
  [ -n "$_dinit_mode" ] && set -- "$_dinit_mode" "$@"
  if [ -n "$_dinit_deno" ]; then
    eval "$_dinit_deno"' ctl "$@" 2>/dev/null'
  elif [ "$_dinit_tool" = dinit ]; then
    "$_dinit_program" ctl "$@" 2>/dev/null
  elif [ "$_dinit_tool" = dinitctl ]; then
    "$_dinit_program" "$@" 2>/dev/null
  else
    dinitctl "$@" 2>/dev/null
  fi
}

_dinit_candidates() {
  local _dinit_program _dinit_tool _dinit_socket _dinit_mode _dinit_deno tool option word place sub
  _dinit_program=$1
  _dinit_tool=\${1##*/}
  tool=$_dinit_tool
  shift
  case "$tool" in
    ${SHUTDOWN.aliases.join("|")}) tool=${SHUTDOWN.name} ;;
  esac
  # deno task -q ctl WORD..., and deno run OPTION... main.ts ctl WORD...: from here on like dinit ctl WORD...
  if [ "$tool" = deno ] && [ "$1" = task ]; then
    _dinit_deno="$(printf %q "$_dinit_program") task -q"
    shift
    while [ $# -gt 1 ]; do
      case "$1" in -*) shift ;; *) break ;; esac
    done
    [ $# -gt 1 ] || return
    tool=dinit
  elif [ "$tool" = deno ]; then
    _dinit_deno=$(printf %q "$_dinit_program")
    while [ $# -gt 1 ] && [ "\${1##*/}" != main.ts ]; do
      _dinit_deno="$_dinit_deno $(printf %q "$1")"
      shift
    done
    [ $# -gt 1 ] || return
    _dinit_deno="$_dinit_deno $(printf %q "$1")"
    shift
    tool=dinit
  fi
  sub=
  if [ "$tool" = dinit ] && [ $# -le 1 ]; then
    case "$1" in
      -*) ;;
      *)
        _dinit_commands dinit
        return
        ;;
    esac
  elif [ "$tool" = dinit ]; then
    case "$1" in
${TOOLS.map(({ word, name }) => `      ${word}) tool=${name}; shift ;;`).join("\n")}
      ${PLAIN.join("|")}) sub=$1; shift ;;
    esac
  fi
  place=0
  while [ $# -gt 1 ]; do
    word=$1
    shift
    if [ -n "$option" ]; then
      case "$option" in
        -p|--socket-path) _dinit_socket=$word ;;
      esac
      option=
      continue
    fi
    case "$word" in
      -s|--system|-u|--user) _dinit_mode=$word ;;
      --*=*) ;;
      -*) [ -n "$(_dinit_value "$tool" "$word")" ] && option=$word ;;
      *)
        if [ "$tool" = dinitctl ] && [ -z "$sub" ]; then
          sub=$word
        else
          place=$((place + 1))
        fi
        ;;
    esac
  done
  if [ -n "$option" ]; then
    _dinit_kind "$(_dinit_value "$tool" "$option")"
    return
  fi
  case "$1" in
    --*=*)
      option=\${1%%=*}
      _dinit_kind "$(_dinit_value "$tool" "$option")" | sed "s/^/$option=/"
      ;;
    -*) _dinit_options "$tool" "$sub" ;;
    *)
      if [ "$tool" = dinitctl ] && [ -z "$sub" ]; then
        _dinit_commands "$tool"
      else
        _dinit_kind "$(_dinit_word "$tool" "$sub" "$place")"
      fi
      ;;
  esac
}
`;
}
