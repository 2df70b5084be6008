/** The account of an import: what became of each directive of each input file. */

/**
 * What became of a directive: it means the same here; it means the same in other words; somebody must decide; or
 * nothing here does what it does.
 */
export const DIRECTIVE_CLASSES = ["carried", "changed", "decision", "none"] as const;
/** One of these classes. */
export type DirectiveClass = (typeof DIRECTIVE_CLASSES)[number];

/** One directive in the answer of `--json`. */
export interface DirectiveRecord {
  readonly name: string;
  readonly value: string;
  /** The line of the input file, from 1; 0 for what stands in no line, such as the name of a file. */
  readonly line: number;
  readonly class: DirectiveClass;
  /** What changed, or why; empty if there is nothing to say. */
  readonly note: string;
}

/** One input file in the answer of `--json`. */
export interface FileRecord {
  readonly input: string;
  readonly outputs: readonly string[];
  readonly directives: readonly DirectiveRecord[];
}

/** The note on a directive that no part of the import has looked at. */
const UNKNOWN = "this import does not know it";

/** One directive of an input file. It has one class: the last of `DIRECTIVE_CLASSES` that it was given. */
export class Directive {
  readonly name: string;
  readonly value: string;
  /** From 1; 0 for what stands in no line. */
  readonly line: number;
  /** The section or the service that it belongs to; empty if there is none. */
  readonly section: string;
  #class = -1;
  readonly #notes = new Set<string>();

  constructor(name: string, value: string, line: number, section = "") {
    this.name = name;
    this.value = value;
    this.line = line;
    this.section = section;
  }

  /** Whether it has a class. */
  get isClassified(): boolean {
    return this.#class !== -1;
  }

  /** It means the same here. */
  carried(note = ""): void {
    this.#mark("carried", note);
  }

  /** It means the same in other words: the note says which. */
  changed(note: string): void {
    this.#mark("changed", note);
  }

  /** Somebody must decide: the note says what. */
  decision(note: string): void {
    this.#mark("decision", note);
  }

  /** Nothing here does what it does: the note says what there is instead. */
  none(note: string): void {
    this.#mark("none", note);
  }

  #mark(name: DirectiveClass, note: string): void {
    this.#class = Math.max(this.#class, DIRECTIVE_CLASSES.indexOf(name));
    if (note !== "") this.#notes.add(note);
  }

  /** Its entry in the account. */
  record(): DirectiveRecord {
    const { name, value, line } = this;
    if (!this.isClassified) return { name, value, line, class: "none", note: UNKNOWN };
    return { name, value, line, class: DIRECTIVE_CLASSES[this.#class], note: [...this.#notes].join("; ") };
  }
}

/** An input file with its directives, and the files that were made from it. */
export class InputFile {
  /** As given, or found in a folder that was given. */
  readonly path: string;
  readonly directives: Directive[] = [];
  /** The names of the files, in the order in which they were made. */
  readonly outputs = new Set<string>();

  constructor(path: string) {
    this.path = path;
  }

  /** Adds a directive and returns it. */
  add(name: string, value: string, line: number, section = ""): Directive {
    const directive = new Directive(name, value, line, section);
    this.directives.push(directive);
    return directive;
  }

  /** Its entry in the account. */
  record(place: (output: string) => string): FileRecord {
    return {
      input: this.path,
      outputs: Array.from(this.outputs, place),
      directives: this.directives.map((directive) => directive.record()),
    };
  }
}
