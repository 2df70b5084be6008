/**
 * The three sets of characters in the grammar of descriptions (service description, conventions and 1.2). They are sets
 * of ASCII bytes: every character from U+0080 is ordinary, and may be part of a name.
 */

const SPACE = 1;
const NAME = 2;
const VARIABLE = 4;

const CLASSES = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  const character = String.fromCharCode(code);
  if (/[ \t\n\v\f\r]/.test(character)) CLASSES[code] = SPACE;
  else if (/[0-9A-Za-z_]/.test(character)) CLASSES[code] = NAME | VARIABLE;
  else if (/[-.]/.test(character)) CLASSES[code] = NAME;
}

/** Whether a character code is one of the six white space characters. */
export function isSpace(code: number): boolean {
  return code < 128 && CLASSES[code] === SPACE;
}

/** The first position from `at` without white space; `end` if there is none. */
export function skipSpace(text: string, at: number, end: number): number {
  while (at < end && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** The first position from `at` with white space; `end` if there is none. */
export function skipWord(text: string, at: number, end: number): number {
  while (at < end && !isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Whether a character code is a decimal digit. */
export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** The end of the run of decimal digits that begins at `at`; `at` itself if none begins there. */
export function endOfDigits(text: string, at: number): number {
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** The end of the setting name that begins at `at`; `at` itself if none begins there. */
export function endOfName(text: string, at: number, end: number): number {
  const first = text.charCodeAt(at);
  if (isDigit(first) || first === 0x2d || first === 0x2e) return at;
  return endOfRun(text, at, end, NAME);
}

/** The end of the variable name that begins at `at`; `at` itself if none begins there. */
export function endOfVariable(text: string, at: number): number {
  if (isDigit(text.charCodeAt(at))) return at;
  return endOfRun(text, at, text.length, VARIABLE);
}

function endOfRun(text: string, at: number, end: number, wanted: number): number {
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code < 128 && (CLASSES[code] & wanted) === 0) break;
    at++;
  }
  return at;
}
