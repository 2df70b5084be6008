import { assertEquals } from "@std/assert";
import { Reply, Request } from "../../src/control/wire/protocol.ts";
import type { WireStatus } from "../../src/control/wire/status_buffer.ts";
import { DISABLED, DOWN, ENABLED, Services, UP } from "./_enable.ts";
import { type Answer, ctl, event, failure, status, success } from "./_stand_in.ts";

const WARNING = "dinitctl: warning: enabling dependency for non-started service\n";

const STARTING = status({ state: 1, target: 2 });
const ack: Answer = { type: Reply.ACK };
const nak: Answer = { type: Reply.NAK };

function linked(facts: WireStatus): Answer {
  return { type: Reply.SERVICESTATUS, existed: 0, status: facts };
}

for (const version of [6, 7]) {
  const request = version === 7 ? Request.ENABLE_SERVICE_V7 : Request.ENABLESERVICE;
  /** A daemon that enables, with `a` in a certain state afterwards. */
  const daemonFor = (services: Services, facts: WireStatus, before: Answer[] = [], after: Answer[] = []) =>
    services.daemon({
      version,
      on: {
        [request]: [...before, version === 7 ? linked(facts) : ack, ...(version === 7 ? after : [])],
        [Request.SERVICESTATUS5]: [linked(facts), ...after],
      },
    });

  Deno.test(`ctl enable of a running service with a daemon of version ${version}`, async () => {
    using services = new Services();
    await using daemon = daemonFor(services, UP);
    assertEquals(await ctl(daemon, "enable", "a"), success(ENABLED));
    assertEquals(services.link("boot.d/a"), "../a");
    const [sent] = daemon.received(request);
    assertEquals([sent.kind, sent.from, sent.to], [2, 0, 1]);
  });

  Deno.test(`ctl enable waits for the start with a daemon of version ${version}`, async () => {
    using services = new Services();
    await using daemon = daemonFor(services, STARTING, [], event(1, 0, UP));
    assertEquals(await ctl(daemon, "enable", "a", "--no-wait"), success(`${ENABLED}Service 'a' started.\n`));
  });

  Deno.test(`ctl enable reports a start that fails with a daemon of version ${version}`, async () => {
    const text = `${ENABLED}Service 'a' failed to start.\nReason: start timed out.\n`;
    const failed = status({ reason: 5 });
    for (const [before, after] of [[[], event(1, 2, failed)], [event(1, 2, failed), []]]) {
      using services = new Services();
      await using daemon = daemonFor(services, after.length > 0 ? STARTING : failed, before, after);
      assertEquals(await ctl(daemon, "enable", "a"), failure("", text));
    }
  });

  Deno.test(`ctl enable does not wait for a start that will not come with a daemon of version ${version}`, async () => {
    using services = new Services();
    await using daemon = daemonFor(services, DOWN);
    assertEquals(await ctl(daemon, "enable", "a"), success(ENABLED));
  });

  Deno.test(`ctl enable that the daemon of version ${version} refuses makes no link`, async () => {
    using services = new Services();
    const refusals: readonly (readonly [Answer, string])[] = [
      [nak, "could not enable service: possible circular dependency"],
      [{ type: Reply.BADREQ }, "control socket protocol error"],
    ];
    for (const [answer, text] of refusals) {
      await using daemon = services.daemon({ version, on: { [request]: [answer] } });
      assertEquals(await ctl(daemon, "enable", "a"), failure(`dinitctl: ${text}\n`));
      assertEquals(services.link("boot.d/a"), undefined);
    }
  });
}

Deno.test("ctl enable warns if the other service is not started", async () => {
  using services = new Services();
  await using daemon = services.daemon({ on: { [Request.ENABLESERVICE]: [ack] } }, { boot: DOWN });
  assertEquals(await ctl(daemon, "--quiet", "enable", "a"), { out: "", err: WARNING, status: 0 });
});

Deno.test("ctl enable uses the environment of the daemon", async () => {
  using services = new Services();
  Deno.mkdirSync(`${services.directory}/other.d`);
  await using daemon = services.daemon({ on: { [Request.ENABLESERVICE]: [ack] } });
  assertEquals(await ctl(daemon, "enable", "a", "--from", "other"), success(ENABLED));
  assertEquals(services.link("other.d/a"), "../a");
});

Deno.test("ctl enable finds a directory that is relative to the daemon's", async () => {
  using services = new Services();
  const cut = services.directory.lastIndexOf("/");
  const [cwd, directory] = [services.directory.slice(0, cut), services.directory.slice(cut + 1)];
  await using daemon = services.daemon({
    directory,
    on: {
      [Request.GETALLENV]: [{ type: Reply.ALLENV, entries: [] }],
      [Request.ENABLESERVICE]: [ack],
      [Request.QUERY_LOAD_MECH]: [{ type: Reply.LOADER_MECH, loader: 1, directories: [directory], cwd }],
    },
  });
  assertEquals(await ctl(daemon, "enable", "a"), success(ENABLED));
  assertEquals(services.link("boot.d/a"), "../a");
});

Deno.test("ctl enable does not ask the daemon if the link exists or a description cannot be read", async () => {
  using services = new Services({ "boot.d/a": "" });
  await using daemon = services.daemon({}, { gone: DOWN });
  assertEquals(await ctl(daemon, "enable", "a"), failure("dinitctl: service already enabled.\n"));
  assertEquals(
    await ctl(daemon, "enable", "gone"),
    failure(
      `dinitctl: could not open service description file '${services.directory}/gone': No such file or directory\n`,
    ),
  );
  const hint = "dinitctl: check service description file exists / service name spelling.\n";
  assertEquals(
    await ctl(daemon, "enable", "none"),
    failure(`dinitctl: failed to find service description.\n${hint}`),
  );
  assertEquals(daemon.received(Request.ENABLESERVICE).length, 0);
});

Deno.test("ctl enable and disable say that only the daemon has made the change", async () => {
  using services = new Services({ boot: "waits-for.d = none.d\n" });
  await using daemon = services.daemon({ on: { [Request.ENABLESERVICE]: [ack], [Request.REM_DEP]: [ack] } });
  const link = `${services.directory}/none.d/a`;
  assertEquals(
    await ctl(daemon, "enable", "a"),
    failure(
      `dinitctl: could not create symlink at ${link}: No such file or directory\n` +
        "dinitctl: note: service was enabled for now; persistent enable failed.\n",
    ),
  );
  assertEquals(
    await ctl(daemon, "disable", "a"),
    failure(
      `dinitctl: could not unlink dependency entry ${link}: No such file or directory\n` +
        "dinitctl: note: service was disabled for now; persistent disable failed.\n",
    ),
  );
});

Deno.test("ctl disable removes the dependency, then the link", async () => {
  using services = new Services({ "boot.d/a": "" });
  await using refusing = services.daemon({ on: { [Request.REM_DEP]: [nak] } });
  assertEquals(await ctl(refusing, "disable", "a"), failure("dinitctl: service not currently enabled\n"));
  await using daemon = services.daemon({ on: { [Request.REM_DEP]: [ack] } });
  assertEquals(await ctl(daemon, "disable", "a"), success(DISABLED));
  const [sent] = daemon.received(Request.REM_DEP);
  assertEquals([sent.kind, sent.from, sent.to], [2, 0, 1]);
  assertEquals([...Deno.readDirSync(`${services.directory}/boot.d`)], []);
});

Deno.test("ctl disable says that something else keeps the service up", async () => {
  using services = new Services({ "boot.d/a": "" });
  await using daemon = services.daemon({ on: { [Request.REM_DEP]: [ack] } }, { a: UP });
  assertEquals(await ctl(daemon, "disable", "a"), {
    out: DISABLED,
    err: "dinitctl: note: disabled service may have other dependents\n",
    status: 0,
  });
});
