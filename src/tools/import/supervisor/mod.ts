/** The import of supervisord's configuration. */

import { InputFile } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import { folderOf, InputError, kindOfPath, namesIn, readInput } from "../input_files.ts";
import { absolute } from "../procfile.ts";
import { ImportResult } from "../result.ts";
import { parseIni, type Section } from "./ini_file.ts";
import { importProgram, type Program } from "./program.ts";

/** A configuration does not include more files than this. */
const MOST_FILES = 1000;

/** The service that starts all programs with `autostart`. */
const ALL = "supervisor";

/** Reads configurations with the files that they include. Throws `InputError`. */
export function importSupervisor(paths: readonly string[]): ImportResult {
  const result = new ImportResult();
  const sections = new Map<Section, InputFile>();
  const waiting = paths.flatMap((path) =>
    kindOfPath(path) === "folder"
      ? namesIn(path).filter((name) => /\.(conf|ini)$/.test(name)).map((name) => `${path}/${name}`)
      : [path]
  );
  const seen = new Set<string>();
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (seen.has(absolute(path))) continue;
    seen.add(absolute(path));
    if (seen.size > MOST_FILES) {
      throw new InputError(`Cannot import ${path}: more than ${MOST_FILES} files are included`);
    }
    const input = new InputFile(path);
    result.inputs.push(input);
    for (const section of parseIni(readInput(path), input)) {
      sections.set(section, input);
      if (section.name === "include") waiting.push(...includedFiles(section, path));
    }
  }
  importSections(sections, result);
  return result;
}

/** The files that the patterns name, without those that were read already. */
function includedFiles({ options }: Section, path: string): string[] {
  const directive = options.get("files");
  if (directive === undefined) return [];
  const found: string[] = [];
  for (const pattern of directive.value.split(/\s+/).filter((word) => word !== "")) {
    const whole = pattern.replaceAll("%(here)s", absolute(folderOf(path)));
    const full = whole.startsWith("/") ? whole : `${folderOf(path)}${whole}`;
    const folder = folderOf(full);
    if (/[*?[]/.test(folder)) {
      directive.decision(`name the folders of ${pattern}`);
      continue;
    }
    const names = globPattern(full.slice(folder.length));
    found.push(
      ...namesIn(folder === "" ? "." : folder).filter((name) => names.test(name)).map((name) =>
        `${folder}${name}`
      ),
    );
  }
  directive.carried(`${found.length} files`);
  return found;
}

/** A pattern of names with `*` and `?`. Runs of stars count once, so that matching takes no long time. */
function globPattern(glob: string): RegExp {
  const source = glob.replaceAll(/\*+/g, "*").replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${source.replaceAll("*", ".*").replaceAll("?", ".")}$`);
}

function importSections(sections: ReadonlyMap<Section, InputFile>, result: ImportResult): void {
  const programs: Program[] = [];
  const shared = [...sections.keys()].find(({ name }) => name === "supervisord")?.options.get("environment");
  for (const [section, input] of sections) {
    if (!section.name.startsWith("program:")) continue;
    const values = { here: absolute(folderOf(input.path)) };
    programs.push(importProgram(section, input, values, shared, result));
  }
  for (const program of programs) describeGroup(program, result, sections);
  orderByPriority(programs);
  const inputs = [...new Set(sections.values())];
  const started = programs.filter(({ starts }) => starts).flatMap(({ services }) => services);
  if (started.length > 0) {
    const all = result.describe(ALL, ...inputs);
    all.set("type", "internal");
    for (const { name } of started) all.relate("waits-for", name);
  }
  for (const [section, input] of sections) explainSection(section, input, programs, result);
}

/** A program with several processes is also a service that starts all of them. */
function describeGroup(
  { name, services }: Program,
  result: ImportResult,
  sections: ReadonlyMap<Section, InputFile>,
): void {
  if (services.length === 1) return;
  const inputs = [...sections].filter(([section]) => section.name === `program:${name}`).map(([, input]) =>
    input
  );
  const group = result.describe(name, ...inputs);
  group.set("type", "internal");
  for (const service of services) group.relate("waits-for", service.name);
}

/** Each program starts after those of the next smaller priority. */
function orderByPriority(programs: readonly Program[]): void {
  const priorities = [...new Set(programs.map(({ priority }) => priority))].sort((a, b) => a - b);
  for (const program of programs) {
    const before = priorities[priorities.indexOf(program.priority) - 1];
    const earlier = programs.filter(({ priority }) => priority === before).flatMap(({ services }) =>
      services
    );
    for (const service of program.services) {
      for (const { name } of earlier) service.relate("after", name);
    }
  }
}

function explainSection(
  section: Section,
  input: InputFile,
  programs: readonly Program[],
  result: ImportResult,
): void {
  const [kind, name] = section.name.split(":");
  if (kind === "program") return;
  if (kind === "group") return importGroup(section, (name ?? "").trim(), input, programs, result);
  const note = NOTES[kind] ?? "this import does not know the section";
  for (const directive of section.options.values()) {
    if (!directive.isClassified) directive.none(note);
  }
}

const NOTES: Readonly<Record<string, string>> = {
  supervisord: "the daemon has its own options; see dinit --help",
  supervisorctl: "dinitctl has its own options; see dinitctl --help",
  unix_http_server: "the daemon has its own control socket",
  inet_http_server: "the daemon has its own control socket",
  rpcinterface: "the daemon has its own protocol",
  ctlplugin: "dinitctl has no plugins",
  eventlistener: "a program can follow dinitctl events",
  "fcgi-program": "a description has no FastCGI socket; socket-listen opens a Unix socket",
};

function importGroup(
  { options }: Section,
  name: string,
  input: InputFile,
  programs: readonly Program[],
  result: ImportResult,
): void {
  const members = options.get("programs");
  options.get("priority")?.none("the priority of each program decides");
  if (members === undefined) return;
  const group: DescriptionText = result.describe(name, input);
  group.set("type", "internal");
  for (const member of members.value.split(",").map((word) => word.trim()).filter((word) => word !== "")) {
    const program = programs.find((one) => one.name === member);
    if (program === undefined) group.decide(members, `there is no program '${member}'`);
    for (const service of program?.services ?? []) group.relate("waits-for", service.name);
  }
  members.changed(`the service ${group.name} starts them`);
}
