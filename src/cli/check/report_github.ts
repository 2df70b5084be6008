/** The checker's findings as annotations of a GitHub workflow: `dinit check --format=github`. */

import type { CtlIo } from "../shared/io.ts";
import type { Finding, Reporter } from "./finding.ts";
import { verdict } from "./report_text.ts";

const COMMANDS = { error: "error", warning: "warning", note: "notice" } as const;

/** Writes one workflow command per finding, and the verdict, to standard output. */
export function githubReporter(io: CtlIo): Reporter {
  return {
    checking() {},
    finding: (finding) => io.out(`${annotation(finding)}\n`),
    secondary() {},
    secondaryDone() {},
    end: (clean) => io.out(verdict(clean)),
  };
}

/** The workflow command for a finding. */
export function annotation({ service, severity, message, place, suggestion, remedy }: Finding): string {
  const properties = [["file", place?.file], ["line", place?.line], ["col", place?.column]]
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(",");
  const subject = service === "" ? "" : `Service '${service}': `;
  const hints = [suggestion && `did you mean \`${suggestion}\`?`, remedy].filter((hint) =>
    hint !== undefined
  );
  const hint = hints.map((text) => ` (${text})`).join("");
  return `::${COMMANDS[severity]}${properties && ` ${properties}`}::${escapeData(subject + message + hint)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
