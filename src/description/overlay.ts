/** Builds an `EnvironmentOverlay`, line by line and layer by layer. */

import type { EnvironmentOverlay } from "../model/mod.ts";

export class OverlayBuilder implements EnvironmentOverlay {
  clear = false;
  readonly set = new Map<string, string>();
  readonly unset = new Set<string>();
  readonly imported = new Set<string>();

  /** `NAME=VALUE` */
  assign(name: string, value: string): void {
    this.unset.delete(name);
    this.imported.delete(name);
    this.set.set(name, value);
  }

  /** `!unset NAME` */
  remove(name: string): void {
    this.set.delete(name);
    this.imported.delete(name);
    this.unset.add(name);
  }

  /** `!import NAME` */
  take(name: string): void {
    this.set.delete(name);
    this.unset.delete(name);
    this.imported.add(name);
  }

  /** `!clear` */
  clearAll(): void {
    this.clear = true;
    this.set.clear();
    this.unset.clear();
    this.imported.clear();
  }

  /** Applies a complete overlay on top. */
  apply(overlay: EnvironmentOverlay): void {
    if (overlay.clear) this.clearAll();
    for (const name of overlay.unset) this.remove(name);
    for (const name of overlay.imported) this.take(name);
    for (const [name, value] of overlay.set) this.assign(name, value);
  }
}
