import { assertEquals } from "@std/assert";
import { Reply } from "../../src/control/wire/protocol.ts";
import { already, NAMES, preack, REQUESTS, STOPPED } from "./_start_stop.ts";
import { ctl, failure, StandIn, status, success } from "./_stand_in.ts";

const CHECK_HINT = "dinitctl: try 'dinit-check <service-name>' or check log for more information.\n";
const LOADING = {
  bad: { type: Reply.SERVICE_DESC_ERR },
  incomplete: { type: Reply.SERVICE_LOAD_ERR },
  ".hidden": { type: Reply.BADREQ },
} as const;
const LOAD_FAILURES: Readonly<Record<string, string>> = {
  missing: "dinitctl: failed to find service description.\n" +
    "dinitctl: check service description file exists / service name spelling.\n",
  bad: `dinitctl: error in service description.\n${CHECK_HINT}`,
  incomplete: `dinitctl: error loading service (or dependency of service).\n${CHECK_HINT}`,
  ".hidden": "dinitctl: protocol error\n",
  ["x".repeat(1022)]: "dinitctl: protocol error\n",
  ["x".repeat(65_536)]: "dinitctl: service name too long.\n",
};

for (const [service, text] of Object.entries(LOAD_FAILURES)) {
  Deno.test(`every ctl sub-command that loads reports ${text.split("\n")[0]} (${service.length})`, async () => {
    await using daemon = new StandIn({ loading: LOADING, services: { ok: STOPPED } });
    const commands = [
      ...NAMES.map((name) => [name]),
      ["unpin"],
      ["trigger"],
      ["untrigger"],
      ["catlog"],
      ["signal", "HUP"],
      ["add-dep", "need", "ok"],
      ["rm-dep", "need", "ok"],
    ];
    for (const command of commands) assertEquals(await ctl(daemon, ...command, service), failure(text));
    assertEquals(await ctl(daemon, "add-dep", "need", service, "ok"), failure(text));
  });
}

Deno.test("ctl --ignore-unstarted makes stop, restart and release accept any load failure", async () => {
  await using daemon = new StandIn({ loading: LOADING });
  for (const service of ["missing", "bad", "incomplete"]) {
    for (const name of ["stop", "restart", "release"]) {
      assertEquals(await ctl(daemon, name, "--ignore-unstarted", service), success());
    }
    for (const name of ["start", "wake", "unpin"]) {
      assertEquals(
        await ctl(daemon, name, "--ignore-unstarted", service),
        failure(LOAD_FAILURES[service]),
      );
    }
  }
  assertEquals(
    await ctl(daemon, "stop", "--ignore-unstarted", ".hidden"),
    failure("dinitctl: protocol error\n"),
  );
});

// ---- Changed descriptions (cli 3.2) ----

Deno.test("ctl warns about a changed description where it starts a service, and nowhere else", async () => {
  const directory = Deno.makeTempDirSync();
  try {
    const loaded = new Date(1_700_000_000_123);
    Deno.writeTextFileSync(`${directory}/db`, "type = internal\n");
    const services = {
      "db@arg": status({ modified: { seconds: 1_700_000_000, nanoseconds: 123_456_789 } }),
    };
    const warning = "dinitctl: warning: service description may have changed; " +
      "use 'dinitctl reload db@arg' to apply changes.\n";
    const answers = [preack, already];
    const on = Object.fromEntries(Object.values(REQUESTS).map((request) => [request, answers]));
    await using daemon = new StandIn({ services, directory, on });
    await using older = new StandIn({ services, directory, on, version: 5 });
    await using elsewhere = new StandIn({ services, directory: `${directory}/none`, on });

    Deno.utimeSync(`${directory}/db`, loaded, loaded);
    for (const name of NAMES) assertEquals((await ctl(daemon, name, "db@arg")).err, "");

    for (const time of [new Date(1_700_000_000_124), new Date(1_700_000_001_123)]) {
      Deno.utimeSync(`${directory}/db`, time, time);
      for (const name of ["start", "restart", "wake"]) {
        const outcome = await ctl(daemon, "--quiet", name, "db@arg");
        assertEquals(outcome, { out: "", err: warning, status: 0 });
        assertEquals((await ctl(older, name, "db@arg")).err, "");
        assertEquals((await ctl(elsewhere, name, "db@arg")).err, "");
      }
      for (const name of ["stop", "release"]) assertEquals((await ctl(daemon, name, "db@arg")).err, "");
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
