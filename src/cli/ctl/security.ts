/** `security`: what running services could still do, as the kernel shows it. The reference has nothing like it. */

import { missingGrantText } from "../../model/grants.ts";
import type { KnownService } from "../../client/steps.ts";
import { ctlFailure, protocolFailure } from "../shared/failure.ts";
import { printable } from "../shared/text_width.ts";
import type { CommandContext } from "./context.ts";
import type { SecurityDocument } from "./security_documents.ts";
import { exposuresOf } from "./exposures.ts";
import { viewOf } from "./process_view.ts";
import { isPattern, nameSelector } from "./selection.ts";

type Entry = SecurityDocument["services"][number];

/** `dinitctl security [PATTERN...]` */
export async function security(context: CommandContext): Promise<number> {
  const { words, io } = context;
  const { daemon, services } = checked(await (await context.connect()).query("overview"));
  const fits = nameSelector(words.filter(isPattern));
  const isChosen = (name: string) => words.length === 0 || words.includes(name) || fits(name);
  const entries: Entry[] = [];
  for (const { name, pid } of services) {
    if (pid !== undefined && isChosen(name)) entries.push(entryOf(name, pid, daemon.pid));
  }
  const missing = words.filter((word) => !isPattern(word) && !entries.some(({ name }) => name === word));
  for (const entry of entries) context.print(textOf(entry));
  context.record({ services: entries, ...(missing.length === 0 ? {} : { missing }) });
  for (const name of missing) io.err(`dinitctl: '${printable(name)}' is not loaded, or has no process.\n`);
  if (entries.length === 0 && missing.length === 0) context.say("No service has a process.");
  return missing.length === 0 ? 0 : 1;
}

/** The parts of an overview that matter here. Throws `ToolFailure`. */
function checked(answer: unknown): { daemon: { pid: number }; services: readonly KnownService[] } {
  if (answer === undefined) throw ctlFailure("this daemon does not provide an overview of its services");
  const { daemon, services } = answer as { daemon?: { pid?: unknown }; services?: unknown };
  if (typeof daemon?.pid !== "number" || !Array.isArray(services)) throw protocolFailure();
  return { daemon: { pid: daemon.pid }, services };
}

function entryOf(name: string, pid: number, daemon: number): Entry {
  try {
    return { name, pid, exposures: exposuresOf(viewOf(pid, daemon)) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const reason = error instanceof Deno.errors.NotCapable ? missingGrantText(error) : error.message;
    return { name, pid, exposures: [], unknown: reason };
  }
}

function textOf({ name, pid, exposures, unknown }: Entry): string {
  const head = `${printable(name)} (process ${pid})`;
  if (unknown !== undefined) return `${head}: cannot be looked at: ${printable(unknown)}\n`;
  if (exposures.length === 0) return `${head}: nothing is left to close\n`;
  const width = Math.max(...exposures.map(({ text }) => text.length));
  const lines = exposures.map(({ text, line }) => `    ${text.padEnd(width)}   ${line}\n`);
  return `${head}\n${lines.join("")}`;
}
