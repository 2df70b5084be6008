/** What a page of documentation refers to, and which of it is not there. */

/** The repository as the pages see it. Paths are relative to its top. */
export interface Repository {
  /** Whether a file or folder exists. */
  has(path: string): boolean;
  /** The text of an existing file. */
  read(path: string): string;
  /** The files and folders at the top that are kept in the repository. */
  readonly top: ReadonlySet<string>;
  /** The tasks of `deno.json`. */
  readonly tasks: ReadonlySet<string>;
}

/** The pieces of a page in the form in which they are searched. */
interface Pieces {
  /** Texts of code spans and code blocks. */
  readonly code: readonly string[];
  /** Code spans that hold nothing but one reference `file.ts: name, name`. */
  readonly references: readonly { readonly file: string; readonly names: readonly string[] }[];
  /** Targets of links within the repository. */
  readonly links: readonly string[];
}

const FENCE = /^```.*\n([^]*?)^```$/gm;
const SPAN = /`([^`]+)`/g;
const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const REFERENCE = /^([\w./-]+\.ts): ([#\w$]+(?:, [#\w$]+)*)$/;

function piecesOf(text: string): Pieces {
  const blocks = Array.from(text.matchAll(FENCE), (match) => match[1]);
  const prose = text.replaceAll(FENCE, "");
  const spans = Array.from(prose.matchAll(SPAN), (match) => match[1].replaceAll(/\s+/g, " "));
  const references = spans.flatMap((span) => {
    const [, file, names] = REFERENCE.exec(span) ?? [];
    return file === undefined ? [] : [{ file, names: names.split(", ") }];
  });
  const links = Array.from(prose.replaceAll(SPAN, "").matchAll(LINK), (match) => match[1]);
  return {
    code: [...blocks, ...spans],
    references,
    links: links.filter((link) => !/^[a-z][a-z+.-]*:/.test(link)),
  };
}

/**
 * The references of a page that lead nowhere, each in words. Looked at are links, paths in code, references of
 * the form `file.ts: name`, and the names of tasks.
 *
 * @param page The path of the page in the repository.
 */
export function brokenReferences(page: string, text: string, repository: Repository): string[] {
  const { code, references, links } = piecesOf(text);
  const words = code.flatMap((piece) => piece.split(/[\s"'();]+/)).map((word) => word.replace(/[,:]+$/, ""));
  const paths = words.filter((word) => isPath(word, repository)).filter((path) => !repository.has(path));
  const tasks = code.flatMap((piece) =>
    Array.from(piece.matchAll(/\bdeno task (?:-q )?([\w:-]+)/g), ([, task]) => task)
  );
  return [
    ...paths.map((path) => `path ${path}`),
    ...references.flatMap(({ file, names }) =>
      names.filter((name) => !isNameIn(file, name, repository)).map((name) => `name ${name} in ${file}`)
    ),
    ...links.filter((link) => !leadsSomewhere(page, text, link, repository)).map((link) => `link ${link}`),
    ...tasks.filter((task) => !repository.tasks.has(task)).map((task) => `task ${task}`),
  ];
}

/** Whether a word of code means a place in the repository: it begins with a folder of it, or ends like a source. */
function isPath(word: string, { top }: Repository): boolean {
  if (!/^[\w.@-]+(?:\/[\w.@-]+)*\/?$/.test(word) || !word.includes("/")) return false;
  return top.has(word.split("/")[0]) || /\.(?:ts|md|svg)$/.test(word);
}

/** A missing file is reported as a path; here it also counts as a missing name. */
function isNameIn(file: string, name: string, repository: Repository): boolean {
  if (!repository.has(file)) return false;
  const code = repository.read(file).replaceAll(/\/\*[^]*?\*\//g, "").replaceAll(/(^|\s)\/\/.*$/gm, "");
  const plain = name.replace("#", "").replaceAll("$", "\\$");
  return new RegExp(`(?<![\\w$])${plain}(?![\\w$])`).test(code);
}

function leadsSomewhere(page: string, text: string, link: string, repository: Repository): boolean {
  const [target, anchor] = link.split("#");
  if (target === "") return headings(text).includes(anchor);
  const path = resolve(page, target);
  if (!repository.has(path)) return false;
  return anchor === undefined || !path.endsWith(".md") || headings(repository.read(path)).includes(anchor);
}

/** A relative link of a page as a path from the top of the repository; links cannot lead above it. */
function resolve(page: string, target: string): string {
  return new URL(target, new URL(page, "file:///")).pathname.slice(1);
}

/** The anchors of a page's headings: lower case, hyphens for spaces, no other signs. */
function headings(text: string): string[] {
  const titles = Array.from(text.replaceAll(FENCE, "").matchAll(/^#+ (.+)$/gm), (match) => match[1]);
  return titles.map((title) => title.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-"));
}
