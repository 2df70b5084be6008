/** The fields of one compose service, each with its place in the account. */

import type { Directive, InputFile } from "../../shared/account.ts";
import type { DescriptionText } from "../description_text.ts";
import { shellSplit } from "../shell_words.ts";
import { type Tree, treeText } from "./tree.ts";

/** Fields whose entries are separate directives. */
const DEEP = new Set(["healthcheck", "depends_on", "deploy", "logging"]);

/** One service of a compose file. */
export class Fields {
  readonly name: string;
  readonly #fields = new Map<string, { readonly tree: Tree; readonly directive: Directive }>();

  constructor(name: string, tree: Tree, input: InputFile) {
    this.name = name;
    if (tree.kind === "map") this.#add("", tree, input);
  }

  #add(prefix: string, tree: Tree & { kind: "map" }, input: InputFile): void {
    for (const [key, value] of tree.entries) {
      const path = `${prefix}${key}`;
      const isDeep = DEEP.has(path) || /^(depends_on|deploy)\./.test(path);
      if (isDeep && value.kind === "map" && value.entries.size > 0 && !path.startsWith("depends_on.")) {
        this.#add(`${path}.`, value, input);
      } else {
        const directive = input.add(`services.${this.name}.${path}`, treeText(value), value.line, this.name);
        this.#fields.set(path, { tree: value, directive });
      }
    }
  }

  /** The account's entry of a field. */
  directive(path: string): Directive | undefined {
    return this.#fields.get(path)?.directive;
  }

  /** The value of a field. */
  tree(path: string): Tree | undefined {
    return this.#fields.get(path)?.tree;
  }

  /** The text of a field that is one. */
  text(path: string): string | undefined {
    const tree = this.tree(path);
    return tree?.kind === "text" ? tree.text : undefined;
  }

  /** The fields whose paths begin with a prefix, without the prefix. */
  below(prefix: string): [name: string, tree: Tree, directive: Directive][] {
    return [...this.#fields].filter(([path]) => path.startsWith(prefix)).map((
      [path, { tree, directive }],
    ) => [
      path.slice(prefix.length),
      tree,
      directive,
    ]);
  }

  /** The words of a command: a list, or a line as a shell splits it; `undefined`, with a decision, if it is neither. */
  words(path: string, text: DescriptionText): string[] | undefined {
    const tree = this.tree(path);
    const directive = this.directive(path);
    if (tree === undefined || directive === undefined || tree.kind === "null") return undefined;
    const words = tree.kind === "text" ? shellSplit(tree.text) : textsOf(tree);
    if (words === undefined) text.decide(directive, "it is no command");
    else directive.carried();
    return words;
  }

  /** What has no class yet. */
  rest(): [path: string, tree: Tree, directive: Directive][] {
    return this.below("").filter(([, , directive]) => !directive.isClassified);
  }
}

/** The texts of a list; `undefined` for anything else. */
export function textsOf(tree: Tree): string[] | undefined {
  if (tree.kind !== "list") return undefined;
  const texts = tree.items.map((item) => item.kind === "text" ? item.text : undefined);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** A map, or a list of `NAME=VALUE`, as pairs; a name without a value has none. `undefined` for anything else. */
export function pairsOf(tree: Tree): [name: string, value: string | undefined][] | undefined {
  if (tree.kind === "map") {
    const pairs = Array.from(tree.entries, ([name, value]): [string, string | undefined] => [
      name,
      value.kind === "text" ? value.text : undefined,
    ]);
    return pairs;
  }
  return textsOf(tree)?.map((text) => {
    const equals = text.indexOf("=");
    return equals === -1 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
  });
}

const UNITS: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, h: 3600 };

/** A duration such as `1m30s` in seconds; `undefined` if it is none. */
export function durationOf(text: string): number | undefined {
  let total = 0;
  let rest = text.trim();
  if (rest === "0") return 0;
  if (rest === "" || rest.length > 100) return undefined;
  while (rest !== "") {
    const [whole, number, unit] = /^([0-9]+(?:\.[0-9]+)?)(us|ms|s|m|h)/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    total += Number(number) * UNITS[unit];
    rest = rest.slice(whole.length);
  }
  return total;
}
