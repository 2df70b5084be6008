/** Runs the tests of the engine on mutants, in a copy of the project. */

import { type Mutant, textOf } from "./mutations.ts";

/** The tests of the first stage: they are quick and notice most mutants. */
const QUICK = ["scenarios", "process", "haste", "manager", "times", "graph_changes"].map((name) =>
  `engine/${name}_test.ts`
);
/** The folders of all tests. What the first stage does not notice needs the others, the random ones last. */
const TESTS = ["engine", "property"];
const STAGE_NAMES = ["quick", "other"];
/** The share of the gate's random runs; with all of them, a mutant that nothing notices would take four times as long. */
const EFFORT = 0.1;
/** What the copy consists of. */
const PARTS = [
  "deno.json",
  "import_map.json",
  "deno.lock",
  "docs",
  "scripts",
  "src",
  "tests/engine",
  "tests/property",
  "tests/_patience.ts",
  "tests/_processes.ts",
  "tests/random.ts",
];
/** How many times as long as without a mutant the tests may take; a mutant may make them endless. */
const PATIENCE = 5;
/** A mutant may also use memory without end; in MiB. */
const MEMORY = 1024;

/** The end of a run of tests. */
type Outcome = "passed" | "failed" | "no result";

/** A copy of the project for one mutant after the other. */
export class Trial {
  readonly #copy: string;
  /** How long each stage may take, in milliseconds. */
  readonly #limits: number[] = [];

  private constructor(copy: string) {
    this.#copy = copy;
  }

  /** Copies the project, and measures its tests. Throws if they fail. */
  static async prepare(root: string): Promise<Trial> {
    const trial = new Trial(await copied(root));
    for (const [stage, files] of stages(root).entries()) {
      const imports = files.map((file) => `import "./${file}";\n`);
      await Deno.writeTextFile(`${trial.#copy}/${fileOf(stage)}`, imports.join(""));
      trial.#limits.push(PATIENCE * await trial.#measure(stage));
    }
    return trial;
  }

  /** Whether a test notices the mutant of a file with this text. */
  async isNoticed(mutant: Mutant, original: string): Promise<boolean> {
    const path = `${this.#copy}/src/engine/${mutant.file}.ts`;
    for (const stage of this.#limits.keys()) {
      for (;;) {
        await Deno.writeTextFile(path, textOf(mutant, original));
        const outcome = await this.#run(stage, this.#limits[stage]);
        await Deno.writeTextFile(path, original);
        if (outcome === "failed") return true;
        if (outcome === "passed") break;
        // No test has failed. If the original takes its time now, too, the machine is busy: that says nothing.
        const limit = PATIENCE * await this.#measure(stage);
        if (limit < 2 * this.#limits[stage]) return true;
        this.#limits[stage] = limit;
      }
    }
    return false;
  }

  async remove(): Promise<void> {
    await Deno.remove(this.#copy, { recursive: true });
  }

  /** How long the tests take without a mutant, in milliseconds. */
  async #measure(stage: number): Promise<number> {
    const begin = performance.now();
    const outcome = await this.#run(stage);
    if (outcome !== "passed") {
      throw new Error(`Cannot judge mutants: ${STAGE_NAMES[stage]} tests fail without any`);
    }
    return performance.now() - begin;
  }

  /** @param limit in milliseconds. @default none */
  async #run(stage: number, limit?: number): Promise<Outcome> {
    const abort = new AbortController();
    const timer = limit === undefined ? undefined : setTimeout(() => abort.abort(), limit);
    const command = new Deno.Command(Deno.execPath(), {
      args: [
        "test",
        `--v8-flags=--single-threaded,--max-old-space-size=${MEMORY}`,
        "--allow-read",
        "--allow-write",
        "--allow-env",
        "--no-check",
        "--fail-fast",
        fileOf(stage),
      ],
      cwd: this.#copy,
      env: { NO_COLOR: "1", DINIT_PROPERTY_RUNS: String(EFFORT) },
      stdin: "null",
      stdout: "piped",
      stderr: "null",
      signal: abort.signal,
    });
    const { success, stdout } = await command.output();
    clearTimeout(timer);
    if (success) return "passed";
    return /\| [1-9]\d* failed/.test(new TextDecoder().decode(stdout)) ? "failed" : "no result";
  }
}

/** The files of each stage, below `tests`. */
function stages(root: string): string[][] {
  const all = TESTS.flatMap((folder) =>
    [...Deno.readDirSync(`${root}tests/${folder}`)].map(({ name }) => `${folder}/${name}`).sort()
  );
  const others = all.filter((file) => file.endsWith("_test.ts") && !QUICK.includes(file));
  return [QUICK, others];
}

/** The file that imports those of a stage, because each file that is run costs half a second. */
function fileOf(stage: number): string {
  return `tests/stage_${stage}_test.ts`;
}

async function copied(root: string): Promise<string> {
  const copy = await Deno.makeTempDir({ prefix: "mutants-" });
  await Deno.mkdir(`${copy}/tests`);
  for (const name of PARTS) {
    const { success } = await new Deno.Command("cp", { args: ["-r", root + name, `${copy}/${name}`] })
      .output();
    if (!success) throw new Error(`Cannot copy ${name} to ${copy}`);
  }
  return copy;
}
