/** How fast services can write, for each log type, compared with the same bytes through `cat`. */

import { ServiceEvent } from "../../src/model/mod.ts";
import {
  type BenchCase,
  type BenchContext,
  BenchDaemon,
  beside,
  inFolder,
  interleave,
  type Measurement,
  timeOf,
} from "./harness/mod.ts";

const MEGABYTES = 512;
const WRITE = `/usr/bin/head -c ${MEGABYTES}M /dev/zero`;
const ONCE = "type = process\nrestart = no\n";

/** Megabytes per second until a service with these settings, and the services beside it, have ended. */
function throughput(
  settings: (folder: string) => string,
  others: Readonly<Record<string, string>> = {},
  last = "writer",
): Promise<number> {
  return inFolder(async (folder) => {
    const services = { writer: `${ONCE}command = ${WRITE}\n${settings(folder)}\n`, ...others };
    await using daemon = await BenchDaemon.start(folder, services);
    await daemon.handle("writer");
    await daemon.handle(last);
    const begin = performance.now();
    const ended = daemon.next(last, ServiceEvent.STOPPED);
    if (last !== "writer") await daemon.order("start", last);
    await daemon.order("start", "writer");
    await ended;
    return MEGABYTES / (performance.now() - begin) * 1000;
  });
}

/** Megabytes per second of a shell pipeline. */
function pipeline(end: (folder: string) => string): Promise<number> {
  return inFolder(async (folder) => {
    return MEGABYTES / await timeOf("/bin/sh", ["-c", `${WRITE} ${end(folder)}`]) * 1000;
  });
}

async function measure({ runs }: BenchContext): Promise<Measurement[]> {
  const reader = `${ONCE}command = /usr/bin/head -c ${MEGABYTES}M\nconsumer-of = writer\n`;
  const values = await interleave(runs, {
    cat: () => pipeline(() => "| cat >/dev/null"),
    catToFile: () => pipeline((folder) => `| cat >${folder}/log`),
    head: () => pipeline(() => `| head -c ${MEGABYTES}M >/dev/null`),
    file: () => throughput((folder) => `logfile = ${folder}/log`),
    buffer: () => throughput(() => "log-type = buffer"),
    pipe: () => throughput(() => "log-type = pipe", { reader }, "reader"),
  }, 1);
  const row = (what: string, own: number[], cat: number[], name: string): Measurement => ({
    what,
    unit: "MB/s",
    values: own,
    beside: [beside(name, own, cat)],
  });
  return [
    row("log-type = file", values.file, values.catToFile, "cat into a file"),
    row("log-type = buffer", values.buffer, values.cat, "cat"),
    row("log-type = pipe, to a service that drops it", values.pipe, values.head, "the same in a shell"),
    { what: "cat", unit: "MB/s", values: values.cat },
    { what: "cat into a file", unit: "MB/s", values: values.catToFile },
  ];
}

export const bench: BenchCase = { about: "throughput of logs", measure };
