/** Where the output of a service goes, and where its input comes from. */

import type { Directive } from "../../shared/account.ts";
import { type ServiceContext, wordOf } from "./service_context.ts";

/** `StandardOutput`, `StandardError` and `StandardInput`. */
export function importOutput(context: ServiceContext): void {
  const { unit, text } = context;
  const output = unit.last("Service", "StandardOutput");
  const errors = unit.last("Service", "StandardError");
  const input = unit.last("Service", "StandardInput");
  text.set("log-type", "buffer");
  if (output !== undefined) importTarget(context, output);
  if (errors !== undefined) importErrors(context, errors, output);
  if (input === undefined) return;
  if (input.value === "null") input.carried();
  else if (input.value.startsWith("tty")) {
    text.flag("runs-on-console");
    text.remove("log-type");
    input.changed("options = runs-on-console, which is the terminal of the machine");
  } else {text.decide(
      input,
      "the input of a service is empty; a command such as sh -c 'PROGRAM < FILE' opens a file",
    );}
}

function importTarget(context: ServiceContext, directive: Directive): void {
  const { text } = context;
  const [kind, path] = /^(file|append|truncate):(.*)$/s.exec(directive.value)?.slice(1) ?? [];
  if (kind !== undefined) {
    const word = wordOf(context, directive, path);
    if (word === undefined) return;
    text.set("log-type", "file");
    text.set("logfile", [word]);
    return kind === "append"
      ? directive.carried()
      : directive.changed("the output is added to the end of the file");
  }
  switch (directive.value.replace(/\+console$/, "")) {
    case "inherit":
    case "journal":
    case "syslog":
    case "kmsg":
      return directive.changed(
        "log-type = buffer: dinitctl catlog shows the last output; log-type = kept keeps more",
      );
    case "null":
      text.set("log-type", "none");
      return directive.carried();
    case "tty":
      text.flag("runs-on-console");
      text.remove("log-type");
      return directive.changed("options = runs-on-console, which is the terminal of the machine");
  }
  text.decide(directive, "the output can go to a buffer, a file or nowhere");
}

/** Output and errors go to the same place here. */
function importErrors({ text }: ServiceContext, directive: Directive, output: Directive | undefined): void {
  const usual = output?.value ?? "journal";
  if (directive.value === "inherit" || directive.value === usual) {
    return directive.carried("errors go where the output goes");
  }
  if (output === undefined && /^(journal|syslog|kmsg)(\+console)?$/.test(directive.value)) {
    return directive.carried("errors go where the output goes");
  }
  text.decide(directive, "errors go where the output goes; the command can redirect them");
}
