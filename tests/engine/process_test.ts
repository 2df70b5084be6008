import { assertEquals } from "@std/assert";
import {
  exitedWith,
  LaunchStage,
  NO_FLAGS,
  type ServiceDescription,
  ServiceState,
  ServiceType,
  StopReason,
} from "../../src/model/mod.ts";
import type { LaunchRefusal, ServiceRecord } from "../../src/engine/mod.ts";
import { World } from "./_world.ts";

const { STOPPED, STARTED, STOPPING } = ServiceState;
const { PROCESS, BGPROCESS, SCRIPTED } = ServiceType;

function made(type: ServiceType, description: Partial<ServiceDescription> = {}): [World, ServiceRecord] {
  const world = new World();
  return [world, world.add("p", type, description)];
}

function started(type: ServiceType, description: Partial<ServiceDescription> = {}): [World, ServiceRecord] {
  const [world, service] = made(type, description);
  world.manager.start(service);
  world.host.pidFile = { kind: "running", pid: 500, child: true };
  world.execSucceeded("p");
  if (type !== PROCESS) world.ends("p", { exit: 0 });
  assertEquals(service.state, STARTED);
  return [world, service];
}

const NO_MEMORY: LaunchRefusal = {
  stage: LaunchStage.EXECUTE,
  errno: 12,
  error: "could not fork: Cannot allocate memory",
};

/** The failed launch in the status of a service. */
function failureOf(world: World, service: ServiceRecord) {
  const { reason, launchStage, launchErrno, launchText } = world.manager.status(service);
  return { reason, launchStage, launchErrno, launchText };
}

const OUT_OF_MEMORY = {
  reason: StopReason.EXECFAILED,
  launchStage: LaunchStage.EXECUTE,
  launchErrno: 12,
  launchText: "could not fork: Cannot allocate memory",
};

for (const type of [PROCESS, BGPROCESS, SCRIPTED]) {
  Deno.test(`a process that cannot be made is a failed launch for any purpose (type ${type})`, () => {
    const [world, service] = made(type);
    world.host.launchErrors.push(NO_MEMORY);
    world.manager.start(service);
    assertEquals([service.state, service.startFailed], [STOPPED, true]);
    assertEquals(failureOf(world, service), OUT_OF_MEMORY);
    assertEquals(world.log.messages, ["error p: could not fork: Cannot allocate memory"]);
    world.manager.start(service);
    world.execFailed("p");
    assertEquals(failureOf(world, service).launchText, undefined);
  });
}

Deno.test("an unexpected error of the host is a failed launch", () => {
  const [world, service] = made(PROCESS, { socketPath: "/run/x" });
  world.host.watch = () => {
    throw new TypeError("oh");
  };
  world.manager.start(service);
  assertEquals(failureOf(world, service), {
    reason: StopReason.EXECFAILED,
    launchStage: LaunchStage.EXECUTE,
    launchErrno: 5,
    launchText: "can't launch process; internal error: TypeError: oh",
  });
  assertEquals(world.log.messages, ["error p: can't launch process; internal error: TypeError: oh"]);
});

Deno.test("an activation socket that cannot be opened is a failed launch", () => {
  const [world, service] = made(PROCESS, { socketPath: "/run/x" });
  const text = "error binding activation socket: Permission denied";
  world.host.socketError = { stage: LaunchStage.ACTIVATION_SOCKET, errno: 13, error: text };
  world.manager.start(service);
  assertEquals(service.state, STOPPED);
  assertEquals(failureOf(world, service), {
    reason: StopReason.EXECFAILED,
    launchStage: LaunchStage.ACTIVATION_SOCKET,
    launchErrno: 13,
    launchText: text,
  });
  assertEquals(world.log.messages, ["error p: error binding activation socket: Permission denied"]);
  world.host.socketError = undefined;
  world.manager.start(service);
  assertEquals(world.host.launches[0].activationSocket, true);
});

Deno.test("the activation socket stays open over a restart and is closed when the service is down", () => {
  const [world, service] = started(PROCESS, { socketPath: "/run/x" });
  world.manager.restart(service);
  world.ends("p", { signal: 15 });
  assertEquals(world.host.inactive, []);
  world.execSucceeded("p");
  world.manager.stop(service);
  world.ends("p", { signal: 15 });
  assertEquals(world.host.inactive, ["p"]);
});

Deno.test("a relaunch that cannot be made fails the start; in a recovery it stops the service", () => {
  const [world, service] = started(PROCESS, { restart: "always", restartDelay: 100 });
  world.host.launchErrors.push(NO_MEMORY);
  world.ends("p", { exit: 1 });
  world.advance(100);
  assertEquals([service.state, service.startFailed], [STOPPED, true]);
  assertEquals(failureOf(world, service), OUT_OF_MEMORY);
  const [second, recovering] = started(PROCESS, { smoothRecovery: true, restartDelay: 100 });
  second.host.launchErrors.push(NO_MEMORY);
  second.ends("p", { exit: 1 });
  second.advance(100);
  assertEquals([recovering.state, recovering.reason], [STOPPED, StopReason.TERMINATED]);
});

Deno.test("the end of a process is logged, unless it succeeded or was asked to end", () => {
  const [world, service] = started(PROCESS, { restart: "always", restartDelay: 0 });
  world.ends("p", { exit: 3 });
  world.execSucceeded("p");
  world.ends("p", { signal: 11 });
  world.execSucceeded("p");
  world.ends("p", { exit: 0 });
  world.execSucceeded("p");
  world.ends("p", { exit: 1 });
  assertEquals(service.state, STOPPED);
  assertEquals(world.log.messages, [
    "error Service p process terminated with exit code 3",
    "error Service p terminated due to signal 11",
    "error Service p process terminated with exit code 1",
    "error Service p restarting too quickly; stopping.",
  ]);
});

Deno.test("a failed stop command is logged, and if it cannot be executed the process gets a signal", () => {
  const [world, service] = started(PROCESS, { stopCommand: ["/bin/halt"] });
  world.manager.stop(service);
  world.execSucceeded("p", "stop");
  world.ends("p", { exit: 2 }, "stop");
  world.ends("p", { signal: 15 });
  assertEquals(service.state, STOPPED);
  world.manager.start(service);
  world.execSucceeded("p");
  world.manager.stop(service);
  world.execFailed("p", "stop");
  assertEquals(world.host.signals.map(({ role, signal, group }) => [role, signal, group]), [[
    "main",
    15,
    true,
  ]]);
  world.ends("p", { signal: 15 });
  assertEquals(service.state, STOPPED);
  assertEquals(world.log.messages, [
    "error Service p stop command terminated with exit code 2",
    "error Service p: could not fork for stop command: executing command: No such file or directory",
  ]);
});

Deno.test("a stop command that ends before its execution is reported still counts", () => {
  const [world, service] = started(PROCESS, { stopCommand: ["/bin/halt"] });
  world.manager.stop(service);
  world.ends("p", { signal: 15 });
  world.ends("p", { signal: 9 }, "stop");
  assertEquals(service.state, STOPPING);
  world.execSucceeded("p", "stop");
  assertEquals(service.state, STOPPED);
  assertEquals(service.process.exit, { kind: "killed", signal: 15, core: false });
  assertEquals(world.log.messages, ["error Service p stop command terminated due to signal 9"]);
});

Deno.test("a process that ends before its execution is reported shows at once how, and is replaced later", () => {
  const [world, service] = started(PROCESS, { smoothRecovery: true, restartDelay: 100 });
  world.ends("p", { exit: 0 });
  world.advance(100);
  world.ends("p", { exit: 3 });
  assertEquals(world.manager.status(service).exit, { code: 1, status: 3 });
  world.execSucceeded("p");
  assertEquals(service.phase, { kind: "recovering", step: { kind: "restart-delay" } });
  assertEquals(service.process.main, {
    pid: undefined,
    execPending: false,
    ended: undefined,
    foreign: false,
  });
});

Deno.test("a stop command that cannot be executed when the process is gone completes the stop", () => {
  const [world, service] = started(PROCESS, { stopCommand: ["/bin/halt"] });
  world.manager.stop(service);
  world.ends("p", { exit: 0 });
  world.execFailed("p", "stop");
  assertEquals(service.state, STOPPED);
});

Deno.test("a stop command that cannot be launched gives way to the term signal, or to KILL if there is none", () => {
  for (const [termSignal, sent] of [[1, 1], [0, 9]]) {
    const [world, service] = started(PROCESS, { stopCommand: ["/bin/halt"], termSignal });
    world.host.launchErrors.push({
      ...NO_MEMORY,
      error: "could not fork (for stop command): Cannot allocate memory",
    });
    world.manager.stop(service);
    assertEquals(world.host.signals.map(({ signal }) => signal), [sent]);
  }
});

Deno.test("when a stop takes too long, each remaining process is killed", () => {
  const [world, service] = started(PROCESS, {
    stopCommand: ["/bin/halt"],
    stopTimeout: 1000,
    flags: { ...NO_FLAGS, signalProcessOnly: true },
  });
  world.manager.stop(service);
  world.execSucceeded("p", "stop");
  world.advance(1000);
  assertEquals(world.host.signals.map(({ role, signal, group }) => [role, signal, group]), [
    ["main", 9, false],
    ["stop", 9, true],
  ]);
  assertEquals(world.log.messages, [
    "warn Service p with pid 100 exceeded allowed stop time; killing.",
    "warn Service p stop command, with pid 101, exceeded allowed stop time; killing.",
  ]);
});

Deno.test("a start that takes too long is logged and interrupted", () => {
  const [world, service] = made(PROCESS, { readyFd: 3, startTimeout: 1000 });
  world.manager.start(service);
  world.execSucceeded("p");
  world.advance(1000);
  assertEquals(service.state, STOPPING);
  assertEquals(world.log.messages, [
    "warn Service p with pid 100 exceeded allowed start time; cancelling.",
    "warn Interrupting start of service p with pid 100 (with SIGINT).",
  ]);
});

Deno.test("the results of a pid file", () => {
  const outcomes = [
    [{ kind: "invalid", pid: 77 }, STOPPED, "error p: pid read from pidfile (77) is not valid"],
    [
      { kind: "unreadable", step: "open", errno: 2 },
      STOPPED,
      "error p: read pid file: No such file or directory",
    ],
    [
      { kind: "unreadable", step: "read", errno: 21 },
      STOPPED,
      "error p: could not read from pidfile; Is a directory",
    ],
    [{ kind: "running", pid: 9, child: false }, STARTED, "warn p: unable to supervise process with pid 9"],
  ] as const;
  for (const [outcome, state, line] of outcomes) {
    const [world, service] = made(BGPROCESS);
    world.manager.start(service);
    world.execSucceeded("p");
    world.host.pidFile = outcome;
    world.ends("p", { exit: 0 });
    assertEquals([service.state, world.log.messages], [state, [line]]);
  }
});

Deno.test("a daemon that ended before its pid file was read counts as up for a moment", () => {
  const [world, service] = made(BGPROCESS);
  world.manager.start(service);
  world.execSucceeded("p");
  world.host.pidFile = { kind: "ended", pid: 9, exit: { kind: "exited", code: 4 } };
  world.ends("p", { exit: 0 });
  assertEquals([service.state, service.reason], [STOPPED, StopReason.TERMINATED]);
  assertEquals(world.log.services, ["started p", "stopped p"]);
});

Deno.test("a foreign daemon is signalled once and counts as stopped; its timer and pid are forgotten", () => {
  for (const stopCommand of [[], ["/bin/halt"]]) {
    const [world, service] = made(BGPROCESS, { stopCommand });
    world.manager.start(service);
    world.execSucceeded("p");
    world.host.pidFile = { kind: "running", pid: 9, child: false };
    world.ends("p", { exit: 0 });
    world.manager.stop(service);
    if (stopCommand.length > 0) {
      assertEquals(service.state, STOPPING);
      world.execSucceeded("p", "stop");
      world.ends("p", { exit: 0 }, "stop");
    }
    assertEquals([service.state, service.process.main.pid], [STOPPED, undefined]);
    assertEquals(world.clock.timers.size, 0);
  }
});

Deno.test("a recovery of a bgprocess whose daemon has ended again, or whose pid file is bad", () => {
  const [world, service] = started(BGPROCESS, { smoothRecovery: true, restartDelay: 0 });
  world.ends("p", { exit: 1 });
  world.execSucceeded("p");
  world.host.pidFile = { kind: "ended", pid: 9, exit: { kind: "killed", signal: 9, core: false } };
  world.ends("p", { exit: 0 });
  assertEquals([service.state, service.phase.kind], [STARTED, "recovering"]);
  world.execSucceeded("p");
  world.host.pidFile = { kind: "invalid", pid: -1 };
  world.ends("p", { exit: 0 });
  assertEquals([service.state, service.reason], [STOPPED, StopReason.TERMINATED]);
});

Deno.test("a launcher that handles the term signal and succeeds leaves a daemon, which is signalled", () => {
  const [world, service] = started(BGPROCESS, { smoothRecovery: true, restartDelay: 0 });
  world.ends("p", { exit: 1 });
  world.execSucceeded("p");
  world.manager.stop(service);
  assertEquals(world.host.signals.length, 1);
  world.ends("p", { exit: 0 });
  assertEquals([service.state, world.host.signals.length], [STOPPING, 2]);
  world.ends("p", { signal: 15 });
  assertEquals(service.state, STOPPED);
});

Deno.test("the log messages of scripted services about their commands", () => {
  const [world, service] = made(SCRIPTED, {
    stopCommand: ["/bin/undo"],
    flags: { ...NO_FLAGS, startInterruptible: true },
  });
  const run = (...ends: Parameters<World["ends"]>[1][]) => {
    for (const end of ends) {
      world.execSucceeded("p");
      world.ends("p", end);
    }
  };
  world.manager.start(service);
  run({ exit: 4 });
  world.manager.start(service);
  run({ signal: 6 });
  world.manager.start(service);
  world.manager.stop(service);
  run({ exit: 5 });
  world.manager.start(service);
  world.manager.stop(service);
  run({ signal: 2 }, { exit: 7 });
  world.manager.start(service);
  run({ exit: 0 });
  world.manager.stop(service);
  run({ signal: 8 });
  assertEquals(world.log.messages.filter((text) => !text.includes("Interrupting")), [
    "error Service p command failed with exit code 4",
    "error Service p command terminated due to signal 6",
    "info Service p start cancelled; exit code 5",
    "info Service p start cancelled from signal 2",
    "warn Service p stop command failed with exit code 7",
    "warn Service p stop command terminated due to signal 8",
  ]);
  assertEquals(service.state, STOPPED);
});

Deno.test("the differences from launch to launch", () => {
  const [world, service] = made(PROCESS, {
    directory: "/etc/dinit.d",
    stopCommand: ["/bin/halt"],
    logType: "buffer",
    logBufferSize: 99,
    readyVariable: "FD",
    consumerOf: "q",
    inittabId: "x",
    flags: { ...NO_FLAGS, passCsFd: true },
  });
  world.manager.start(service);
  world.execSucceeded("p");
  world.manager.ready(service.id);
  world.manager.stop(service);
  const seen = world.host.launches.map((
    { role, output, consumerOf, readiness, controlSocket, inittab, workingDir },
  ) => [
    ...[role, output, consumerOf, readiness, controlSocket, inittab, workingDir],
  ]);
  assertEquals(seen, [
    [
      ...["main", { to: "buffer", size: 99 }, "q", { fd: undefined, variable: "FD" }, true],
      ...[{ id: "x", line: "" }, "/etc/dinit.d"],
    ],
    ["stop", { to: "null" }, undefined, undefined, false, undefined, "/etc/dinit.d"],
  ]);
});

Deno.test("the destination of output, and who shares the terminal", () => {
  const plan = (description: Partial<ServiceDescription>) => {
    const [world, service] = made(PROCESS, description);
    world.manager.start(service);
    const { output, session, workingDir } = world.host.launches[0];
    return [output, session, workingDir];
  };
  const file = { path: "/var/log/p", permissions: 0o600, uid: undefined, gid: undefined };
  assertEquals(plan({ logType: "file", logFile: "/var/log/p", workingDir: "/srv" }), [
    { to: "file", ...file },
    "own",
    "/srv",
  ]);
  assertEquals(plan({ logType: "file" })[0], { to: "null" });
  assertEquals(plan({ logType: "pipe" })[0], { to: "pipe" });
  assertEquals(plan({ logType: "pipe", flags: { ...NO_FLAGS, sharesConsole: true } }), [
    { to: "null" },
    "shared-console",
    "",
  ]);
});

Deno.test("a signal that a stop cannot send is logged with the service, the process and the reason", () => {
  const [world, service] = started(PROCESS, { stopTimeout: 1000 });
  world.host.signalOutcome = { errno: 1 };
  const { pid } = service.process.main;
  world.manager.stop(service);
  world.advance(1000);
  const target = `process ${pid} of service p`;
  assertEquals(world.log.messages, [
    `error Error sending signal 15 to ${target}: Operation not permitted`,
    `warn Service p with pid ${pid} exceeded allowed stop time; killing.`,
    `error Error sending signal 9 to ${target}: Operation not permitted`,
  ]);
});

Deno.test("a daemon that ended before its pid file was read is a failed start, and its end is the reason", () => {
  const [world, service] = made(BGPROCESS);
  world.manager.start(service);
  world.host.pidFile = { kind: "invalid", pid: 500, exit: exitedWith(3) };
  world.execSucceeded("p");
  world.ends("p", { exit: 0 });
  const { state, reason, exit } = world.manager.status(service);
  assertEquals([state, reason, exit], [STOPPED, StopReason.FAILED, { code: 1, status: 3 }]);
  assertEquals(world.log.messages, [
    "error p: pid read from pidfile (500) is not valid",
    "error Service p process terminated with exit code 3",
  ]);
});
