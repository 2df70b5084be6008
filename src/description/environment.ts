/** The layers of the environment (service description 5.2), from the daemon's environment to that of one service. */

import { type EnvironmentOverlay, LimitError, NO_OVERLAY } from "../model/mod.ts";
import { untilNul } from "./files.ts";
import { OverlayBuilder } from "./overlay.ts";
import type { ParsedEnvironmentFile } from "./environment_file.ts";

/** How many variables clients may set and remove in total. No process could receive more. */
const CHANGES_LIMIT = 10_000;

/**
 * Layers 1 and 2: the environment that the daemon was started with, changed by the main environment file and by clients
 * at run time. Every launch and every load uses the current values.
 */
export class MainEnvironment {
  readonly #process: ReadonlyMap<string, string>;
  readonly #changes = new OverlayBuilder();
  /** The environment of services without an overlay, computed when it is first needed. */
  #plain: ReadonlyMap<string, string> | undefined;

  /** Begins with the environment of the daemon's process, given as pairs or as an object. @default empty */
  constructor(
    processEnvironment: Iterable<readonly [string, string]> | Readonly<Record<string, string>> = [],
  ) {
    this.#process = new Map(
      Symbol.iterator in processEnvironment
        ? processEnvironment as Iterable<readonly [string, string]>
        : Object.entries(processEnvironment),
    );
  }

  /** Applies the main environment file. */
  applyFile(parsed: ParsedEnvironmentFile): void {
    this.#plain = undefined;
    this.#changes.apply(parsed.overlay);
  }

  /** Sets a variable for a client. Returns whether it had a value before. Throws `LimitError`. */
  set(name: string, value: string): boolean {
    this.#checkLimit(name);
    const existed = this.get(name) !== undefined;
    this.#plain = undefined;
    this.#changes.assign(name, value);
    return existed;
  }

  /** Removes a variable for a client. Returns whether it had a value before. Throws `LimitError`. */
  unset(name: string): boolean {
    this.#checkLimit(name);
    const existed = this.get(name) !== undefined;
    this.#plain = undefined;
    this.#changes.remove(name);
    return existed;
  }

  #checkLimit(name: string): void {
    const { set, unset, imported } = this.#changes;
    if (set.size + unset.size + imported.size < CHANGES_LIMIT || set.has(name) || unset.has(name)) return;
    throw new LimitError(`more than ${CHANGES_LIMIT} variables of the environment cannot be changed`);
  }

  /** The current value of a variable. */
  get(name: string): string | undefined {
    const { set, unset, imported, clear } = this.#changes;
    const own = set.get(name);
    if (own !== undefined) return own;
    if (unset.has(name) || (clear && !imported.has(name))) return undefined;
    return this.#process.get(name);
  }

  /** All variables: those that the daemon was started with, in their order, then the additions. */
  entries(): [string, string][] {
    return [...this.#layered(this.#process.keys(), this.#changes.set.keys(), (name) => this.get(name))];
  }

  /**
   * The current value of a variable for a service with this overlay. Behind the overlay's `!clear`, an `!import`
   * finds the daemon's own variables even if the main layer removed them.
   */
  getFor(overlay: EnvironmentOverlay, name: string): string | undefined {
    const own = overlay.set.get(name);
    if (own !== undefined) return own;
    if (overlay.imported.has(name)) {
      return this.get(name) ?? (overlay.clear ? this.#process.get(name) : undefined);
    }
    if (overlay.clear || overlay.unset.has(name)) return undefined;
    return this.get(name);
  }

  /**
   * The complete environment of a service with this overlay, ready for the system. Names and values end at their first
   * NUL; variables whose name is then empty are left out. Most services have no overlay and share one map.
   */
  compose(overlay: EnvironmentOverlay): ReadonlyMap<string, string> {
    if (overlay !== NO_OVERLAY) return this.#compose(overlay);
    return this.#plain ??= this.#compose(overlay);
  }

  #compose(overlay: EnvironmentOverlay): Map<string, string> {
    const inherited = overlay.clear ? overlay.imported : this.#names();
    const composed = new Map<string, string>();
    for (
      const [name, value] of this.#layered(inherited, overlay.set.keys(), (key) => this.getFor(overlay, key))
    ) {
      if (!name.includes("\0")) composed.set(name, untilNul(value));
    }
    return composed;
  }

  *#names(): Iterable<string> {
    yield* this.#process.keys();
    yield* this.#changes.set.keys();
  }

  /** The pairs of two layers of names, each name once, leaving out names without a value. */
  *#layered(
    lower: Iterable<string>,
    upper: Iterable<string>,
    value: (name: string) => string | undefined,
  ): Iterable<[string, string]> {
    const seen = new Set<string>();
    for (const names of [lower, upper]) {
      for (const name of names) {
        if (seen.has(name)) continue;
        seen.add(name);
        const found = value(name);
        if (found !== undefined) yield [name, found];
      }
    }
  }
}
