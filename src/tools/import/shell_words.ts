/** Command lines as `shlex` and simple shells split them. Pure functions. */

/** The words of a command line; `undefined` if a quote is not closed. */
export function shellSplit(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quote === "'" ? character === "'" : character === quote) {
      quote = "";
    } else if (character === "\\" && quote !== "'") {
      const next = text[++at];
      if (next === undefined) return undefined;
      word = (word ?? "") + (quote === '"' && !/["\\$`]/.test(next) ? `\\${next}` : next);
    } else if (quote !== "") {
      word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
