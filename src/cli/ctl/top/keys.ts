/** The keys of a terminal: bytes in, names of keys out. Pure. */

const SEQUENCES: ReadonlyMap<string, string> = new Map([
  ["\x1b[A", "up"],
  ["\x1bOA", "up"],
  ["\x1b[B", "down"],
  ["\x1bOB", "down"],
  ["\x1b[5~", "page-up"],
  ["\x1b[6~", "page-down"],
]);

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ["\x03", "interrupt"],
  ["\x04", "interrupt"],
  ["\r", "enter"],
  ["\n", "enter"],
  ["\x1b", "escape"],
  ["\x7f", "backspace"],
  ["\b", "backspace"],
]);

/** The keys in what a terminal has sent. Unknown sequences are left out. */
export function keysOf(text: string): string[] {
  const keys: string[] = [];
  for (let rest = text; rest !== "";) {
    // deno-lint-ignore no-control-regex -- a sequence begins with ESC
    const sequence = /^\x1b(?:O[A-Z]|\[[0-9;]*[ -/]*[@-~])/.exec(rest)?.[0];
    if (sequence !== undefined) {
      const key = SEQUENCES.get(sequence);
      if (key !== undefined) keys.push(key);
      rest = rest.slice(sequence.length);
      continue;
    }
    const [character] = rest;
    const key = CONTROLS.get(character) ?? (character >= " " ? character : undefined);
    if (key !== undefined) keys.push(key);
    rest = rest.slice(character.length);
  }
  return keys;
}
