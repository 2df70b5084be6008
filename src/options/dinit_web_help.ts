/** The help text of `dinit-web`. */

import { DINIT_WEB_OPTIONS } from "./dinit_web.ts";
import { optionColumns, twoColumns } from "./text.ts";

/** What the program does, in paragraphs. */
export const WEB_DESCRIPTION: readonly string[] = [
  "Serves a page that shows the services of a daemon and starts and stops them, an interface for programs, and metrics " +
  "for Prometheus. It is a client of the control socket: the daemon does not depend on it.",
  "Without --listen it listens on a unix socket that only its user can reach. With a port, it prints a link to the page. " +
  "The part of the link behind # is the token; keep it secret. As a service, whose output is logged, take a token file " +
  "or a unix socket.",
  "Other machines may only reach it with --tls-cert and --tls-key.",
];

/** The paths that it answers, and what they show. */
export const WEB_PATHS: readonly (readonly [string, string])[] = [
  ["/", "the page"],
  ["/api/v1/", "the interface for programs; /api/v1/openapi.json describes it"],
  ["/metrics", "metrics in the format OpenMetrics"],
  ["/healthz", "200 if all services have started and all checks pass; otherwise 503 and the names"],
];

/** The whole text, with a newline at its end. */
export function webHelp(): string {
  return [
    "dinit-web: show services in a browser, to programs and to Prometheus",
    "",
    "Usage:",
    "    dinit-web [options]",
    "",
    "Options:",
    ...optionColumns(DINIT_WEB_OPTIONS),
    "",
    "It answers these paths:",
    ...twoColumns(WEB_PATHS),
    "",
  ].join("\n");
}
