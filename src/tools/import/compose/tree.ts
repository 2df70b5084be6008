/** YAML as a tree with lines, without anchors, aliases and merge keys. Time and memory are limited. */

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { InputError } from "../input_files.ts";

/** One value with the line of its key, from 1. */
export type Tree =
  | { readonly kind: "null"; readonly line: number }
  | { readonly kind: "text"; readonly text: string; readonly line: number }
  | { readonly kind: "list"; readonly items: readonly Tree[]; readonly line: number }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, Tree>; readonly line: number };

/** The largest file, in characters: the parser takes about a second for it. */
const LARGEST_FILE = 1024 ** 2;
/** More values than any file has after its aliases are replaced. A bomb of aliases ends here. */
const MOST_VALUES = 50_000;
/** How deep values may stand in each other. */
const DEEPEST = 64;

/** Reads a text. Throws `InputError`. */
export function parseTree(text: string, path: string): Tree {
  if (text.length > LARGEST_FILE) {
    throw new InputError(`Cannot read ${path}: a compose file has at most ${LARGEST_FILE} characters`);
  }
  refuseDeepText(text, path);
  const lines = new LineCounter();
  const document = parsedDocument(text, lines, path);
  const [error] = document.errors;
  if (error !== undefined) {
    throw new InputError(`Cannot read ${path}: line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
  }
  return new TreeReader(path, lines).read(document.contents, 0, 1);
}

function parsedDocument(text: string, lineCounter: LineCounter, path: string) {
  try {
    return parseDocument(text, { lineCounter, merge: true, logLevel: "silent", prettyErrors: false });
  } catch (error) {
    // The parser reads values in each other by recursion, and has no limit.
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`Cannot read ${path}: its values stand too deep in each other`, { cause: error });
  }
}

/**
 * Values inside each other are read by recursion. The parser may turn an overflow of the stack into another error,
 * so such a text is refused before: brackets, indentation and rows of indicators are counted.
 */
function refuseDeepText(text: string, path: string): void {
  if (indentation(text) > DEEPEST * 4) {
    throw new InputError(`Cannot read ${path}: its values stand too deep in each other`);
  }
  let depth = 0;
  for (const character of text) {
    if (character === "[" || character === "{") depth++;
    else if (character === "]" || character === "}") depth = Math.max(depth - 1, 0);
    if (depth > DEEPEST * 4) {
      throw new InputError(`Cannot read ${path}: its values stand too deep in each other`);
    }
  }
  for (const line of text.split("\n")) {
    if (/^\s*([-?:] +){64}/.test(line)) {
      throw new InputError(`Cannot read ${path}: its values stand too deep in each other`);
    }
  }
}

/** The most lines that stand in each other by their indentation. */
function indentation(text: string): number {
  const open: number[] = [];
  let most = 0;
  for (const line of text.split("\n")) {
    const indent = line.search(/[^ ]/);
    if (indent === -1) continue;
    while (open.length > 0 && open[open.length - 1] >= indent) open.pop();
    open.push(indent);
    most = Math.max(most, open.length);
  }
  return most;
}

class TreeReader {
  readonly #path: string;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, Node>();
  #count = 0;

  constructor(path: string, lines: LineCounter) {
    this.#path = path;
    this.#lines = lines;
  }

  read(node: unknown, depth: number, line: number): Tree {
    this.#count += 1;
    if (this.#count > MOST_VALUES) throw this.#fault(`it has more than ${MOST_VALUES} values`);
    if (depth > DEEPEST) throw this.#fault("its values stand too deep in each other");
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (target === undefined) throw this.#fault(`line ${line}: there is no anchor '${node.source}'`);
      return this.read(target, depth + 1, line);
    }
    if (isScalar(node)) {
      this.#note(node);
      if (node.value === null || node.value === undefined) return { kind: "null", line };
      // The source keeps numbers such as 0644 and 5432:5432 as they are written.
      const text = typeof node.value === "string" ? node.value : node.source ?? String(node.value);
      return { kind: "text", text, line };
    }
    if (isSeq(node)) {
      this.#note(node);
      return {
        kind: "list",
        items: node.items.map((item) => this.read(item, depth + 1, this.#lineOf(item, line))),
        line,
      };
    }
    if (isMap(node)) {
      this.#note(node);
      return { kind: "map", entries: this.#entries(node.items, depth, line), line };
    }
    return { kind: "null", line };
  }

  #entries(
    items: readonly { key: unknown; value: unknown }[],
    depth: number,
    line: number,
  ): Map<string, Tree> {
    const own = new Map<string, Tree>();
    const merged = new Map<string, Tree>();
    for (const { key, value } of items) {
      const place = this.#lineOf(key, line);
      const name = this.read(key, depth + 1, place);
      if (name.kind !== "text") throw this.#fault(`line ${place}: a key is a text`);
      const tree = this.read(value, depth + 1, place);
      if (name.text !== "<<") own.set(name.text, tree);
      else for (const part of tree.kind === "list" ? tree.items : [tree]) mergeInto(merged, part);
    }
    for (const [name, tree] of merged) if (!own.has(name)) own.set(name, tree);
    return own;
  }

  #note(node: Node & { anchor?: string }): void {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
  }

  #lineOf(node: unknown, otherwise: number): number {
    const range = (node as Partial<Node> | null)?.range; // every parsed node has one; an absent value is null
    return range ? this.#lines.linePos(range[0]).line : otherwise;
  }

  #fault(reason: string): InputError {
    return new InputError(`Cannot read ${this.#path}: ${reason}`);
  }
}

function mergeInto(merged: Map<string, Tree>, part: Tree): void {
  if (part.kind !== "map") return;
  for (const [name, tree] of part.entries) if (!merged.has(name)) merged.set(name, tree);
}

/** A value in one line, for the account. */
export function treeText(tree: Tree): string {
  return tree.kind === "text" ? tree.text : tree.kind === "null" ? "" : JSON.stringify(plainOf(tree));
}

function plainOf(tree: Tree): unknown {
  switch (tree.kind) {
    case "null":
      return null;
    case "text":
      return tree.text;
    case "list":
      return tree.items.map(plainOf);
    case "map":
      return Object.fromEntries([...tree.entries].map(([name, value]) => [name, plainOf(value)]));
  }
}
