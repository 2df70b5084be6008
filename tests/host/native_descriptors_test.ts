/** Descriptors beyond the standard three, pipes between services and readiness: the native host alone. */

import { assert, assertEquals } from "@std/assert";
import { rootOnly } from "../_needs.ts";
import { exitedWith, killedBy, LaunchStage } from "../../src/model/mod.ts";
import type { LaunchPlan } from "../../src/engine/mod.ts";
import { fileOutput, fileWith, plan, service, TestHost } from "./_host.ts";

function native(name: string, test: (host: TestHost) => Promise<void>): void {
  Deno.test(`native host: ${name}`, async () => {
    await using host = await TestHost.start("native");
    await test(host);
  });
}

const readinessOn = (fd: number): Partial<LaunchPlan> => ({ readiness: { fd, variable: undefined } });
const readinessVia = (variable: string): Partial<LaunchPlan> => ({ readiness: { fd: undefined, variable } });

/** With and without a chain of tools: the descriptors of a process must be the same. */
const WAYS: [string, Partial<LaunchPlan>][] = [["", {}], [" behind a chain", { nice: 1 }]];

for (const [way, chain] of WAYS) {
  native(`L14: the activation socket is descriptor 3${way}`, async (host) => {
    const path = `${host.folder}/socket`;
    const listening = service({ socketPath: path, socketPermissions: 0o640 });
    assertEquals(await host.openActivationSocket(listening), undefined);
    const { mode, isSocket } = Deno.statSync(path);
    assertEquals([isSocket, mode! & 0o777], [true, 0o640]);
    const script = 'readlink /proc/$$/fd/3; echo "$LISTEN_FDS $((LISTEN_PID == $$))"; ls -m /proc/$$/fd';
    for (const role of ["main", "stop"] as const) {
      const [socket, listen, all] = (await host.output(script, { activationSocket: true, role, ...chain }))
        .split("\n");
      assert(socket.startsWith("socket:"));
      assertEquals([listen, all], ["1 1", "0, 1, 2, 3"]);
    }
    const connection = await Deno.connect({ transport: "unix", path });
    connection.close();
    await host.serviceInactive(listening);
    assertEquals(Deno.statSync(path).isSocket, true); // the file stays
    assertEquals(await Deno.connect({ transport: "unix", path }).catch(() => "refused"), "refused");
  });

  native(`L15: readiness and control descriptors keep clear of the activation socket${way}`, async (host) => {
    await host.openActivationSocket(service({ socketPath: `${host.folder}/socket` }));
    const script = 'readlink /proc/$$/fd/$READY /proc/$$/fd/$DINIT_CS_FD; echo "$READY $DINIT_CS_FD"';
    const text = await host.output(script, {
      activationSocket: true,
      controlSocket: true,
      ...readinessVia("READY"),
      ...chain,
    });
    const [ready, control, numbers] = text.split("\n");
    assert(ready.startsWith("pipe:") && control.startsWith("socket:"), text);
    assertEquals(numbers.split(" ").toSorted(), ["4", "5"]);
  });

  native(`L16: the readiness descriptor has the requested number${way}`, async (host) => {
    const script = "readlink /proc/$$/fd/0 /proc/$$/fd/7; ls -m /proc/$$/fd; echo ok >&7";
    const [input, ready, all] = (await host.output(script, { ...readinessOn(7), ...chain })).split("\n");
    assertEquals([input, all], ["/dev/null", "0, 1, 2, 7"]);
    assert(ready.startsWith("pipe:"));
  });

  native(`L17: readiness may be standard output, and errors still go to the log file${way}`, async (host) => {
    const output = fileOutput(`${host.folder}/log`);
    const script = "out=$(readlink /proc/$$/fd/1); echo $out >&2; echo ready";
    await host.run(["sh", "-c", script], { output, ...readinessOn(1), ...chain });
    assert(Deno.readTextFileSync(`${host.folder}/log`).startsWith("pipe:"));
    assertEquals(host.reports.map(({ event }) => event), ["execSucceeded", "ready"]);
  });

  native(`readiness may be standard error${way}`, async (host) => {
    const output = fileOutput(`${host.folder}/log`);
    await host.run(["sh", "-c", "echo out; echo ready >&2"], { output, ...readinessOn(2), ...chain });
    assertEquals(Deno.readTextFileSync(`${host.folder}/log`), "out\n");
    assertEquals(host.reports.map(({ event }) => event), ["execSucceeded", "ready"]);
  });

  native(
    `L18: a readiness descriptor that closes without an announcement is reported while the process runs${way}`,
    async (host) => {
      const script = "exec 5>&-; exec sleep 1000";
      await host.launch(plan(["sh", "-c", script], { ...readinessOn(5), ...chain }));
      await host.report("readinessClosed");
      assertEquals(await host.signal(1, "main", 15, true), "sent");
      assertEquals(await host.exit(), { kind: "killed", signal: 15, core: false });
    },
  );

  native(`L19: a process that ends before it is ready is reported by its exit${way}`, async (host) => {
    const scripts = ["exit 1", "kill -9 $$"];
    for (const script of scripts) {
      const signalled = script.startsWith("kill");
      assertEquals(
        await host.run(["sh", "-c", script], { ...readinessOn(5), ...chain }),
        signalled ? killedBy(9) : exitedWith(1),
        script,
      );
      assertEquals(host.reports.splice(0).map(({ event }) => event), ["execSucceeded"], script);
    }
  });

  native(`half a readiness message is a message, and only the first one counts${way}`, async (host) => {
    const script = "printf x >&5; echo more >&5; echo and more >&5";
    await host.run(["sh", "-c", script], { ...readinessOn(5), ...chain });
    assertEquals(host.reports.map(({ event }) => event), ["execSucceeded", "ready"]);
  });

  native(`a control connection is passed, even if readiness needs its number${way}`, async (host) => {
    const script = 'printf hello >&"$DINIT_CS_FD"; ' +
      'until answer=$(head -c 5 <&"$DINIT_CS_FD" 2>/dev/null); do sleep 0.01; done; ' +
      'echo "$answer"; echo "$DINIT_CS_FD"; echo ok >&NUMBER';
    for (const number of [3, 4]) {
      const output = fileOutput(`${host.folder}/log${number}`);
      const changes = { controlSocket: true, output, ...readinessOn(number), ...chain };
      await host.run(["sh", "-c", script.replace("NUMBER", `${number}`)], changes);
      const [answer, fd] = Deno.readTextFileSync(`${host.folder}/log${number}`).split("\n");
      assertEquals(answer, "HELLO");
      assert(Number(fd) >= 3 && Number(fd) !== number);
      await host.report("ready");
      await host.report("controlClosed");
    }
  });

  native(
    `L39: a consumer sees the output of both runs of its producer, without an end in between${way}`,
    async (host) => {
      const consumer: Partial<LaunchPlan> = { id: 2, name: "consumer", consumerOf: "producer", ...chain };
      const producer: Partial<LaunchPlan> = { id: 3, name: "producer", output: { to: "pipe" }, ...chain };
      await host.run(["echo", "first"], producer);
      await host.launch(plan(["cat"], { ...consumer, output: fileOutput(`${host.folder}/log`) }));
      await host.executed(2);
      await host.run(["echo", "second"], producer);
      await fileWith(`${host.folder}/log`, "first\nsecond\n");
      assertEquals(await host.signal(2, "main", 15, true), "sent");
      assertEquals(await host.exit(2), { kind: "killed", signal: 15, core: false });
      // Output that nobody reads is kept for the next consumer.
      await host.run(["echo", "third"], producer);
      const output = fileOutput(`${host.folder}/next`);
      await host.run(["head", "-n", "1"], { ...consumer, output });
      assertEquals(Deno.readTextFileSync(`${host.folder}/next`), "third\n");
    },
  );
}

native("an output pipe is closed when neither of its services is loaded any more", async (host) => {
  await host.run(["true"]);
  const { descriptors } = await host.inspect();
  const producer = service({ logType: "pipe" }, 3, "producer");
  const consumer = service({ consumerOf: "producer" }, 2, "consumer");
  await host.run(["echo", "x"], { id: 3, name: "producer", output: { to: "pipe" } });
  await host.run(["true"], { id: 2, name: "consumer", consumerOf: "producer" });
  assertEquals((await host.inspect()).descriptors, descriptors + 2);
  await host.serviceUnloaded({ ...producer, consumer });
  assertEquals((await host.inspect()).descriptors, descriptors + 2);
  await host.serviceUnloaded(consumer);
  assertEquals((await host.inspect()).descriptors, descriptors);
});

native("a consumer that stalls blocks only its producer", async (host) => {
  await host.launch(
    plan(["sh", "-c", "yes >&1; exit 1"], { id: 3, name: "producer", output: { to: "pipe" } }),
  );
  await host.executed(3);
  await host.run(["sleep", "0.05"]);
  assertEquals((await host.inspect()).children, 1); // still writing
  assertEquals(await host.signal(3, "main", 9, true), "sent");
  await host.exit(3);
});

native("an impossible readiness descriptor is a failure to arrange descriptors", async (host) => {
  await host.run(["true"]);
  const { descriptors } = await host.inspect();
  await host.launch(plan(["true"], readinessOn(2_000_000_000)));
  assertEquals(await host.failure(), [LaunchStage.ARRANGE_FDS, 9]);
  assertEquals((await host.inspect()).descriptors, descriptors);
});

native("an impossible activation socket is refused with a message", async (host) => {
  const { folder } = host;
  Deno.writeTextFileSync(`${folder}/file`, "");
  const open = (socketPath: string, changes = {}) =>
    host.openActivationSocket(service({ socketPath, ...changes })).then((refusal) => refusal?.error);
  assertEquals(await open(`${folder}/file`), "activation socket file exists (and is not a socket)");
  assertEquals(
    await open("/no/such/socket"),
    "error binding activation socket: No such file or directory",
  );
  assertEquals(await open(`${folder}/file/x`), "error checking activation socket: Not a directory");
  const long = `${folder}/${"x".repeat(100)}`;
  assertEquals(await open(long), "error binding activation socket: File name too long");
});

native("an activation socket takes the place of an old one", async (host) => {
  const path = `${host.folder}/socket`;
  const old = Deno.listen({ transport: "unix", path });
  assertEquals(await host.openActivationSocket(service({ socketPath: path })), undefined);
  assertEquals(Deno.statSync(path).mode! & 0o777, 0o666);
  old.close();
});

Deno.test({
  ...rootOnly("native host: an activation socket has its owner", "gives files away"),
  async fn() {
    await using host = await TestHost.start("native");
    const owned = service({ socketPath: `${host.folder}/owned`, socketUid: 12, socketGid: 34 });
    assertEquals(await host.openActivationSocket(owned), undefined);
    const { uid, gid } = Deno.statSync(`${host.folder}/owned`);
    assertEquals([uid, gid], [12, 34]);
  },
});

native("L19: many processes that end before they are ready are each reported by their exit", async (host) => {
  const many = 20;
  for (let id = 1; id <= many; id++) {
    await host.launch(plan(["sh", "-c", "sleep 0.05; exit 1"], { id, ...readinessOn(5) }));
  }
  for (let id = 1; id <= many; id++) assertEquals(await host.exit(id), exitedWith(1));
  assertEquals(host.reports.filter(({ event }) => event === "readinessClosed"), []);
});

Deno.test("native host: L19: a process that closes its readiness descriptor and ends soon is reported by its exit", async () => {
  await using host = await TestHost.start("native", { host: { endPatience: 60_000 } });
  for (const script of ["exec 5>&-; exit 1", "exec 5>&-; sleep 0.05; exit 1"]) {
    assertEquals(await host.run(["sh", "-c", script], readinessOn(5)), exitedWith(1));
    assertEquals(host.reports.splice(0).map(({ event }) => event), ["execSucceeded"]);
  }
});
