/** Which services belong to the folder in which somebody calls `dinit up`. */

import { ToolFailure } from "../shared/failure.ts";

/** Where a project has its services. */
export interface Project {
  /** The folder in which the services run: absolute. */
  readonly root: string;
  /** The folder of descriptions, or the file, relative to `root`. */
  readonly path: string;
  readonly kind: "folder" | "toml" | "procfile";
}

/** What is looked for in a folder, in this order. */
const NAMES: readonly (readonly [name: string, kind: Project["kind"]])[] = [
  ["dinit.d", "folder"],
  ["dinit.toml", "toml"],
  ["Procfile", "procfile"],
];

/** Files of other programs, which `dinit import` translates. */
const COMPOSE = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/** A project ends where a repository begins. */
const REPOSITORY = ".git";

/** A failure of `dinit up`, with its remedy. */
export function upFailure(message: string, ...remedies: string[]): ToolFailure {
  return new ToolFailure([`dinit: ${message}`, ...remedies.map((line) => `    ${line}`)].join("\n"));
}

/** Finds the project of a folder: in it, or in its parents up to the repository. Throws `ToolFailure`. */
export function findProject(folder: string, uid: number | undefined): Project {
  let compose: string | undefined;
  for (const root of withParents(folder)) {
    for (const [path, kind] of NAMES) {
      const found = lookAt(`${root}/${path}`);
      if (found === undefined || found.isDirectory !== (kind === "folder")) continue;
      checkOwner(root, `${root}/${path}`, uid);
      return { root, path, kind };
    }
    compose ??= COMPOSE.find((name) => lookAt(`${root}/${name}`)?.isFile);
    if (lookAt(`${root}/${REPOSITORY}`) !== undefined) break;
  }
  throw upFailure(
    `there is no dinit.d/, dinit.toml or Procfile in ${folder}, nor above it`,
    compose === undefined
      ? "write one: dinit init"
      : `translate ${compose} first: dinit import compose ${compose}; or write a file: dinit init`,
  );
}

/** The project of a file or folder that the command line names. Throws `ToolFailure`. */
export function namedProject(word: string, folder: string): Project {
  const whole = word.startsWith("/") ? word : `${folder}/${word}`;
  const path = whole.replace(/\/+$/, "");
  const found = lookAt(path);
  if (found === undefined) throw upFailure(`${word} does not exist`, "write a file: dinit init");
  const at = path.lastIndexOf("/");
  const [root, name] = [path.slice(0, at) || "/", path.slice(at + 1)];
  if (found.isDirectory) {
    // A folder that has a project itself is that project.
    const inner = NAMES.find(([other]) => lookAt(`${path}/${other}`) !== undefined);
    return inner === undefined
      ? { root: normal(root), path: name, kind: "folder" }
      : { root: normal(path), path: inner[0], kind: inner[1] };
  }
  if (/\.ya?ml$/.test(name)) {
    throw upFailure(`${word} is a file of compose`, `translate it first: dinit import compose ${word}`);
  }
  return { root: normal(root), path: name, kind: name.endsWith(".toml") ? "toml" : "procfile" };
}

/** Whether a word of the command line names a file or folder, and not a service. */
export function isFileWord(word: string): boolean {
  return word.includes("/") || /\.(?:toml|ya?ml)$/.test(word) || /^(?:Procfile.*|dinit\.d|\.\.?)$/.test(word);
}

/** The folder, and all folders above it. */
function withParents(folder: string): string[] {
  const folders = [folder];
  for (let at = folder.lastIndexOf("/"); at > 0; at = folder.lastIndexOf("/", at - 1)) {
    folders.push(folder.slice(0, at));
  }
  return folders;
}

function normal(path: string): string {
  return Deno.realPathSync(path);
}

/** Nobody else may decide what runs as this user. */
function checkOwner(root: string, path: string, uid: number | undefined): void {
  for (const one of [root, path]) {
    const owner = Deno.statSync(one).uid;
    if (uid === undefined || owner === uid || owner === 0) continue;
    throw upFailure(`${one} belongs to another user (id ${owner})`, `if you trust it: dinit up ${path}`);
  }
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined; // it does not exist, or it cannot be reached
  }
}
