/** `dinit-check`: checks service descriptions without a daemon (cli 5). */

import {
  FileUsers,
  isSharedFile,
  printDescription,
  SETTING_TABLE,
  type SettingTable,
} from "../../description/mod.ts";
import { inheritedEnvironment } from "../../inherited/mod.ts";
import { missingGrantText, typed } from "../../model/mod.ts";
import type { CheckOptions } from "../../options/dinit_check.ts";
import { Checker } from "./checker.ts";
import { checkFailure } from "./failure.ts";
import type { Finding, Reporter } from "./finding.ts";
import { type Form, formOf } from "./form.ts";
import { scanCheckArguments } from "./options.ts";
import { githubReporter } from "./report_github.ts";
import { jsonReporter } from "./report_json.ts";
import { findingsReporter, textReporter } from "./report_text.ts";
import { type CheckIo, offlineSource } from "./source.ts";
import { ToolFailure } from "../shared/failure.ts";
import { processIo } from "../shared/io.ts";

export type { Severity } from "./finding.ts";
export type { CheckRecord } from "./report_json.ts";
export type { CheckIo } from "./source.ts";

/**
 * Runs `dinit-check` with the given arguments, without the program's name. Returns the exit status: 0 if no finding
 * counts, otherwise 1, also if checking was not possible.
 *
 * @param io the surroundings. @default those of this process
 * @param settings the settings that descriptions may use. @default the table of the program
 */
export async function runCheck(
  args: readonly string[],
  io: CheckIo = checkIo(),
  settings: SettingTable = SETTING_TABLE,
): Promise<number> {
  try {
    const options = scanCheckArguments(args, isFile);
    if (!options.help) return await check(options, io, settings);
    io.out((await typed(import("./help.ts"))).checkHelp());
    return 0;
  } catch (error) {
    const failure = error instanceof Deno.errors.NotCapable ? checkFailure(missingGrantText(error)) : error;
    if (!(failure instanceof ToolFailure)) throw error;
    io.err(`${failure.message}\n`);
    return 1;
  }
}

async function check(options: CheckOptions, io: CheckIo, settings: SettingTable): Promise<number> {
  const form = formOf(options, io.errorsAtTerminal());
  const reporter = reporterFor(options, form, io);
  const found: Finding[] = [];
  const source = options.online
    ? await (await typed(import("./online.ts"))).onlineSource(options, io)
    : offlineSource(options, io, (finding) => found.push(finding));
  const identity = { uid: io.uid() ?? 0, gid: io.gid() ?? 0 };
  const { portable } = options;
  const users = new FileUsers();
  const shared = source.directories.some(isSharedFile)
    ? (await typed(import("../../description/toml/mod.ts"))).tomlSearch(settings)
    : undefined;
  const checker = new Checker({ source, users, identity, settings, portable, reporter, form, shared });
  const { directories } = source;
  const described = options.all && shared !== undefined
    ? directories.filter(isSharedFile).flatMap((path) => shared.names(path))
    : [];
  const more = described.filter((name) => !options.services.includes(name));
  const clean = checker.run([...options.services, ...more], found);
  if (options.print) print(options, checker, io, settings);
  return clean ? 0 : 1;
}

function reporterFor({ format, print }: CheckOptions, { explains }: Form, io: CheckIo): Reporter {
  switch (format) {
    case "json":
      return jsonReporter(io);
    case "github":
      return githubReporter(io);
    case "text":
      return print ? findingsReporter(io, explains) : textReporter(io, explains);
  }
}

/** Prints the descriptions of the named services that could be read. */
function print(
  { services, portable }: CheckOptions,
  checker: Checker,
  io: CheckIo,
  settings: SettingTable,
): void {
  const texts: string[] = [];
  for (const service of new Set(services)) {
    const description = checker.description(service);
    if (description === undefined) continue;
    const text = printDescription(description, { portable, table: settings });
    texts.push(`# ${service} (${description.file})\n${text}`);
  }
  io.out(texts.join("\n"));
}

/** The surroundings of the real process. */
function checkIo(): CheckIo {
  return {
    ...processIo(),
    environment: () => Object.fromEntries(inheritedEnvironment()),
    gid: realGroupId,
    errorsAtTerminal: () => Deno.stderr.isTerminal(),
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}

function realGroupId(): number | undefined {
  try {
    return Deno.gid() ?? undefined;
  } catch {
    return undefined;
  }
}
