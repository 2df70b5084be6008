/**
 * A daemon with injected faults. The handlers of these events fail: the first shutdown signal, the first end of a
 * process, the first timer, the first query of a client, and the first readiness event. In addition a timer, a
 * microtask, an event and a promise fail without a handler.
 */

import { isOpen, parseCommandLine, runDaemon } from "../../src/daemon/mod.ts";
import { ServiceManager } from "../../src/engine/mod.ts";

type Method = "shutdown" | "exited" | "timerExpired" | "overview" | "ready";

function failOnce(method: Method): void {
  const engine = ServiceManager.prototype as unknown as Record<Method, (...args: unknown[]) => unknown>;
  const right = engine[method];
  engine[method] = () => {
    engine[method] = right;
    throw new Error(`injected: ${method}`);
  };
}

function fail(what: string): never {
  throw new Error(`injected: ${what}`);
}

/** Inject unhandled faults only after the log is open, which is when the first service starts. */
function failByThemselves(): void {
  setTimeout(() => fail("timer"));
  setTimeout(() => queueMicrotask(() => fail("microtask")));
  setTimeout(() => void Promise.reject(new Error("injected: promise")));
  setTimeout(() => {
    const target = new EventTarget();
    target.addEventListener("event", () => fail("event"));
    target.dispatchEvent(new Event("event"));
  });
}

const methods: readonly Method[] = ["shutdown", "exited", "timerExpired", "overview", "ready"];
for (const method of methods) failOnce(method);
const { start } = ServiceManager.prototype;
ServiceManager.prototype.start = function (...words) {
  ServiceManager.prototype.start = start;
  failByThemselves();
  return start.apply(this, words);
};

const commandLine = parseCommandLine(Deno.args, { pid: Deno.pid, uid: Deno.uid() ?? 0, isOpen });
if (commandLine.action !== "run") throw new Error("bad arguments");
Deno.exit((await runDaemon(commandLine.options)).status);
