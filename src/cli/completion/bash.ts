/** Completion for bash. */

import { DINIT, LINKED_TOOLS, SHUTDOWN } from "../../options/programs.ts";
import { posixFunctions } from "./posix.ts";

/** The script, to be sourced. It needs nothing but bash, from version 4 on. */
export function bashCompletion(): string {
  return `\
# bash completion for dinit and its tools, made by: dinit completion bash

${posixFunctions()}
# Bash breaks words at characters that names of services may hold: the line is split again, at blanks only.
_dinit_complete() {
  local line=\${COMP_LINE:0:COMP_POINT} current kept break candidate quoted
  local -a words found
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=\${words[\${#words[@]} - 1]}
  COMPREPLY=()
  mapfile -t found < <(_dinit_candidates "\${words[@]}")
  case "\${found[0]-}" in
    :directory) mapfile -t COMPREPLY < <(compgen -d -- "$current"); compopt -o filenames 2>/dev/null; return ;;
    :file) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames 2>/dev/null; return ;;
  esac
  # Of a word that was broken, bash only replaces what is behind the last break.
  kept=
  for break in @ : =; do
    if [[ $COMP_WORDBREAKS == *"$break"* && $current == *"$break"* ]]; then
      local until=\${current%"\${current##*"$break"}"}
      ((\${#until} > \${#kept})) && kept=$until
    fi
  done
  for candidate in "\${found[@]}"; do
    candidate=\${candidate%%$'\\t'*}
    if [[ $candidate == "$current"* ]]; then
      printf -v quoted %q "\${candidate:\${#kept}}"
      COMPREPLY+=("$quoted")
    fi
  done
}

complete -F _dinit_complete ${
    [DINIT, ...LINKED_TOOLS].filter((one) => one !== SHUTDOWN).map(({ name }) => name).join(" ")
  }
# Another init may own these names.
for _dinit_name in ${[SHUTDOWN.name, ...SHUTDOWN.aliases].join(" ")}; do
  [[ $(type -P "$_dinit_name") -ef $(type -P dinit) ]] && complete -F _dinit_complete "$_dinit_name"
done
unset _dinit_name

# deno task -q ctl ..., and deno run ... main.ts ...; everything else of deno goes where it went before.
_dinit_deno_complete() {
  local ours='^[^[:space:]]+[[:space:]]+(task([[:space:]]+-[^[:space:]]+)*[[:space:]]+(ctl|check)|run[[:space:]].*main\\.ts)[[:space:]]'
  if [[ \${COMP_LINE:0:COMP_POINT} =~ $ours ]]; then
    compopt +o default +o bashdefault 2>/dev/null
    _dinit_complete
  elif [[ -n $_dinit_deno_before ]]; then
    "$_dinit_deno_before" "$@"
  fi
}

if [[ $(complete -p deno 2>/dev/null) != *_dinit_deno_complete* ]]; then
  _dinit_deno_before=$(complete -p deno 2>/dev/null | sed -n 's/.* -F \\([^ ]*\\) .*/\\1/p')
  complete -o bashdefault -o default -F _dinit_deno_complete deno
fi
`;
}
