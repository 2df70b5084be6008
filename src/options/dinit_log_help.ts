/** The help text of `dinit-log`. */

import { DINIT_LOG_OPTIONS } from "./dinit_log.ts";
import { optionColumns } from "./text.ts";

/** What the program does, in paragraphs. */
export const LOG_DESCRIPTION: readonly string[] = [
  "Writes standard input to a file, and begins another file when the limits are reached. The earlier files are " +
  "archives: FILE.1 is the newest one, then come FILE.2.gz, FILE.3.gz and so on. In a directory, the file is current.",
  "Lines are never cut or merged, whatever their length and their bytes: each archive begins and ends with a whole " +
  "line. If the file cannot be written, the last 1 MB of output are kept in memory until it can.",
  "With --in-place it reads nothing. It moves the head of a file that other programs append to into an archive, and cuts " +
  "it off; the programs notice nothing. The file system must be able to do that, such as ext4, XFS and F2FS.",
  "As a service it reads the output of another service: consumer-of = SERVICE.",
];

/** The whole text, with a newline at its end. */
export function logHelp(): string {
  return [
    "dinit-log: write standard input to a rotated log",
    "",
    "Usage:",
    "    dinit-log [options] DIR|FILE",
    "    dinit-log --in-place [options] FILE",
    "",
    "Options:",
    ...optionColumns(DINIT_LOG_OPTIONS),
    "",
    "The log is FILE, or DIR/current; its archives are FILE.1, FILE.2.gz, FILE.3.gz and so on.",
    "HUP opens the file again. TERM writes what the pipe holds, and ends.",
    "",
  ].join("\n");
}
