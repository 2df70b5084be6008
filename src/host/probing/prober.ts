/**
 * Checks that need a look-up of a name, or TLS. The daemon does neither, because a resolver may hang, and the code would
 * stay in the memory of process 1. One other process, `dinit health-prober`, performs all such checks. It holds nothing
 * that must not be lost: it ends with the channel to its daemon, and the next program of the daemon starts another one.
 */

import { errnoText, Signal } from "../../model/mod.ts";
import type { Files, Poller, Processes, Sockets, Spawner } from "../../system/mod.ts";
import { SystemCallError } from "../../system/mod.ts";
import { LineChannel } from "../../system/keeping.ts";
import type { NullDevice } from "../launch/null_device.ts";
import { ownProgram, spawnOwn } from "../own_program.ts";
import { type ProbeOrder, probeOrderLine, type ProbeSaying, probeSayingIn } from "./orders.ts";

/** How long the prober may take until it is ready, in milliseconds. */
const READY_LIMIT = 30_000;
/** How long after the limit of a check the prober may answer, in milliseconds. Then it hangs, and is replaced. */
const ANSWER_GRACE = 1_000;
/** A prober without work ends after this time, in milliseconds: its memory is worth more than its start. */
const IDLE_LIMIT = 60_000;
/** A timer that is so late says that the daemon stood still: the answer may be there by now. In milliseconds. */
const LATE = 2_000;
/** The pauses before a prober that has never been ready is started again, in milliseconds. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;
/** A check whose prober has ended is performed by the next one; the second time it has failed. */
const MOST_TRIES = 2;
/** Which certificates it trusts, unless the environment of the daemon says that: those of curl and of Deno. */
const TRUST: ReadonlyMap<string, string> = new Map([["DENO_TLS_CA_STORE", "system,mozilla"]]);

/** What the prober is given. */
export interface ProberContext {
  readonly files: Files;
  readonly poller: Poller;
  readonly processes: Processes;
  readonly sockets: Sockets;
  readonly spawner: Spawner;
  readonly nothing: NullDevice;
  /** Writes a warning to the daemon's log. */
  warn(text: string): void;
  /** See `READY_LIMIT`. @default 30000 */
  readonly readyLimit?: number;
  /** See `ANSWER_GRACE`. @default 1000 */
  readonly answerGrace?: number;
  /** See `IDLE_LIMIT`. @default 60000 */
  readonly idleLimit?: number;
}

/** What is to be checked, and for how long at most, in milliseconds. */
export type Probe = Pick<ProbeOrder, "way" | "target" | "limit">;
/** What came of it. */
export type ProbeResult = Pick<ProbeSaying, "healthy" | "how">;

/** A check that has not ended. */
interface Question {
  readonly probe: Probe;
  readonly answer: (result: ProbeResult) => void;
  tries: number;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** The running process. */
interface Running {
  readonly channel: LineChannel;
  pid: number | undefined;
  ready: boolean;
  /** It was killed, because it does not answer; its end was not seen yet. */
  isKilled: boolean;
  limit: ReturnType<typeof setTimeout> | undefined;
}

/** Has checks performed by the process, which it starts with the first one and replaces when it fails. */
export class Prober {
  readonly #context: ProberContext;
  readonly #questions = new Map<number, Question>();
  #number = 1;
  #running: Running | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;
  /** How many processes in a row have ended before they were ready, why, and until when none is started. */
  #failures = 0;
  #why = "";
  #notBefore = 0;

  constructor(context: ProberContext) {
    this.#context = context;
  }

  /** The id of the process, if it runs. */
  get pid(): number | undefined {
    return this.#running?.pid;
  }

  /**
   * Performs a check, which ends soon after its limit in any case. The limit begins when the process is ready. If the
   * signal is aborted, the result never comes.
   */
  probe(probe: Probe, signal: AbortSignal): Promise<ProbeResult> {
    clearTimeout(this.#idle);
    const number = this.#number++;
    return new Promise((resolve) => {
      const answer = (result: ProbeResult) => {
        signal.removeEventListener("abort", drop);
        resolve(result);
      };
      const drop = () => this.#drop(number);
      signal.addEventListener("abort", drop, { once: true });
      const question = { probe, answer, tries: 0, timer: undefined };
      this.#questions.set(number, question);
      if (this.#running?.ready) this.#send(number, question, this.#running);
      else this.#start();
    });
  }

  /** Ends the process. Checks that have not ended get no result. */
  close(): void {
    for (const number of [...this.#questions.keys()]) this.#take(number);
    clearTimeout(this.#idle);
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#kill(running);
    clearTimeout(running.limit);
    running.channel.close();
  }

  // ---- Checks ------------------------------------------------------------------------------------------------

  #send(number: number, question: Question, { channel }: Running): void {
    question.tries += 1;
    this.#expect(number, question, question.probe.limit);
    channel.send(probeOrderLine({ order: "probe", number, ...question.probe }));
  }

  #expect(number: number, question: Question, limit: number): void {
    const { answerGrace = ANSWER_GRACE } = this.#context;
    const due = performance.now() + limit + answerGrace;
    question.timer = setTimeout(() => {
      if (performance.now() - due > LATE) this.#expect(number, question, 0);
      else this.#replace(number);
    }, limit + answerGrace);
  }

  #drop(number: number): void {
    if (this.#take(number)?.tries) this.#running?.channel.send(probeOrderLine({ order: "drop", number }));
  }

  #answer(number: number, result: ProbeResult): void {
    this.#take(number)?.answer(result);
  }

  #take(number: number): Question | undefined {
    const question = this.#questions.get(number);
    clearTimeout(question?.timer);
    this.#questions.delete(number);
    if (this.#questions.size === 0) this.#rest();
    return question;
  }

  #rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.close(), this.#context.idleLimit ?? IDLE_LIMIT);
  }

  /** The process has not answered in time: that check has failed, and the others are for the next process. */
  #replace(number: number): void {
    const running = this.#running;
    this.#answer(number, { healthy: false, how: "the prober of health checks does not answer" });
    if (running === undefined || running.isKilled) return;
    this.#context.warn(
      `The prober of health checks (process ${running.pid}) does not answer; it is replaced`,
    );
    running.isKilled = true;
    this.#kill(running);
  }

  // ---- Process -----------------------------------------------------------------------------------------------

  #start(): void {
    if (this.#running !== undefined) return;
    if (performance.now() < this.#notBefore) return this.#refuse();
    try {
      this.#spawn();
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      this.#failed(`it cannot be started: ${error.call}: ${errnoText(error.errno)}`);
    }
  }

  #spawn(): void {
    const program = ownProgram();
    if (program === undefined) return this.#failed("dinit may not read /proc (grant --allow-read)");
    const { sockets, files, poller, nothing, readyLimit = READY_LIMIT } = this.#context;
    const [own, its] = sockets.pair();
    const channel = new LineChannel(own, files, poller, {
      line: (line) => this.#said(running, probeSayingIn(line)),
      closed: () => this.#ended(running),
    });
    const running: Running = { channel, pid: undefined, ready: false, isKilled: false, limit: undefined };
    try {
      const argv = [...program.words, "health-prober"];
      const streams = [its, nothing.output, nothing.output] as const;
      running.pid = spawnOwn({ path: program.path, argv }, streams, this.#context, TRUST);
      this.#running = running;
      running.limit = setTimeout(() => this.#kill(running), readyLimit);
    } catch (error) {
      channel.close();
      throw error;
    } finally {
      files.close(its);
    }
  }

  #said(running: Running, saying: ProbeSaying | undefined): void {
    if (running !== this.#running) return;
    if (saying?.said === "result") return this.#answer(saying.number, saying);
    if (saying?.said !== "ready") return;
    clearTimeout(running.limit);
    running.ready = true;
    this.#failures = 0;
    for (const [number, question] of this.#questions) this.#send(number, question, running);
  }

  #ended(running: Running): void {
    clearTimeout(running.limit);
    if (running !== this.#running) return;
    this.#running = undefined;
    if (!running.ready) return this.#failed("it ended before it was ready");
    for (const [number, { tries, timer }] of [...this.#questions]) {
      clearTimeout(timer);
      if (tries < MOST_TRIES) continue;
      this.#answer(number, { healthy: false, how: "the prober of health checks has ended meanwhile" });
    }
    if (this.#questions.size > 0) this.#start();
  }

  #failed(why: string): void {
    const pause = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** this.#failures);
    this.#failures += 1;
    this.#why = why;
    this.#notBefore = performance.now() + pause;
    // The first failure may be a process that was killed while it started.
    if (this.#failures === 2) this.#context.warn(`The prober of health checks does not run: ${why}`);
    this.#refuse();
  }

  #refuse(): void {
    for (const number of [...this.#questions.keys()]) {
      this.#answer(number, { healthy: false, how: `the prober of health checks does not run: ${this.#why}` });
    }
  }

  #kill({ pid }: Running): void {
    // Its number is its own: while the channel is open, the process has not ended.
    if (pid !== undefined) this.#context.processes.kill(pid, Signal.KILL);
  }
}
