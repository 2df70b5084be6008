/** The specifiers of systemd, such as `%i`. */

import { ARGUMENT, type Variable, type Word } from "../words.ts";
import type { Unit } from "./unit.ts";

/** The folders of the system's manager. */
const SYSTEM_FOLDERS: Readonly<Record<string, string>> = {
  t: "/run",
  S: "/var/lib",
  C: "/var/cache",
  D: "/usr/share",
  L: "/var/log",
  E: "/etc",
  h: "/root",
  u: "root",
  g: "root",
  U: "0",
  G: "0",
  s: "/bin/sh",
};

/** The same for a user's manager. */
const USER_FOLDERS: Readonly<Record<string, Word>> = {
  t: [{ variable: "XDG_RUNTIME_DIR" }],
  S: [{ variable: "HOME" }, "/.local/state"],
  C: [{ variable: "HOME" }, "/.cache"],
  D: [{ variable: "HOME" }, "/.local/share"],
  L: [{ variable: "HOME" }, "/.local/state/log"],
  E: [{ variable: "HOME" }, "/.config"],
  h: [{ variable: "HOME" }],
  u: [{ variable: "USER" }],
  s: [{ variable: "SHELL" }],
};

/** What the specifiers mean that only the running machine knows. Other letters mean nothing, and stay as they are. */
const UNKNOWN: Readonly<Record<string, string>> = {
  a: "the architecture",
  A: "the version of the image",
  b: "the number of this boot",
  B: "the build of the system",
  d: "the folder of credentials",
  H: "the name of the machine",
  l: "the short name of the machine",
  m: "the number of the machine",
  M: "the image of the system",
  o: "the name of the system",
  q: "the pretty name of the machine",
  v: "the release of the kernel",
  w: "the version of the system",
  W: "the variant of the system",
};

/** A text without specifiers, or the specifier that nothing can replace. */
export type Expansion = { readonly word: Word } | { readonly unknown: string };

/** Replaces the specifiers in a text. */
export function expand(text: string, unit: Unit): Expansion {
  const parts: (string | Variable)[] = [];
  let from = 0;
  for (let at = text.indexOf("%"); at !== -1; at = text.indexOf("%", from)) {
    parts.push(text.slice(from, at));
    const letter = text[at + 1] ?? "";
    const meaning = letter === "%" ? ["%"] : meaningOf(letter, unit);
    if (meaning === undefined && Object.hasOwn(UNKNOWN, letter)) {
      return { unknown: `%${letter}, ${UNKNOWN[letter]}` };
    }
    parts.push(...meaning ?? [`%${letter}`]);
    from = at + 1 + letter.length;
  }
  parts.push(text.slice(from));
  return { word: joined(parts) };
}

function meaningOf(letter: string, unit: Unit): Word | undefined {
  const { full, stem, prefix, instance, kind } = unit.name;
  const argument = unit.isTemplate ? ARGUMENT : undefined;
  const dash = prefix.slice(prefix.lastIndexOf("-") + 1);
  switch (letter) {
    case "i":
    case "I":
      if (instance === undefined) return [""];
      return [argument ?? (letter === "I" ? unescapeName(instance) : instance)];
    case "n":
      return argument === undefined ? [full] : [`${prefix}@`, argument, `.${kind}`];
    case "N":
      return argument === undefined ? [stem] : [`${prefix}@`, argument];
    case "p":
      return [prefix];
    case "P":
      return [unescapeName(prefix)];
    case "j":
      return [dash];
    case "J":
      return [unescapeName(dash)];
    case "f":
      return ["/", ...(argument === undefined ? [unescapeName(instance ?? prefix)] : [argument])];
    case "y":
    case "Y":
      return [letter === "y" ? unit.path : unit.path.replace(/\/[^/]*$/, "")];
    case "T":
      return ["/tmp"];
    case "V":
      return ["/var/tmp"];
  }
  const folder = unit.isUsers ? USER_FOLDERS[letter] : SYSTEM_FOLDERS[letter];
  return typeof folder === "string" ? [folder] : folder;
}

/** The text of an escaped name: `-` stands for `/`, and `\xNN` for a byte. */
function unescapeName(name: string): string {
  return name.replaceAll("-", "/").replaceAll(
    /\\x([0-9a-fA-F]{2})/g,
    (_, hex: string) => String.fromCharCode(parseInt(hex, 16)),
  );
}

/** Parts with neighbouring texts put together. */
function joined(parts: readonly (string | Variable)[]): Word {
  const word: (string | Variable)[] = [];
  for (const part of parts) {
    const before = word.at(-1);
    if (part === "") continue;
    if (typeof part === "string" && typeof before === "string") word[word.length - 1] = before + part;
    else word.push(part);
  }
  return word;
}
