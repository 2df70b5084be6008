/** `dinit up` and `dinit down`: the services of the project in the current folder. */

import { type ControlClient, ControlError, Request } from "../../client/mod.ts";
import { Client } from "../../client/library.ts";
import { ShutdownType } from "../../model/states.ts";
import { missingGrantText } from "../../model/grants.ts";
import { runCheck } from "../check/main.ts";
import { ToolFailure } from "../shared/failure.ts";
import { type CtlIo, processIo } from "../shared/io.ts";
import { textStyle } from "../shared/style.ts";
import { type BoardOptions, Boards, failedRows } from "./board.ts";
import { buildModules, descriptionsOf } from "./descriptions.ts";
import { connectTo, prepareFolder, startDaemon } from "./instance.ts";
import { downHelp, scanDownArguments, scanUpArguments, upHelp } from "./options.ts";
import { findProject, isFileWord, namedProject, type Project, upFailure } from "./project.ts";
import { summaryLines } from "./summary.ts";
import { Terminal } from "./terminal.ts";
import { showView } from "./view.ts";

/** How long to wait for an event before looking at the services anyway, in milliseconds. */
const PAUSE = 250;

/** Runs `dinit up` with these arguments. Returns the exit status; failures are reported on standard error. */
export function runUp(args: readonly string[], io: CtlIo = processIo()): Promise<number> {
  return reported(io, async () => {
    const options = scanUpArguments(args);
    if (options.help) return io.out(upHelp()), 0;
    const [first, ...rest] = options.words;
    const isNamed = first !== undefined && isFileWord(first);
    const services = isNamed ? rest : options.words;
    const project = isNamed ? namedProject(first, Deno.cwd()) : findProject(Deno.cwd(), io.uid());
    prepareFolder(project.root, io.uid());
    const running = await connectTo(project.root);
    const { client, own } = running === undefined
      ? await begin(project, services, io)
      : { client: running, own: false };
    try {
      if (!own) {
        await buildModules(project, io); // a reload of a service reads the new description
        await startToo(client, services);
      }
      if (options.detach) return await untilSettled(client, { root: project.root, isNew: own }, io);
    } catch (error) {
      client.close();
      throw error;
    }
    if (!own) io.err(`dinit up: showing the services that run in ${project.root}\n`);
    const logs = await connectTo(project.root);
    if (logs === undefined) throw upFailure("the daemon has ended");
    const { exitOnFailure = io.terminal() === undefined } = options;
    return await showView({
      io,
      clients: [client, logs],
      root: project.root,
      owns: own,
      exitOnFailure: own && exitOnFailure,
      terminal: new Terminal(),
    });
  });
}

/** Runs `dinit down`: stops the services of the project, and waits. Returns the exit status. */
export function runDown(args: readonly string[], io: CtlIo = processIo()): Promise<number> {
  return reported(io, async () => {
    const { help, words: [file] } = scanDownArguments(args);
    if (help) return io.out(downHelp()), 0;
    const folder = Deno.cwd();
    const { root } = file === undefined ? findProject(folder, io.uid()) : namedProject(file, folder);
    const client = await connectTo(root);
    if (client === undefined) {
      io.err(`dinit down: nothing runs in ${root}\n`);
      return 0;
    }
    const begun = io.now();
    const ended = client.closed;
    await client.request({ type: Request.SHUTDOWN, kind: ShutdownType.HALT });
    await ended;
    io.out(`dinit: stopped in ${((io.now() - begun) / 1000).toFixed(1)} s\n`);
    return 0;
  });
}

async function reported(io: CtlIo, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ToolFailure) io.err(`${error.message}\n`);
    else if (error instanceof ControlError) {
      io.err(`dinit up: the daemon does not answer: ${error.message}\n`);
    } else if (error instanceof Deno.errors.NotCapable) io.err(`dinit: ${missingGrantText(error)}\n`);
    else throw error;
    return 1;
  }
}

/** Checks the descriptions, and starts the daemon: it reports mistakes before anything runs. */
async function begin(project: Project, services: readonly string[], io: CtlIo) {
  const descriptions = await descriptionsOf(project, io);
  let mistakes = "";
  const quiet = { ...io, out: () => {}, err: (text: string) => void (mistakes += text) };
  const surroundings = {
    ...quiet,
    environment: () => Deno.env.toObject(),
    gid: () => Deno.gid() ?? undefined,
    errorsAtTerminal: () => true,
  };
  const folders = descriptions.flatMap((path) => ["--services-dir", `${project.root}/${path}`]);
  const words = ["--user", "--explain", "--severity=error", ...folders, ...services];
  if (await runCheck(words, surroundings) !== 0) {
    const lines = mistakes.replaceAll(`${project.root}/`, "").split("\n");
    const findings = lines.filter((line) => line !== "" && line !== "Secondary checks complete.");
    throw upFailure("the descriptions have mistakes; nothing was started", ...findings);
  }
  return await startDaemon(project.root, descriptions, services);
}

/** Starts more services in a daemon that runs. */
async function startToo(client: ControlClient, services: readonly string[]): Promise<void> {
  const known = new Client(client);
  for (const name of services) {
    await known.service(name).start({ wait: false }).catch((error) => {
      if (error instanceof ControlError) throw error;
      throw upFailure(`cannot start ${name}: ${error.message}`, "see its name in: dinitctl list");
    });
  }
}

/** Waits until no service is starting any more, and prints the result. */
async function untilSettled(control: ControlClient, options: BoardOptions, io: CtlIo): Promise<number> {
  const client = new Client(control);
  const boards = new Boards(options);
  const events = client.events();
  await events.ready;
  let board = boards.look(await client.overview(), io.now());
  while (!board.settled) {
    await Promise.race([events.next(), new Promise((resolve) => setTimeout(resolve, PAUSE))]);
    board = boards.look(await client.overview(), io.now());
  }
  await events.close();
  control.close();
  io.out(`${summaryLines(board, { style: textStyle(io) }).join("\n")}\n`);
  return failedRows(board).length === 0 ? 0 : 1;
}
