/** The checker's findings for people: the reference's lines, and hints below them (cli 5.4). */

import { placeText } from "../../model/mod.ts";
import type { CtlIo } from "../shared/io.ts";
import type { Finding, Reporter } from "./finding.ts";

/**
 * Writes progress and the verdict to standard output, findings to standard error.
 *
 * @param explains whether hints follow the findings; without them, the lines are the reference's
 */
export function textReporter(io: CtlIo, explains: boolean): Reporter {
  return {
    ...findingsReporter(io, explains),
    checking: (service) => io.out(`Checking service: ${service}...\n`),
    secondary: () => io.out("Performing secondary checks...\n"),
    secondaryDone: () => io.err("Secondary checks complete.\n"),
    end: (clean) => io.out(verdict(clean)),
  };
}

/** Writes findings to standard error, and nothing else. */
export function findingsReporter(io: CtlIo, explains: boolean): Reporter {
  return {
    checking() {},
    finding: (finding) => io.err(findingText(finding, explains)),
    secondary() {},
    secondaryDone() {},
    end() {},
  };
}

/** The last line of a run. */
export function verdict(clean: boolean): string {
  return clean ? "No problems found.\n" : "One or more errors/warnings issued.\n";
}

function findingText({ text, neededBy, suggestion, remedy }: Finding, explains: boolean): string {
  if (!explains) return `${text}\n`;
  const lines = [text];
  if (neededBy !== undefined) {
    const { service, place } = neededBy;
    lines.push(`    named by service '${service}' (${placeText(place)})`);
  }
  if (suggestion !== undefined) lines.push(`    did you mean \`${suggestion}\`?`);
  if (remedy !== undefined) lines.push(`    ${remedy}`);
  return lines.join("\n") + "\n";
}
