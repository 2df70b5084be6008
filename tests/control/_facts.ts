/** Facts that a test makes, as the daemon gives them to the server. */

import { EventRing } from "../../src/engine/mod.ts";
import { FactSource } from "../../src/daemon/fact_source.ts";
import { LoadError, StopReason } from "../../src/model/mod.ts";

/** A ring with a source that counts its followers. */
export class Facts {
  readonly ring: EventRing;
  readonly source: FactSource;
  followers = 0;

  /** @param size how many facts are kept. @default 1000 */
  constructor(size?: number) {
    this.ring = new EventRing({ size });
    this.source = new FactSource(this.ring, Math.trunc(performance.timeOrigin));
    const { ring } = this;
    this.source.follow = (follower) => {
      const end = ring.follow(follower);
      this.followers += 1;
      return () => {
        this.followers -= 1;
        end();
      };
    };
  }

  /** A service has started. */
  started(service: string, pid?: number): void {
    this.ring.fact({
      at: 1_700_000_000_000,
      time: 5,
      service,
      id: 0,
      kind: "started",
      reason: StopReason.NORMAL,
      pid,
      exit: undefined,
      startFailed: false,
      viaDependency: false,
    });
  }

  /** A service has begun to start, which is a fact without a sentence. */
  starting(service: string): void {
    this.ring.fact({
      at: 1_700_000_000_000,
      time: 5,
      service,
      id: 0,
      kind: "phase",
      from: "stopped",
      to: "waiting-for-dependencies",
      state: 1,
    });
  }

  /** A service has failed to start: its process ended with code 3. */
  failed(service: string): void {
    this.ring.fact({
      at: 1_700_000_000_000,
      time: 5,
      service,
      id: 0,
      kind: "failed",
      reason: StopReason.FAILED,
      pid: undefined,
      exit: { kind: "exited", code: 3 },
      startFailed: true,
      viaDependency: false,
    });
  }

  /** A service could not be loaded. */
  notLoaded(service: string): void {
    const error = new LoadError("not-found", "could not find service description.", { service });
    this.ring.fact({ at: 1_700_000_000_000, time: 5, kind: "load-failed", error, occasion: "request" });
  }

  /** Facts that concern no service. */
  others(count: number): void {
    for (let id = 0; id < count; id++) {
      this.ring.fact({ at: 1_700_000_000_000, time: 5, kind: "unknown-service", id });
    }
  }
}
