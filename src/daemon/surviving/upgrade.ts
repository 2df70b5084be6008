/**
 * A planned takeover: a new program continues in the same process (docs/surviving.md). It is loaded at the first request.
 */

import { Files, type NativeHost, O, type openLibrary, SystemCallError } from "../../host/mod.ts";
import { commandLine, commandLineArguments, inheritedEntries } from "../../inherited/mod.ts";
import { decodeBytes, errnoText } from "../../model/mod.ts";
import { Execution, ProgramRunner } from "../../system/replacing.ts";
import { ALL_SIGNALS, OwnDescriptors, SignalMask } from "../../system/surviving.ts";
import type { MessageLog } from "../../log/mod.ts";
import { READY } from "./check_state.ts";
import { launchesFinished } from "./launches_finished.ts";
import type { Survival } from "./survival.ts";

/** How long the new program may take to read the state, in milliseconds. */
const CHECK_LIMIT = 20_000;
/** The most that is shown of the words of a program that cannot take over, in characters. */
const WORDS_LIMIT = 500;

/** What an upgrade is given. */
export interface UpgradeContext {
  readonly library: ReturnType<typeof openLibrary>;
  readonly survival: Survival;
  readonly host: NativeHost | undefined;
  readonly log: MessageLog;
  /** Why the daemon cannot be replaced now. */
  refusal(): string | undefined;
  /** Stops all that must not be interrupted. */
  pause(): void;
  /** Resolves when the log is written. */
  flush(): Promise<void>;
  /** Continues, because the program could not be replaced. */
  resume(): void;
  /** The descriptors of all rooms that survive. */
  descriptors(): number[];
}

/** What a client asks for. */
export interface UpgradeRequest {
  /** The path of the new program. @default the program that runs, from its file as it is now */
  readonly program?: string;
  /** Only check whether the program could take over. */
  readonly checkOnly: boolean;
}

/** Upgrades the daemon. */
export class Upgrade {
  readonly #context: UpgradeContext;
  readonly #runner: ProgramRunner;
  #isUnderWay = false;

  constructor(context: UpgradeContext) {
    this.#context = context;
    this.#runner = new ProgramRunner(context.library, "."); // the words of the command line may be relative paths
  }

  /**
   * Replaces the program. Returns why that was refused; then nothing has changed. `undefined`: the check has succeeded.
   * If the program is replaced, it does not return.
   */
  async run({ program, checkOnly }: UpgradeRequest): Promise<string | undefined> {
    if (this.#isUnderWay) return "another upgrade is under way";
    const refusal = this.#context.refusal() ?? this.#context.survival.problem;
    if (refusal !== undefined) return refusal;
    this.#isUnderWay = true;
    try {
      const words = wordsOf(program);
      const problem = await this.#check(words);
      if (problem !== undefined || checkOnly) return problem;
      return this.#context.refusal() ?? await this.#replace(words);
    } finally {
      this.#isUnderWay = false;
    }
  }

  /** Lets the new program read the state. Returns why it cannot take over. */
  async #check({ path, argv }: ProgramWords): Promise<string | undefined> {
    const { library, survival } = this.#context;
    const args = [...argv.slice(1), `--check-state=/proc/${Deno.pid}/fd/${survival.stateDescriptor}`];
    let [output, late] = ["", false];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = await this.#runner.run(path, args, inheritedEntries(), {
      output: (bytes) => output = (output + decodeBytes(bytes)).slice(-4 * WORDS_LIMIT),
      warn: (text) => this.#context.log.message("warn", text),
      started: (pid) => {
        timer = setTimeout(() => {
          late = true;
          library.symbols.kill(pid, 9);
        }, CHECK_LIMIT);
      },
    });
    clearTimeout(timer);
    if ("errno" in end) return `${path} cannot be executed: ${errnoText(end.errno)}`;
    if (output.trimEnd().endsWith(READY)) return undefined;
    if (late) return `${path} did not say within ${CHECK_LIMIT / 1000} s that it can take over`;
    const words = output.trim().replaceAll(/\s*\n\s*/g, " | ").slice(0, WORDS_LIMIT);
    return `${path} cannot take over${words === "" ? " (it said nothing)" : `: ${words}`}`;
  }

  async #replace({ path, argv }: ProgramWords): Promise<string> {
    const { library, survival, host, pause, flush, resume, descriptors } = this.#context;
    const own = new OwnDescriptors(library);
    const files = new Files(library);
    pause();
    await flush();
    const refusal = await launchesFinished(host) ?? this.#context.refusal() ?? survival.problem;
    if (refusal !== undefined) {
      resume();
      return refusal;
    }
    const mask = new SignalMask(library);
    const before = mask.set(ALL_SIGNALS);
    let program: number | undefined;
    let problem: string;
    const passed: number[] = [];
    try {
      program = files.open("/proc/self/exe", O.PATH);
      for (const fd of [...survival.descriptors, ...descriptors(), program]) {
        own.setPassesExec(fd, true);
        passed.push(fd);
      }
      const environment = survival.environmentOfHeir(program);
      const errno = new Execution(library).execute(path, argv, environment, { blocked: ALL_SIGNALS });
      problem = `${path} cannot be executed: ${errnoText(errno)}`;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      problem = `cannot prepare the replacement: ${error.message}`;
    }
    for (const fd of passed) own.setPassesExec(fd, false);
    if (program !== undefined) files.close(program);
    mask.set(before);
    resume();
    return problem;
  }
}

interface ProgramWords {
  readonly path: string;
  readonly argv: readonly string[];
}

/** The command line of the new program: the options of the daemon stay the same. */
function wordsOf(program: string | undefined): ProgramWords {
  if (program !== undefined) return { path: program, argv: [program, ...commandLineArguments()] };
  const path = Deno.execPath(); // the file that is there now, which may be new
  return { path, argv: [path, ...(commandLine() ?? []).slice(1)] };
}
