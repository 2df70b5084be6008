/** Manual pages in the language of `man`. Pure functions. */

/** A manual page of section 8. */
export interface ManualPage {
  readonly name: string;
  /** Other names of the same page. @default none */
  readonly aliases?: readonly string[];
  /** One line without a full stop. */
  readonly summary: string;
  /** Command lines; words in capitals are placeholders. */
  readonly synopsis: readonly string[];
  readonly sections: readonly ManualSection[];
  /** Names of other pages of section 8. */
  readonly seeAlso: readonly string[];
}

/** A part of a manual page. */
export interface ManualSection {
  readonly title: string;
  /** Paragraphs of text. @default none */
  readonly text?: readonly string[];
  /** Terms and their explanations. @default none */
  readonly items?: readonly ManualItem[];
}

/** A term and its explanation. */
export interface ManualItem {
  readonly term: string;
  readonly text: string;
}

/** The page as source, with a newline at the end. */
export function roffPage(page: ManualPage): string {
  return [
    `.TH ${argument(page.name.toUpperCase())} 8 "" dinit "System administration"`,
    ".SH NAME",
    `${escape([page.name, ...page.aliases ?? []].join(", "))} \\- ${escape(page.summary)}`,
    ".SH SYNOPSIS",
    page.synopsis.map(synopsisLine).join("\n.br\n"),
    ...page.sections.flatMap(sectionLines),
    ".SH SEE ALSO",
    page.seeAlso.map((name) => `.BR ${argument(name)} (8)`).join(" ,\n"),
    "",
  ].join("\n");
}

function sectionLines({ title, text = [], items = [] }: ManualSection): string[] {
  return [
    `.SH ${argument(title.toUpperCase())}`,
    ...text.flatMap((paragraph) => [".PP", escape(paragraph)]),
    ...items.flatMap((item) => [".TP", `.B ${escape(item.term)}`, escape(item.text)]),
  ];
}

/** Bold, with placeholders in italics. */
function synopsisLine(line: string): string {
  const words = line.split(" ").map((word) =>
    word.replace(/[A-Z][A-Z|]+|[^A-Z]+|[A-Z]/g, (part) => {
      const font = /^[A-Z][A-Z|]+$/.test(part) ? "I" : /^[[\].|=]+$/.test(part) ? "R" : "B";
      return `\\f${font}${escape(part)}\\fR`;
    })
  );
  return words.join(" ");
}

/** Text without special characters of the formatter. */
function escape(text: string): string {
  const safe = text.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return safe.replace(/^(?=[.'])/gm, "\\&");
}

/** One argument of a request. */
function argument(text: string): string {
  return `"${escape(text).replaceAll('"', '""')}"`;
}
