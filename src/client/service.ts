/** One service, for programs. */

import { Reply, Request, type ServiceEventPacket } from "../control/wire/mod.ts";
import { signalNumber } from "../model/signals.ts";
import { ServiceState, StopReason } from "../model/states.ts";
import { unlessAborted } from "./abort.ts";
import { giveCommand, goalOf, namesOf } from "./command.ts";
import { type ControlClient, unexpectedReply } from "./control_client.ts";
import {
  CancelledError,
  type CommandName,
  NotLoadedError,
  type RefusalReason,
  RefusedError,
  StartFailedError,
} from "./errors.ts";
import { type EventOptions, EventStream } from "./events.ts";
import { GoalWatch } from "./goal.ts";
import type { Handle, Handles } from "./handles.ts";
import { type LogOptions, readLog } from "./logs.ts";
import type { LogPiece } from "./log_reader.ts";
import { reloadService, signalService, triggerService, unloadService, unpinService } from "./requests.ts";
import { isKnownService, type KnownService, type ServiceInfo, serviceInfo } from "./service_info.ts";
import { seeState, settle, type Settled } from "./wait.ts";

/** Ends a wait early. */
export interface WaitOptions {
  /**
   * If it is aborted, the wait ends and rejects with the signal's reason; the command continues.
   * `AbortSignal.timeout(5000)` waits at most five seconds. @default no limit
   */
  readonly signal?: AbortSignal;
}

/** The options of `start`, `wake` and `release`. */
export interface CommandOptions extends WaitOptions {
  /** Pins the service in its new state, until `unpin`. @default false */
  readonly pin?: boolean;
  /** Whether to wait until the goal is reached; otherwise until the daemon accepts the command. @default true */
  readonly wait?: boolean;
}

/** The options of `stop` and `restart`. */
export interface StopOptions extends CommandOptions {
  /** Also stops the services that need this one. @default false: the daemon refuses then */
  readonly force?: boolean;
}

/**
 * One service of the daemon, by its name. Creating one sends nothing. Methods that change its state load the service if
 * necessary. All methods reject with `ControlError` if the connection fails, and with `LoadFailedError` if the service
 * does not exist or its description has a mistake.
 */
export class Service {
  /** The full name, such as `web` or `getty@tty1`. */
  readonly name: string;
  readonly #handles: Handles;

  /** @ignore `Client.service` creates them. */
  constructor(name: string, handles: Handles) {
    this.name = name;
    this.#handles = handles;
  }

  /** The daemon's facts about the service; `undefined` if it is not loaded. */
  async status(): Promise<ServiceInfo | undefined> {
    try {
      return await this.#handles.read(
        this.name,
        false,
        async (handle) => serviceInfo(await this.#known(handle)),
      );
    } catch (error) {
      if (error instanceof NotLoadedError) return undefined;
      throw error;
    }
  }

  /** Loads the service without starting it. */
  async load(): Promise<ServiceInfo> {
    return await this.#handles.read(
      this.name,
      true,
      async (handle) => serviceInfo(await this.#known(handle)),
    );
  }

  /**
   * Starts the service and its dependencies. Resolves when it has started. Rejects with `StartFailedError`,
   * `CancelledError` or `RefusedError`.
   */
  async start(options: CommandOptions = {}): Promise<ServiceInfo> {
    return await this.#command("start", options);
  }

  /** Stops the service. Resolves when it has stopped. Rejects with `RefusedError` or `CancelledError`. */
  async stop(options: StopOptions = {}): Promise<ServiceInfo> {
    return await this.#command("stop", options);
  }

  /** Stops the service and starts it again. Rejects with the errors of `start` and `stop`. */
  async restart(options: StopOptions = {}): Promise<ServiceInfo> {
    return await this.#command("restart", options);
  }

  /** Starts the service if others need it, without an explicit activation. Rejects with the errors of `start`. */
  async wake(options: CommandOptions = {}): Promise<ServiceInfo> {
    return await this.#command("wake", options);
  }

  /**
   * Takes back a start: the service stops unless others need it. Resolves when it has stopped, or at once if it stays
   * started. Rejects with `CancelledError`.
   */
  async release(options: CommandOptions = {}): Promise<ServiceInfo> {
    return await this.#command("release", options);
  }

  /**
   * Resolves when the service is in a state, for whatever reason; at once if it already is. Loads the service. Rejects
   * with `StartFailedError` if it waits for a start that fails.
   */
  async waitFor(state: "started" | "stopped", { signal }: WaitOptions = {}): Promise<ServiceInfo> {
    signal?.throwIfAborted();
    return await this.#handles.use(this.name, true, async (handle) => {
      const wanted = state === "started" ? ServiceState.STARTED : ServiceState.STOPPED;
      if (handle.record.state === wanted) return await this.#now(signal);
      const waiting = { goal: state, see: seeState(state), endsWhenUnwanted: false, signal };
      return await this.#outcome("start", handle, await settle(this.#handles, handle, waiting));
    });
  }

  /** Takes back the pin of `start`, `stop`, `wake` or `release`. */
  async unpin(): Promise<void> {
    await this.#request("unpin", unpinService);
  }

  /** Unloads the service, which must be stopped. Rejects with `NotLoadedError` or `RefusedError` (`in-use`). */
  async unload(): Promise<void> {
    const refusal = await this.#handles.change(this.name, unloadService);
    if (refusal !== undefined) throw new RefusedError(this.name, "unload", refusal);
  }

  /** Loads the description again. Rejects with `NotLoadedError` or `RefusedError` (`in-use`). */
  async reload(): Promise<void> {
    const refusal = await this.#handles.change(this.name, reloadService);
    if (refusal !== undefined) throw new RefusedError(this.name, "reload", refusal);
  }

  /** Sets or clears the trigger of a service of the type `triggered`. Rejects with `RefusedError`. */
  async trigger(on = true): Promise<void> {
    await this.#request("trigger", (client, handle) => triggerService(client, handle, on));
  }

  /**
   * Sends a signal to the process of the service. Rejects with `RefusedError`.
   *
   * @param signal a number, or one of the names of `dinitctl signal --list`, such as `HUP`
   */
  async signal(signal: number | string): Promise<void> {
    const number = typeof signal === "number" ? signal : signalNumber(signal);
    if (number === undefined) throw new RefusedError(this.name, "signal", "bad-signal");
    await this.#request("signal", (client, handle) => signalService(client, handle, number));
  }

  /** The events of the service from now on: see `Client.events`. */
  events(options: Omit<EventOptions, "services"> = {}): EventStream {
    return new EventStream(this.#handles, { ...options, services: [this.name] });
  }

  /**
   * The output that the daemon keeps (`log-type = buffer`), in pieces. Rejects with `NoLogError` if it keeps none, and
   * with `NotLoadedError`.
   */
  logs(options: LogOptions = {}): AsyncGenerator<LogPiece, void, void> {
    return readLog(this.#handles, this.name, options);
  }

  async #command(command: CommandName, options: StopOptions): Promise<ServiceInfo> {
    const { signal, wait = true } = options;
    signal?.throwIfAborted();
    const goal = goalOf(command);
    return await this.#handles.use(this.name, true, async (handle) => {
      const accepted = await this.#give(command, handle, options);
      if (!accepted || !wait) return await this.#now(signal);
      if (command === "release") {
        // A service that others need, or that is pinned, stays up, and no event would report that.
        const now = await this.#now(signal);
        if (now.state === "started" || now.state === "stopped" || now.target === "started") return now;
      }
      const watch = new GoalWatch(goal);
      const waiting = {
        goal: goal === "stop" ? "stopped" as const : "started" as const,
        see: (packet: ServiceEventPacket) => watch.see(packet),
        endsWhenUnwanted: true,
        signal,
      };
      return await this.#outcome(command, handle, await settle(this.#handles, handle, waiting));
    });
  }

  /** Sends a command; false if there is nothing to wait for. Throws `RefusedError`. */
  async #give(command: CommandName, handle: Handle, options: StopOptions): Promise<boolean> {
    const { client } = this.#handles;
    const reply = await giveCommand(client, handle.id, command, options, () => handle.events.clear());
    switch (reply.kind) {
      case "accepted":
        return true;
      case "already":
        return false;
      case "refused":
        throw new RefusedError(this.name, command, reply.reason);
      case "dependents": {
        const names = await namesOf(client, reply.handles);
        for (const id of reply.handles) void this.#handles.closeNumber(id);
        throw new RefusedError(this.name, command, "dependents", names);
      }
      case "unexpected":
        throw unexpectedReply(reply.reply);
    }
  }

  /** The service at the end of a wait, or the error that the end means. */
  async #outcome(command: CommandName, handle: Handle, { end, packet }: Settled): Promise<ServiceInfo> {
    if (end === "cancelled") throw new CancelledError(this.name, command);
    const status = packet?.status;
    if (end === "failed") {
      throw new StartFailedError(this.name, status && serviceInfo(await this.#withDetails(handle, status)));
    }
    if (status !== undefined) return serviceInfo({ ...status, name: this.name });
    return await this.#now(undefined);
  }

  /** The facts of the event, completed by the daemon's other facts unless the service has changed since. */
  async #withDetails(
    handle: Handle,
    status: NonNullable<ServiceEventPacket["status"]>,
  ): Promise<KnownService> {
    const now = await this.#known(handle).catch(() => undefined);
    const isSame = now?.reason === status.reason && now.state === status.state;
    return { ...(isSame && status.reason !== StopReason.NORMAL ? now : {}), ...status, name: this.name };
  }

  async #now(signal: AbortSignal | undefined): Promise<ServiceInfo> {
    return await unlessAborted(this.status(), signal) ?? await unlessAborted(this.load(), signal);
  }

  async #known({ id, name }: Handle): Promise<KnownService> {
    const { client } = this.#handles;
    const answer = await client.query(`service ${id}`);
    if (isKnownService(answer)) return answer;
    const type = client.version >= 5 ? Request.SERVICESTATUS5 : Request.SERVICESTATUS;
    const reply = await client.request({ type, handle: id });
    if (reply.type !== Reply.SERVICESTATUS) throw unexpectedReply(reply);
    return { ...reply.status, name };
  }

  /** A request that the daemon performs or refuses at once. */
  async #request(
    command: string,
    ask: (client: ControlClient, handle: number) => Promise<RefusalReason | undefined>,
  ): Promise<void> {
    const { client } = this.#handles;
    const refusal = await this.#handles.use(this.name, true, ({ id }) => ask(client, id));
    if (refusal !== undefined) throw new RefusedError(this.name, command, refusal);
  }
}
