/** The import of compose files. */

import { InputFile } from "../../shared/account.ts";
import { parseDotenv } from "../dotenv.ts";
import { folderOf, InputError, kindOfPath, lastPart, namesIn, readInput } from "../input_files.ts";
import { serviceName } from "../names.ts";
import { absolute } from "../procfile.ts";
import { type ImportRequest, ImportResult } from "../result.ts";
import { plainWords } from "../words.ts";
import { extended } from "./extends.ts";
import { Fields, textsOf } from "./fields.ts";
import { interpolateTree } from "./interpolate.ts";
import { importService } from "./service.ts";
import { parseTree, type Tree, treeText } from "./tree.ts";

/** Reads compose files, each as a separate project. Throws `InputError`. */
export function importCompose(paths: readonly string[], { podman }: ImportRequest): ImportResult {
  const result = new ImportResult();
  for (const path of paths.flatMap(filesOf)) importFile(path, podman, result);
  return result;
}

function filesOf(path: string): string[] {
  if (kindOfPath(path) !== "folder") return [path];
  const names = namesIn(path).filter((name) => /^(docker-)?compose\.ya?ml$/.test(name));
  if (names.length === 0) throw new InputError(`Cannot import ${path}: it has no compose.yaml`);
  return [`${path}/${names[0]}`];
}

function importFile(path: string, podman: boolean, result: ImportResult): void {
  const input = new InputFile(path);
  result.inputs.push(input);
  const values = readValues(`${folderOf(path)}.env`, result);
  const missing = new Set<string>();
  const root = interpolateTree(parseTree(readInput(path), path), values, (name) => missing.add(name));
  const services = root.kind === "map" ? root.entries.get("services") : undefined;
  if (root.kind !== "map" || services?.kind !== "map") {
    throw new InputError(`Cannot read ${path}: it has no 'services'`);
  }
  const whole = extended(services.entries);
  for (const [name, tree] of services.entries) {
    const field = tree.kind === "map" ? tree.entries.get("extends") : undefined;
    if (field === undefined || hasField(whole.get(name), "extends")) continue;
    input.add(`services.${name}.extends`, treeText(field), field.line).changed(
      "it has the fields of the other service",
    );
  }
  const folder = absolute(folderOf(path));
  const given = root.entries.get("name");
  const project = serviceName(given?.kind === "text" ? given.text : lastPart(folder) || "compose");
  importServices(whole, { project, folder, podman, input, result });
  explainTop(root.entries, input, podman);
  for (const name of missing) {
    input.add(`\${${name}}`, "", 0).decision("the variable is not in .env: an empty text stands for it");
  }
}

function hasField(tree: Tree | undefined, name: string): boolean {
  return tree?.kind === "map" && tree.entries.has(name);
}

/** The variables of `.env`. */
function readValues(path: string, result: ImportResult): Map<string, string> {
  const values = new Map<string, string>();
  if (kindOfPath(path) !== "file") return values;
  const input = new InputFile(path);
  result.inputs.push(input);
  for (const { name, value, directive } of parseDotenv(readInput(path), input)) {
    values.set(name, value);
    directive.changed("its value is written where the compose file names it");
  }
  return values;
}

interface Project {
  readonly project: string;
  readonly folder: string;
  readonly podman: boolean;
  readonly input: InputFile;
  readonly result: ImportResult;
}

function importServices(
  entries: ReadonlyMap<string, Tree>,
  { project, folder, podman, input, result }: Project,
): void {
  const all = Array.from(entries, ([name, tree]) => {
    const fields = new Fields(name, tree, input);
    const text = result.describe(name, input);
    const isDifferent = text.name !== name;
    if (isDifferent) input.add(`services.${name}`, "", tree.line).changed(`the service is ${text.name}`);
    if (tree.kind === "map" && tree.entries.size > 0) return { fields, text };
    input.add(`services.${name}`, treeText(tree), tree.line).decision("it has no fields");
    return { fields, text };
  });
  const services = new Map(all.map(({ fields, text }) => [fields.name, text]));
  const network = podman ? describeNetwork(project, input, result) : undefined;
  const completed = new Set(
    all.flatMap(({ fields }) =>
      fields.below("depends_on.").filter(([, tree]) =>
        treeText(tree).includes("service_completed_successfully")
      ).map((
        [name],
      ) => name)
    ),
  );
  for (const { fields, text } of all) {
    importService(fields, text, { result, folder, network, completed, services });
  }
  const profiles = new Map<string, string[]>();
  for (const { fields, text } of all) {
    const tree = fields.tree("profiles");
    const names = tree === undefined ? [] : textsOf(tree) ?? [treeText(tree)];
    for (const name of names.length === 0 ? [""] : names) {
      profiles.set(name, [...profiles.get(name) ?? [], text.name]);
    }
  }
  for (const [profile, members] of profiles) {
    const group = result.describe(profile === "" ? project : `${project}-${profile}`, input);
    group.set("type", "internal");
    for (const member of members) group.relate("waits-for", member);
  }
}

/** The network in which the containers find each other by their names. */
function describeNetwork(project: string, input: InputFile, result: ImportResult): string {
  const network = result.describe(`${project}-network`, input);
  network.set("type", "scripted");
  network.set("command", plainWords("podman", "network", "create", "--ignore", network.name));
  return network.name;
}

/** The fields beside `services`. */
function explainTop(entries: ReadonlyMap<string, Tree>, input: InputFile, podman: boolean): void {
  for (const [name, tree] of entries) {
    if (name === "services") continue;
    const parts =
      tree.kind === "map" && /^(volumes|networks|secrets|configs)$/.test(name) && tree.entries.size > 0
        ? Array.from(tree.entries, ([key, value]): [string, Tree] => [`${name}.${key}`, value])
        : [[name, tree] as [string, Tree]];
    for (const [path, value] of parts) {
      const directive = input.add(path, treeText(value), value.line);
      if (path === "version" || path.startsWith("x-")) directive.carried("docker ignores it, too");
      else if (path === "name") directive.carried("the service with this name starts the others");
      else if (path.startsWith("networks")) {
        if (podman) directive.changed("all containers are in one network");
        else directive.none("the programs use the network of this machine");
      } else if (path.startsWith("volumes")) {
        if (podman) directive.changed("podman makes the volume when it is used first");
        else directive.decision("the programs use the files of this machine");
      } else if (path === "include") directive.decision("import the other file, too");
      else if (/^(secrets|configs)/.test(path)) directive.decision("give the program the path of the file");
    }
  }
}
