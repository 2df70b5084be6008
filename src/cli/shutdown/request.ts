/** Asks the daemon for a shutdown (daemon and init 7.2). */

import { type ByteStream, ControlClient, ControlError, Reply, Request } from "../../client/mod.ts";
import { errnoText, type ShutdownType } from "../../model/mod.ts";
import { passedDescriptor } from "../ctl/connection.ts";
import { ToolFailure } from "../shared/failure.ts";
import type { CtlIo } from "../shared/io.ts";

/** What the client needs from its process. */
export interface RequestIo extends CtlIo {
  /** The control socket of the system's daemon. */
  readonly socketPath: string;
  /** The connection over a descriptor that the program was started with. Throws `ToolFailure`. */
  connection(fd: number): Promise<ByteStream>;
}

/** The newest protocol version that a daemon may require, and the oldest that it may have. */
const PROTOCOL = { newest: 5, oldest: 1 } as const;

/** Requests a shutdown from the daemon. Throws `ToolFailure` if that fails. */
export async function requestShutdown(
  type: ShutdownType,
  usePassedFd: boolean,
  io: RequestIo,
): Promise<void> {
  const passed = usePassedFd ? passedDescriptor(io) : undefined;
  const client = await connect(passed, io);
  try {
    await converse(() => checkVersion(client), tooOldServer);
    io.out("Issuing shutdown command...\n");
    await converse(async () => {
      const reply = await client.request({ type: Request.SHUTDOWN, kind: type });
      if (reply.type !== Reply.ACK) throw protocolError();
    }, protocolError);
  } catch (error) {
    const isSocket = error instanceof ToolFailure && passed === undefined;
    throw isSocket ? error.about({ kind: "text", text: `socket: ${io.socketPath}` }) : error;
  } finally {
    client.close();
  }
}

async function checkVersion(client: ControlClient): Promise<void> {
  const version = await client.request({ type: Request.QUERYVERSION });
  if (version.type !== Reply.CPVERSION) throw tooOldServer();
  if (version.minimum > PROTOCOL.newest) throw failure("too old (server reports newer protocol version)");
  if (version.actual < PROTOCOL.oldest) throw tooOldServer();
}

const failure = (text: string) => new ToolFailure(`shutdown: ${text}`);
const tooOldServer = () => failure("server too old or protocol error");
const protocolError = () => failure("control socket protocol error");

async function connect(passed: number | undefined, io: RequestIo): Promise<ControlClient> {
  if (passed !== undefined) return new ControlClient(await io.connection(passed));
  try {
    return await ControlClient.connect(io.socketPath);
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    throw error.errno === undefined
      ? failure(error.message)
      : new ToolFailure(`connect: ${errnoText(error.errno)}`).about({
        kind: "text",
        text: `no daemon answers at ${io.socketPath}; '--system' ends the machine without one`,
      });
  }
}

/** Words the failures of a connection; `misunderstood` is the failure for an invalid reply. */
async function converse(conversation: () => Promise<void>, misunderstood: () => ToolFailure): Promise<void> {
  try {
    await conversation();
  } catch (error) {
    if (!(error instanceof ControlError)) throw error;
    if (error.kind === "protocol") throw misunderstood();
    throw failure(
      error.errno === undefined
        ? "control socket read failure or protocol error"
        : `control socket write error: ${errnoText(error.errno)}`,
    );
  }
}
