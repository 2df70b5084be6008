/**
 * A table of a TOML file as the text of a service description: one line for each value. So the one reader of
 * descriptions checks both forms, with the same messages. Each place in the text leads back to the TOML file.
 */

import type { SettingTable } from "../settings/table.ts";
import { TomlError, type TomlPlace } from "./text.ts";
import { keyText } from "./document.ts";
import { quoted, type TomlEntry, type TomlTable, type TomlValue } from "./values.ts";

/** Where a line of the text comes from. */
interface Origin {
  readonly key: TomlPlace;
  readonly value: TomlPlace;
  /** The column of the value in the line of the text. */
  readonly from: number;
  /** Whether the columns behind that are those of the TOML file. */
  readonly plain: boolean;
}

/** The text of a description, and the way back. */
export class ServiceText {
  readonly #lines: string[] = [];
  readonly #origins: Origin[] = [];

  /** The text, in the language of descriptions. */
  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }

  /** The place in the TOML file of a place in the text. */
  place(line: number, column?: number): TomlPlace {
    const origin = this.#origins[line - 1] ?? this.#origins[this.#origins.length - 1];
    if (origin === undefined) return { line: 1, column: 1 };
    const { key, value, from, plain } = origin;
    if (column === undefined) return value;
    if (column < from) return { line: key.line, column: key.column };
    return { line: value.line, column: value.column + (plain ? column - from : 0) };
  }

  /** Adds a line that sets a setting. The text of the value has quotes and escapes as in a description. */
  add(setting: string, operator: string, text: string, origin: Omit<Origin, "from">): void {
    const head = `${setting} ${operator} `;
    const parts = `${head}${text}`.split("\n");
    const last = parts.length - 1;
    // A line that continues ends in a backslash, and the next one is indented.
    for (const [index, part] of parts.entries()) {
      this.#lines.push(`${index === 0 ? "" : " "}${part}${index === last ? "" : "\\"}`);
      this.#origins.push({ ...origin, from: [...head].length + 1, plain: origin.plain && index === 0 });
    }
  }
}

/** What names of settings consist of: other keys could not stand in front of `=`. */
const NAME = /^[A-Za-z_][\w.-]*$/;

/**
 * Turns the table of a service into the text of its description. A service with a command and no type is a process.
 * Throws `TomlError`.
 */
export function serviceText(table: TomlTable, settings: SettingTable): ServiceText {
  const text = new ServiceText();
  const command = table.get("command");
  if (command !== undefined && !table.has("type")) {
    text.add("type", "=", "process", { key: command.place, value: command.place, plain: false });
  }
  for (const entry of table.values()) addEntry(text, entry, settings);
  return text;
}

function addEntry(text: ServiceText, { key, place, value }: TomlEntry, settings: SettingTable): void {
  if (!NAME.test(key)) throw new TomlError(`unknown setting: '${key}'`, place);
  const setting = settings.named(key);
  if (value.kind === "table") {
    for (const inner of value.table.values()) {
      const name = `${key}.${inner.key}`;
      // TOML reads `waits-for.d` as a table with the key `d`.
      if (settings.named(name) !== undefined) addEntry(text, { ...inner, key: name }, settings);
      else if (setting?.syntax === "NAME=VALUE") addVariable(text, key, inner);
      else throw new TomlError(`unknown setting: '${name}'`, inner.place);
    }
  } else if (value.kind !== "array") {
    text.add(key, "=", lineText(value), originOf(place, value));
  } else if (setting?.value === "tokens") {
    const words = value.items.map((item) => wordText(scalar(key, item)));
    text.add(key, "=", words.join(" "), { key: place, value: value.place, plain: false });
  } else if (setting !== undefined && setting.repeats !== "additive" && !setting.appends) {
    throw new TomlError(`'${key}' takes one value: remove the brackets`, value.place);
  } else {
    for (const [index, item] of value.items.entries()) {
      const operator = setting?.repeats === "override" && index > 0 ? "+=" : "=";
      text.add(key, operator, lineText(scalar(key, item)), originOf(place, item));
    }
  }
}

/** `env = { PORT = 8080 }` */
function addVariable(text: ServiceText, setting: string, { key, place, value }: TomlEntry): void {
  text.add(setting, "=", wordText(`${key}=${valueText(scalar(`${setting}.${key}`, value))}`), {
    key: place,
    value: value.place,
    plain: false,
  });
}

type Scalar = Exclude<TomlValue, { kind: "array" | "table" }>;

function scalar(name: string, value: TomlValue): Scalar {
  if (value.kind !== "array" && value.kind !== "table") return value;
  const what = value.kind === "array" ? "a list" : "a table";
  throw new TomlError(`${what} cannot be a value of '${name}': write a text, such as "one"`, value.place);
}

function originOf(key: TomlPlace, value: TomlValue): Omit<Origin, "from"> {
  if (value.kind !== "string") return { key, value: value.place, plain: true };
  return { key, value: value.inside, plain: value.plain };
}

function valueText(value: Scalar): string {
  return value.kind === "boolean" ? (value.yes ? "yes" : "no") : value.text;
}

/** A value as the rest of a line: what stands between the quotes of TOML has the form that values have elsewhere. */
function lineText(value: Scalar): string {
  const text = valueText(value);
  // TOML has its own comments: a hashmark in a string belongs to the value.
  let line = "";
  let inQuotes = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") {
      at += 1;
      // A backslash at the end would continue the line; one at the end of a line does, as every further line here.
      line += text[at] === "\n" ? "\n" : `\\${text[at] ?? "\\"}`;
    } else {
      if (character === '"') inQuotes = !inQuotes;
      line += character === "#" && !inQuotes ? "\\#" : character;
    }
  }
  return line.trimEnd().endsWith("\\") ? line : line.trimEnd();
}

/** A text as exactly one word of a value. */
function wordText(value: Scalar | string): string {
  const text = typeof value === "string" ? value : valueText(value);
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

/** The description of `boot` that waits for all services. */
export function bootText(services: Iterable<Pick<TomlEntry, "key" | "place">>): ServiceText {
  const text = new ServiceText();
  const place = { line: 1, column: 1 };
  text.add("type", "=", "internal", { key: place, value: place, plain: false });
  for (const { key, place } of services) {
    text.add("waits-for", "=", wordText(key), { key: place, value: place, plain: false });
  }
  return text;
}

/** Whether the table describes a template, whose services have arguments: `worker@1`. */
export function isTemplate(table: TomlTable): boolean {
  const mentions = (value: TomlValue): boolean => {
    if (value.kind === "array") return value.items.some(mentions);
    if (value.kind === "table") return isTemplate(value.table);
    return value.kind === "string" && /(?<!\$)(?:\$\$)*\$(?:1|\/1|\{\/?1)/.test(value.text);
  };
  return [...table.values()].some(({ value }) => mentions(value));
}

/** The line that begins the table of a service. */
export function headerText(service: string): string {
  return `[service.${keyText(service)}]`;
}

/** The value as a TOML file writes it. */
export const tomlString: (text: string) => string = quoted;
