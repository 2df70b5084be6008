/** Invisible characters, and characters that look like others. */

/** Why a character is misleading. */
export interface OddCharacter {
  /** Its name in messages: `U+00A0 (no-break space)`. */
  readonly name: string;
  /** Whether it misleads only outside of quotes, where another character was meant. */
  readonly lookAlike: boolean;
}

const INVISIBLE: readonly (readonly [from: number, to: number, name: string])[] = [
  [0x00, 0x00, "NUL"],
  [0x01, 0x08, "control character"],
  [0x0e, 0x1f, "control character"],
  [0x7f, 0x9f, "control character"],
  [0xa0, 0xa0, "no-break space"],
  [0xad, 0xad, "soft hyphen"],
  [0x034f, 0x034f, "invisible character"],
  [0x061c, 0x061c, "direction mark"],
  [0x115f, 0x1160, "invisible character"],
  [0x1680, 0x1680, "space"],
  [0x17b4, 0x17b5, "invisible character"],
  [0x180b, 0x180f, "invisible character"],
  [0x2000, 0x200a, "space"],
  [0x200b, 0x200b, "zero width space"],
  [0x200c, 0x200d, "zero width joiner"],
  [0x200e, 0x200f, "direction mark"],
  [0x2028, 0x2029, "line separator"],
  [0x202a, 0x202e, "direction mark"],
  [0x202f, 0x202f, "narrow no-break space"],
  [0x205f, 0x205f, "space"],
  [0x2060, 0x2064, "invisible character"],
  [0x2066, 0x2069, "direction mark"],
  [0x206a, 0x206f, "invisible character"],
  [0x2800, 0x2800, "blank pattern"],
  [0x3000, 0x3000, "ideographic space"],
  [0x3164, 0x3164, "invisible character"],
  [0xfe00, 0xfe0f, "variation selector"],
  [0xfeff, 0xfeff, "byte order mark"],
  [0xffa0, 0xffa0, "invisible character"],
  [0xfff9, 0xfffb, "invisible character"],
  [0xe0000, 0xe0fff, "invisible character"],
];

const LOOK_ALIKE: readonly (readonly [from: number, to: number, name: string])[] = [
  [0x2010, 0x2015, "dash, not -"],
  [0x2018, 0x201b, "curly quote"],
  [0x201c, 0x201f, 'curly quote, not "'],
  [0x2032, 0x2036, "prime mark"],
  [0x2212, 0x2212, "minus sign, not -"],
  [0x2024, 0x2024, "dot, not ."],
  [0x2044, 0x2044, "slash, not /"],
  [0x2215, 0x2215, "slash, not /"],
  [0xa789, 0xa789, "colon, not :"],
  [0x037e, 0x037e, "Greek question mark"],
  [0xff01, 0xff5e, "full-width character"],
];

/** The odd character with this code; `undefined` for all others. */
export function oddCharacter(code: number): OddCharacter | undefined {
  const within = ([from, to]: readonly [number, number, string]) => from <= code && code <= to;
  const invisible = INVISIBLE.find(within);
  const found = invisible ?? LOOK_ALIKE.find(within);
  if (found === undefined) return undefined;
  const number = code.toString(16).toUpperCase().padStart(4, "0");
  return { name: `U+${number} (${found[2]})`, lookAlike: invisible === undefined };
}
