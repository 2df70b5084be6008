/** Completion for zsh. */

import { DINIT, LINKED_TOOLS, SHUTDOWN } from "../../options/programs.ts";
import { posixFunctions } from "./posix.ts";

/** The script, to be sourced or to be installed as `_dinit` in a directory of `fpath`. */
export function zshCompletion(): string {
  const tools = [DINIT, ...LINKED_TOOLS].filter((one) => one !== SHUTDOWN).map(({ name }) => name).join(" ");
  return `\
#compdef ${tools}
# zsh completion for dinit and its tools, made by: dinit completion zsh

${posixFunctions()}
_dinit() {
  local candidate name
  local -a lines names shown
  lines=("\${(@f)$(_dinit_candidates "\${(@Q)words[1,CURRENT]}")}")
  case "\${lines[1]-}" in
    :directory) _files -/; return ;;
    :file) _files; return ;;
  esac
  for candidate in $lines; do
    name=\${candidate%%$'\\t'*}
    names+=("$name")
    if [[ $candidate == *$'\\t'* ]]; then
      shown+=("$name  -- \${candidate#*$'\\t'}")
    else
      shown+=("$name")
    fi
  done
  ((\${#names})) && compadd -l -d shown -a names
}

if [ "$funcstack[1]" = _dinit ]; then
  _dinit "$@"
else
  compdef _dinit ${tools}
  # Another init may own these names.
  for _dinit_name in ${[SHUTDOWN.name, ...SHUTDOWN.aliases].join(" ")}; do
    [[ "\${commands[$_dinit_name]-}" -ef "\${commands[dinit]-}" ]] && compdef _dinit $_dinit_name
  done
  unset _dinit_name
  # deno task -q ctl ..., and deno run ... main.ts ...; everything else of deno goes where it went before.
  [[ "\${_comps[deno]-}" == _dinit_deno ]] || typeset -g _dinit_deno_before=\${_comps[deno]-}
  _dinit_deno() {
    if [[ "\${(j: :)words[2,CURRENT-1]} " =~ '^(task( -[^ ]+)* (ctl|check)|run .*main[.]ts) ' ]]; then
      _dinit
    elif [[ -n "$_dinit_deno_before" ]]; then
      "$_dinit_deno_before" "$@"
    else
      _default
    fi
  }
  compdef _dinit_deno deno
fi
`;
}
