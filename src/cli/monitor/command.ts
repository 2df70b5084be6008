/** The command that a monitor runs: a template with markers for the event (cli 6.2). */

/** The event. */
export interface Occasion {
  /** The service or variable. */
  readonly name: string;
  /** The word for the event. */
  readonly status: string;
  /** The value of a variable. @default "" */
  readonly value?: string;
}

/**
 * Splits a command at white space outside of double quotes. The quotes are removed and may be inside a word; an
 * unclosed quote ends with the text. Empty if there is no word.
 */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (const character of text) {
    if (character === '"') {
      quoted = !quoted;
      word ??= "";
    } else if (!quoted && /[ \t\n\v\f\r]/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  return word === undefined ? words : [...words, word];
}

/** A word of the command with its markers replaced. Inserted text is not searched again; unknown markers stay. */
export function fillIn(word: string, { name, status, value = "" }: Occasion): string {
  return word.replace(/%(.?)/gsu, (marker, letter: string) => {
    switch (letter) {
      case "n":
        return name;
      case "s":
        return status;
      case "v":
        return value;
      case "%":
      case "":
        return "%";
      default:
        return marker;
    }
  });
}
