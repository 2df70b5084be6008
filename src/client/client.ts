/** A connection to a daemon, for programs. */

import { ControlError } from "../control/wire/mod.ts";
import type { ControlClient } from "./control_client.ts";
import { readVariables, setVariable } from "./environment.ts";
import { UpgradeRefusedError } from "./errors.ts";
import { type EventOptions, EventStream } from "./events.ts";
import { Handles } from "./handles.ts";
import { readOverview, type SystemInfo } from "./overview.ts";
import { Service } from "./service.ts";
import type { ServiceInfo } from "./service_info.ts";
import { requestUpgrade, type UpgradeOptions } from "./upgrade.ts";

/** The first protocol version that tells the environment. */
const ENVIRONMENT_PROTOCOL = 4;

/** A connection to a daemon. `connect` creates one. It is open until `close`, or until the daemon ends it. */
export class Client implements Disposable {
  readonly #control: ControlClient;
  readonly #handles: Handles;

  /** @ignore `connect` creates them. */
  constructor(control: ControlClient) {
    this.#control = control;
    this.#handles = new Handles(control);
  }

  /** The daemon's version of the control protocol. */
  get protocol(): number {
    return this.#control.version;
  }

  /** Resolves when the connection has ended, from either side. */
  get closed(): Promise<void> {
    return this.#control.closed;
  }

  /** All loaded services, in load order. Rejects with `ControlError`. */
  async services(): Promise<ServiceInfo[]> {
    return [...(await this.overview()).services];
  }

  /** The daemon and all loaded services at one moment. Rejects with `ControlError`. */
  async overview(): Promise<SystemInfo> {
    return await readOverview(this.#control);
  }

  /**
   * The environment that services get which start from now on. Rejects with `ControlError`, of the kind
   * `too-old-daemon` for daemons of protocol 1 to 3.
   */
  async environment(): Promise<Map<string, string>> {
    if (this.protocol < ENVIRONMENT_PROTOCOL) {
      throw new ControlError("too-old-daemon", "The daemon cannot tell its environment");
    }
    const variables = await readVariables(this.#control);
    return new Map(variables.map(({ name, value = "" }) => [name, value]));
  }

  /**
   * Sets a variable of that environment. Rejects with `ControlError`, with `TypeError` for a name that no variable can
   * have and for a NUL, and with `RangeError` if both together have more than 1,020 bytes.
   *
   * @param value `undefined` removes the variable
   */
  async setEnvironment(name: string, value: string | undefined): Promise<void> {
    const refusal = await setVariable(this.#control, { name, value });
    if (refusal === "too-long") throw new RangeError(`The variable ${name.slice(0, 20)} is too long`);
    if (refusal === "bad-name") throw new TypeError(`There cannot be a variable ${JSON.stringify(name)}`);
  }

  /**
   * Lets another program take over from the daemon. Services, connections and commands that wait go on. Resolves when
   * the new program runs, or after a successful check.
   *
   * Rejects with `UpgradeRefusedError`, with `TypeError` for a path that is not absolute or has a NUL, with `RangeError`
   * for one of more than 1,019 bytes, and with `ControlError`, of the kind `too-old-daemon` if the daemon cannot be
   * upgraded while it runs.
   */
  async upgrade(options: UpgradeOptions = {}): Promise<void> {
    const reason = await requestUpgrade(this.#control, options);
    if (reason !== undefined) throw new UpgradeRefusedError(reason);
  }

  /** A service by its full name, loaded or not. Sends nothing. */
  service(name: string): Service {
    return new Service(name, this.#handles);
  }

  /** What happens to services: see `EventStream`. */
  events(options: EventOptions = {}): EventStream {
    return new EventStream(this.#handles, options);
  }

  /** Ends the connection. Pending calls reject with `ControlError` of the kind `closed`. */
  close(): void {
    this.#control.close();
  }

  /** Ends the connection. */
  [Symbol.dispose](): void {
    this.close();
  }
}
