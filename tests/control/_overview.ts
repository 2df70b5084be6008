import type { Overview } from "../../src/model/mod.ts";

/** The overview of a daemon without services. In a file that programs with few permissions can load. */
export const OVERVIEW: Overview = {
  daemon: {
    version: "0.1.0",
    compatibleWith: "0.22.1",
    pid: 42,
    uptime: 1000,
    socket: "/run/dinitctl",
    shuttingDown: false,
  },
  services: [],
};
