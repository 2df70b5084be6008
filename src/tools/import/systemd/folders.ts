/** The folders that systemd makes for a service: a step before the start makes them. */

import type { Directive } from "../../shared/account.ts";
import { plain, shellLine, shellWord, type Word } from "../words.ts";
import { type ServiceContext, wordOf } from "./service_context.ts";
import { expand } from "./specifiers.ts";
import { parseBoolean, splitWords } from "./values.ts";

/** The directive, the specifier of the folder in which it makes folders, and the variable with their names. */
const KINDS = [
  ["Runtime", "%t", "RUNTIME_DIRECTORY"],
  ["State", "%S", "STATE_DIRECTORY"],
  ["Cache", "%C", "CACHE_DIRECTORY"],
  ["Logs", "%L", "LOGS_DIRECTORY"],
  ["Configuration", "%E", "CONFIGURATION_DIRECTORY"],
] as const;

const USUAL_MODE = "0755";

/** `RuntimeDirectory` and its relatives, with their modes. */
export function importFolders(context: ServiceContext): void {
  const { unit, text } = context;
  const preserve = unit.last("Service", "RuntimeDirectoryPreserve");
  const keeps = preserve !== undefined && parseBoolean(preserve.value) !== false;
  preserve?.carried();
  for (const [kind, base, variable] of KINDS) {
    const mode = unit.last("Service", `${kind}DirectoryMode`);
    if (mode !== undefined) {
      if (/^[0-7]{1,4}$/.test(mode.value)) mode.changed("the step that makes the folder sets it");
      else text.decide(mode, "this is no mode");
    }
    const made = unit.all("Service", `${kind}Directory`).flatMap((directive) => {
      const folders = foldersOf(context, directive, base);
      if (folders.length > 0) directive.changed("a service that runs before this one makes the folder");
      return folders;
    });
    if (made.length === 0) continue;
    const isMode = mode !== undefined && /^[0-7]{1,4}$/.test(mode.value);
    makeFolders(context, made, isMode ? mode.value : USUAL_MODE, kind !== "Configuration");
    if (kind === "Runtime" && !keeps) {
      context.afterwards.push({
        line: shellLine([plain("rm"), plain("-rf"), plain("--"), ...made]),
        isPrivileged: true,
      });
    }
    const names = made.map((word) =>
      word.every((part) => typeof part === "string") ? word.join("") : undefined
    );
    if (!names.includes(undefined)) context.variables.set(variable, names.join(":"));
  }
}

function foldersOf(context: ServiceContext, directive: Directive, base: string): Word[] {
  const names = splitWords(directive.value) ?? [];
  const folders: Word[] = [];
  for (const name of names) {
    if (name.startsWith("/") || /(^|\/)\.\.(\/|$)|:/.test(name)) {
      context.text.decide(directive, `make the folder '${name}' by a service that this one depends on`);
      continue;
    }
    const word = wordOf(context, directive, name);
    const root = expand(base, context.unit);
    if (word !== undefined && "word" in root) folders.push([...root.word, "/", ...word]);
  }
  return folders;
}

/** Configuration stays the property of root, as systemd leaves it. */
function makeFolders(
  context: ServiceContext,
  folders: readonly Word[],
  mode: string,
  isUsersOwn: boolean,
): void {
  const { user, unit } = context;
  const owner = user === "" || unit.isUsers || !isUsersOwn
    ? []
    : ["-o", shellWord(plain(user)), "-g", `"$(id -g -- ${shellWord(plain(user))})"`];
  const line = ["install", "-d", "-m", mode, ...owner, "--", shellLine(folders)].join(" ");
  context.before.push({ line, isPrivileged: true });
}
