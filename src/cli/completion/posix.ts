/** The part of the completion that bash and zsh share: functions that both understand. */

import { SIGNALS } from "../../model/mod.ts";
import { type OptionGrammar, PLAIN_WORDS, TOOLS, type ValueGrammar } from "./grammar.ts";

/** A word in single quotes. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The result of the functions below: words to choose from, or a kind. */
function kindOf({ oneOf, completes }: ValueGrammar): string {
  return oneOf === undefined ? completes ?? "text" : `=${oneOf.join(" ")}`;
}

/** A line `word<TAB>summary`. */
function candidate(word: string, summary: string): string {
  return quote(`${word}\t${summary}`);
}

function printed(candidates: readonly string[]): string {
  return candidates.length === 0 ? ":" : `printf '%s\\n' ${candidates.join(" ")}`;
}

function optionCandidates(options: readonly OptionGrammar[]): string[] {
  return options.flatMap(({ names, summary }) => names.map((name) => candidate(name, summary)));
}

/** The `case` lines that say which options have values, and of which kind. */
function valueCases(): string[] {
  return TOOLS.flatMap(({ name: tool, options }) =>
    options.flatMap(({ names, value }) =>
      value === undefined
        ? []
        : [`    ${names.map((name) => `${tool}:${name}`).join("|")}) echo ${quote(kindOf(value))} ;;`]
    )
  );
}

function optionCases(): string[] {
  return TOOLS.flatMap(({ name: tool, options, commands }) => {
    const own = commands.filter((command) => command.options.length > 0).map((command) => {
      const rows = options.filter(({ names }) => command.options.some((name) => names.includes(name)));
      return `    ${tool}:${command.name}) ${printed(optionCandidates(rows))} ;;`;
    });
    return own;
  });
}

function commonOptionCases(): string[] {
  return TOOLS.map(({ name, options }) =>
    `    ${name}) ${printed(optionCandidates(options.filter(({ local }) => !local)))} ;;`
  );
}

/** The kinds of arguments by tool, sub-command and place, counted from 0. */
function wordCases(): string[] {
  const lists = [
    ...TOOLS.flatMap(({ name, commands, words }) =>
      commands.length === 0
        ? [{ key: `${name}:`, words }]
        : commands.map((command) => ({ key: `${name}:${command.name}`, words: command.words }))
    ),
    ...PLAIN_WORDS.map(({ name, words }) => ({ key: `dinit:${name}`, words })),
  ];
  return lists.flatMap(({ key, words }) =>
    words.map((word, place) => {
      const places = word.repeatable ? `${key}:*` : `${key}:${place}`;
      return `    ${places}) echo ${quote(kindOf(word))} ;;`;
    })
  );
}

function commandCandidates(): string {
  return printed(
    TOOLS.flatMap(({ commands }) => commands).map(({ name, summary }) => candidate(name, summary)),
  );
}

function toolCandidates(): string {
  return printed([
    ...TOOLS.map(({ word, summary }) => candidate(word, summary)),
    ...PLAIN_WORDS.map(({ name, summary }) => candidate(name, summary)),
  ]);
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
${optionCases().join("\n")}
  esac
  case "$1" in
${commonOptionCases().join("\n")}
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
    signal) ${printed(SIGNALS.map(([name, number]) => candidate(name, `signal ${number}`)))} ;;
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
  if [ "$tool" = dinit ]; then
    if [ $# -le 1 ]; then
      ${toolCandidates()}
      return
    fi
    case "$1" in
${TOOLS.map(({ word, name }) => `      ${word}) tool=${name} sub= ;;`).join("\n")}
      *) sub=$1 ;;
    esac
    shift
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
        ${commandCandidates()}
      else
        _dinit_kind "$(_dinit_word "$tool" "$sub" "$place")"
      fi
      ;;
  esac
}
`;
}
