/** What the import of one kind makes of its input: descriptions, other files and the account. */

import type { InputFile } from "../shared/account.ts";
import { DescriptionText } from "./description_text.ts";
import type { FileText } from "../../description/staged_files.ts";
import { FreeNames } from "../shared/free_names.ts";
import { serviceName } from "./names.ts";

/** What an import is asked for, besides the paths. */
export interface ImportRequest {
  /** Make `podman run` commands of the images in compose files. */
  readonly podman: boolean;
  /** Whether the target folder already has a description with this name. */
  exists(name: string): boolean;
}

/** Collects what an import makes. */
export class ImportResult {
  readonly inputs: InputFile[] = [];
  readonly descriptions: DescriptionText[] = [];
  readonly names = new FreeNames();
  readonly #origins = new Map<string, InputFile[]>();
  readonly #others: FileText[] = [];

  /**
   * A new description.
   *
   * @param wanted the name that it has elsewhere; another one is made of it if no service can have it
   * @param inputs the files that it comes from, the most important one first
   */
  describe(wanted: string, ...inputs: InputFile[]): DescriptionText {
    const description = new DescriptionText(this.names.claim(serviceName(wanted)));
    this.descriptions.push(description);
    this.#origins.set(description.name, inputs);
    inputs.forEach((input) => input.outputs.add(description.name));
    return description;
  }

  /** Notes that a description comes from one more file. */
  alsoFrom(description: DescriptionText, input: InputFile): void {
    this.#origins.get(description.name)?.push(input);
    input.outputs.add(description.name);
  }

  /** Gives descriptions variables: a file with the name of the first one, which their `env-file` names. */
  setVariables(descriptions: readonly DescriptionText[], variables: ReadonlyMap<string, string>): void {
    if (variables.size === 0) return;
    const name = this.names.claim(`${descriptions[0].name}.env`);
    const text = Array.from(variables, ([variable, value]) => `${variable}=${value}\n`).join("");
    this.#others.push({ name, text, mode: 0o600 }); // variables may be secrets
    for (const description of descriptions) {
      description.set("env-file", name);
      this.#origins.get(description.name)?.forEach((input) => input.outputs.add(name));
    }
  }

  /** Turns a setting into a comment, because its value is refused. */
  withdraw(description: DescriptionText, setting: string, message: string): void {
    const value = description.get(setting) ?? "";
    description.remove(setting);
    description.comment(`Decide: ${setting} = ${value}: ${message}`);
    this.#origins.get(description.name)?.[0]?.add(`(setting ${setting})`, value, 0, description.name)
      .decision(
        `${description.name}: ${message}`,
      );
  }

  /** The files to write, with all descriptions as they are now. */
  outputs(): FileText[] {
    const texts = this.descriptions.map((description) => {
      const origins = (this.#origins.get(description.name) ?? []).map(({ path }) => path);
      return { name: description.name, text: description.text([...new Set(origins)].join(", ")) };
    });
    return [...texts, ...this.#others];
  }
}

/** Whether an environment file can hold a variable (service description 5.1). */
export function isWritableVariable(name: string, value: string): boolean {
  return /^[^\s=#!\0][^\s=\0]*$/.test(name) && !/[\n\0]/.test(value);
}
