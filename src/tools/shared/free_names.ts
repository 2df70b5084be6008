/** Names that must differ from each other. */

/** The names that are in use, so that each thing gets another one. */
export class FreeNames {
  readonly #used = new Set<string>();

  /** A free name that is, or begins with, the wanted one. */
  claim(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.#used.has(name); number++) name = `${wanted}-${number}`;
    this.#used.add(name);
    return name;
  }
}
