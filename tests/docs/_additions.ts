/** What additions to the program take, by the files that they touch (`docs/architecture.md`, "How to add"). */

/** A text to insert behind another one, which the file has once. */
export interface Insertion {
  readonly behind: string;
  readonly text: string;
}

/** Insertions by file. */
export type Addition = Readonly<Record<string, readonly Insertion[]>>;

/** A type of services: it has a start command, and nothing has to be done to stop it. */
export const TYPE: Addition = {
  "src/model/service_types.ts": [
    { behind: "  TRIGGERED: 5,\n", text: "  ONCE: 7,\n" },
    { behind: "export type ServiceTypeName =", text: ` "once" |` },
    {
      behind: `  { name: "triggered", type: ServiceType.TRIGGERED, process: "none" },\n`,
      text: `  { name: "once", type: ServiceType.ONCE, process: "script" },\n`,
    },
  ],
  "src/engine/launcher/behaviours.ts": [
    {
      behind: `import type { ServiceRecord } from "../graph/record.ts";\n`,
      text: `
class OnceService extends ScriptedService {
  readonly #launcher: Launcher;

  constructor(launcher: Launcher) {
    super(launcher);
    this.#launcher = launcher;
  }

  override bringDown(service: ServiceRecord): void {
    this.#launcher.lifecycle.markStopped(service);
  }
}
`,
    },
    {
      behind: "  triggered: (launcher) => new TriggeredService(launcher),\n",
      text: "  once: (launcher) => new OnceService(launcher),\n",
    },
  ],
};

/** A setting: a time. */
export const SETTING: Addition = {
  "src/model/description.ts": [
    {
      behind: "  readonly pidFile: string;\n",
      text: "  /** Milliseconds */\n  readonly graceTime: number;\n",
    },
    { behind: `  pidFile: "",\n`, text: "  graceTime: 5000,\n" },
  ],
  "src/description/settings/life.ts": [
    { behind: "type TimeField =", text: ` "graceTime" |` },
    {
      behind: `  { ...termSignal("termsignal"), aliasOf: "term-signal" },\n`,
      text: `  time("grace-time", "graceTime", PROCESSES, "5", "a time that only this test knows"),\n`,
    },
  ],
};

/** Makes an addition in the copy of the program that is in a folder. */
export function make(addition: Addition, folder: string): void {
  for (const [file, insertions] of Object.entries(addition)) {
    const path = `${folder}/${file}`;
    let text = Deno.readTextFileSync(path);
    for (const { behind, text: added } of insertions) {
      const parts = text.split(behind);
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${behind}`);
      text = parts.join(behind + added);
    }
    Deno.writeTextFileSync(path, text);
  }
}
