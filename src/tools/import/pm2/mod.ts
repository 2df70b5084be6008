/** The import of pm2's ecosystem files. */

import { InputFile } from "../../shared/account.ts";
import { InputError, kindOfPath, namesIn, readInput } from "../input_files.ts";
import { ImportResult } from "../result.ts";
import { importApp } from "./app.ts";
import { evaluateModule } from "./evaluate.ts";

/** Reads ecosystem files: JSON, or JavaScript that exports an object. Throws `InputError`. */
export async function importPm2(paths: readonly string[]): Promise<ImportResult> {
  const result = new ImportResult();
  for (const path of paths.flatMap(filesOf)) {
    const text = readInput(path);
    const input = new InputFile(path);
    result.inputs.push(input);
    const value = path.endsWith(".json") ? parseJson(text, path) : await evaluateModule(text, path);
    const { apps, others } = partsOf(value, path);
    for (const app of apps) await importApp(app, input, text, result);
    for (const [name, content] of others) {
      input.add(name, JSON.stringify(content), lineOf(text, name)).none(
        "dinit does not copy programs to machines; see dinitctl --host",
      );
    }
  }
  return result;
}

function filesOf(path: string): string[] {
  if (kindOfPath(path) !== "folder") return [path];
  const found = namesIn(path).filter((name) => /^(ecosystem|pm2|process).*\.(json|js|cjs)$/.test(name));
  return found.map((name) => `${path}/${name}`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(`Cannot read ${path}: ${error.message}`, { cause: error });
  }
}

/** The programs, and what else the file has. A file may also be a list, or one program. */
function partsOf(value: unknown, path: string) {
  const root = Array.isArray(value)
    ? { apps: value }
    : isRecord(value) && !("apps" in value) && "script" in value
    ? { apps: [value] }
    : value;
  if (!isRecord(root) || !Array.isArray(root.apps) || !root.apps.every(isRecord)) {
    throw new InputError(`Cannot read ${path}: it has no list 'apps' of objects`);
  }
  return { apps: root.apps, others: Object.entries(root).filter(([name]) => name !== "apps") };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The first line with a name, from 1; 0 if there is none. */
export function lineOf(text: string, name: string, from = 0): number {
  const at = text.indexOf(name, from);
  return at === -1 ? 0 : text.slice(0, at).split("\n").length;
}
