/** Clauses of the specification that comments name, and which of them do not exist. */

/** The pages of the specification by the names that comments use. */
export const PAGES: Readonly<Record<string, string>> = {
  "service description": "service-description.md",
  "lifecycle": "lifecycle.md",
  "control protocol": "control-protocol.md",
  "cli": "cli.md",
  "daemon and init": "daemon-and-init.md",
};

/** A reference to a clause, such as `8.7` of `lifecycle`. */
export interface ClauseReference {
  readonly page: string;
  readonly clause: string;
}

const CLAUSE = String.raw`\d+(?:\.\d+)*`;
const SEPARATOR = String.raw`(?:,? and |, | to )`;
const NAMED = new RegExp(
  String.raw`\b(${Object.keys(PAGES).join("|")})(?: specification)?,? (${CLAUSE}(?:${SEPARATOR}${CLAUSE})*)`,
  "gi",
);
/** `(8.7)`, `(3.10, step 8)`: in a file whose first comment names one page. */
const BARE = new RegExp(String.raw`\((\d+\.\d+(?:${SEPARATOR}\d+\.\d+)*)(?:, steps? [^)]*)?\)`, "g");

/** The clauses that a page has: the numbers of its headings. */
export function clausesOf(text: string): Set<string> {
  return new Set(Array.from(text.matchAll(/^#+ (\d+(?:\.\d+)*)\.? /gm), ([, number]) => number));
}

/**
 * The references in a text. References without the name of a page belong to `page`; @default undefined: they are
 * ignored
 */
export function clauseReferences(text: string, page?: string): ClauseReference[] {
  const words = text.replaceAll(/\n\s*(?:\*|\/\/)?\s*/g, " ");
  const named = Array.from(words.matchAll(NAMED), ([, name, list]) =>
    list.split(/[^\d.]+/).map(
      (clause) => ({ page: name.toLowerCase(), clause }),
    )).flat();
  if (page === undefined) return named;
  const bare = Array.from(
    words.matchAll(BARE),
    ([, list]) => list.split(/[^\d.]+/).map((clause) => ({ page, clause })),
  );
  return [...named, ...bare.flat()];
}
