/** Values of unit files: words with quotes and escapes, spans of time, sizes and yes or no. Pure functions. */

/** The characters that an escape stands for. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
  ["s", " "],
]);

const NUMERIC_ESCAPE = /^(?:x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;

/** The largest code of a character. */
const LAST_CHARACTER = 0x10ffff;

/**
 * The words of a value: white space separates them, quotes keep a word together, and a backslash begins an escape as in
 * C. `undefined` if a quote is not closed or an escape means nothing.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\") {
      const escape = readEscape(text.slice(at + 1, at + 10));
      if (escape === undefined) return undefined;
      word = (word ?? "") + escape.text;
      at += escape.length;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word += character;
    } else if ((character === '"' || character === "'") && word === undefined) {
      quote = character;
      word = "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === '"' || character === "'") {
      quote = character;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}

/** What stands behind a backslash, and its length. */
function readEscape(rest: string): { readonly text: string; readonly length: number } | undefined {
  const numeric = NUMERIC_ESCAPE.exec(rest);
  if (numeric !== null) {
    const [whole, hex, octal, short, long] = numeric;
    const code = octal === undefined ? parseInt(hex ?? short ?? long, 16) : parseInt(octal, 8);
    if (code === 0 || code > LAST_CHARACTER) return undefined;
    return { text: String.fromCodePoint(code), length: whole.length };
  }
  const text = ESCAPES.get(rest.slice(0, 1));
  if (text !== undefined) return { text, length: 1 };
  // systemd keeps unknown escapes, such as those of regular expressions, as they are, and `\;` and `\%`, too.
  return rest === "" ? undefined : { text: `\\${rest[0]}`, length: 1 };
}

const TIME_UNITS: ReadonlyMap<string, number> = new Map([
  ["us", 1e-6],
  ["usec", 1e-6],
  ["µs", 1e-6],
  ["ms", 1e-3],
  ["msec", 1e-3],
  ["", 1],
  ["s", 1],
  ["sec", 1],
  ["second", 1],
  ["seconds", 1],
  ["m", 60],
  ["min", 60],
  ["minute", 60],
  ["minutes", 60],
  ["h", 3600],
  ["hr", 3600],
  ["hour", 3600],
  ["hours", 3600],
  ["d", 86_400],
  ["day", 86_400],
  ["days", 86_400],
  ["w", 604_800],
  ["week", 604_800],
  ["weeks", 604_800],
  ["M", 2_629_800],
  ["month", 2_629_800],
  ["months", 2_629_800],
  ["y", 31_557_600],
  ["year", 31_557_600],
  ["years", 31_557_600],
]);

/** A longer span is none, in characters. */
const LONGEST_SPAN = 200;

/** A span of time in seconds, such as `5min 20s`; `Infinity` for `infinity`; `undefined` if it is none. */
export function parseSpan(text: string): number | undefined {
  let rest = text.trim();
  if (rest === "infinity") return Infinity;
  if (rest === "" || rest.length > LONGEST_SPAN) return undefined;
  let total = 0;
  while (rest !== "") {
    const [whole, number, unit] = /^([0-9]+(?:\.[0-9]+)?)\s*([a-zA-Zµ]*)\s*/.exec(rest) ?? [];
    const factor = unit === undefined ? undefined : TIME_UNITS.get(unit);
    if (whole === undefined || factor === undefined) return undefined;
    total += Number(number) * factor;
    rest = rest.slice(whole.length);
  }
  return total;
}

/** Seconds as settings of the reference take them. */
export function secondsText(seconds: number): string {
  return String(Number(seconds.toFixed(6)));
}

/** Seconds as settings with a unit take them: whole seconds, or milliseconds. */
export function durationText(seconds: number): string {
  const milliseconds = Math.round(seconds * 1000);
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

const SIZE_UNITS = ["", "K", "M", "G", "T", "P", "E"];

/** A size in bytes, such as `512M`; `Infinity` for `infinity`; `undefined` if it is none. */
export function parseBytes(text: string): number | undefined {
  if (text === "infinity") return Infinity;
  const match = /^([0-9]+(?:\.[0-9]+)?)\s*([KMGTPE]?)B?$/.exec(text);
  return match === null ? undefined : Math.floor(Number(match[1]) * 1024 ** SIZE_UNITS.indexOf(match[2]));
}

/** A boolean; `undefined` if it is none. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(1|yes|y|true|t|on)$/i.test(text)) return true;
  return /^(0|no|n|false|f|off)$/i.test(text) ? false : undefined;
}
