/** The environment of a service (service description 3.2 and 5); `env`, and files that may be absent, are extensions. */

import { joinPath } from "../files.ts";
import { Mistake } from "../text/mistake.ts";
import { PATH_BASES, settingRow } from "./rows.ts";
import type { Setting } from "./setting.ts";

/** A variable and its value. A name with `$` would look as if it were substituted. */
const ASSIGNMENT = /^([^\s=$\0]+)=([^]*)$/;

/** In the order of their effect: the lines of `env` change what the file says. */
export const ENVIRONMENT_SETTINGS: readonly Setting[] = [
  settingRow({
    name: "env-file",
    syntax: "PATH | -PATH",
    extensionValues: /^-/,
    substitution: "pre",
    base: PATH_BASES.file,
    summary: "a file with variables for the environment of the processes; with -, it may be absent",
    change: "next-start",
    apply({ draft, realDirectory }, { text }) {
      const isOptional = text.startsWith("-");
      const path = isOptional ? text.slice(1) : text;
      if (isOptional && path === "") throw new Mistake("env-file: write a path behind the '-'");
      draft.environmentFileSetting = text;
      draft.environmentFileOptional = isOptional;
      draft.environmentFile = path === "" ? "" : joinPath(realDirectory, path);
    },
  }),
  settingRow({
    name: "env",
    extension: true,
    syntax: "NAME=VALUE",
    repeats: "additive",
    substitution: "post",
    summary: "a variable for the environment of the processes, in place of that of env-file",
    change: "next-start",
    apply({ draft }, { text }) {
      const [whole, name, value] = ASSIGNMENT.exec(text) ?? [];
      if (whole === undefined) {
        const got = text === "" ? "" : ` instead of '${text}'`;
        throw new Mistake(`write NAME=VALUE${got}`, { code: "bad-assignment" });
      }
      draft.environmentLines.push({ name, text: value });
    },
  }),
];
