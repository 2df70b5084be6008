import { assertEquals } from "@std/assert";
import { Reply } from "../../src/control/wire/protocol.ts";
import type { WireStatus } from "../../src/control/wire/status_buffer.ts";
import { ack, already, daemonFor, nak, type Name, NAMES, REQUESTS, STARTED, STOPPED } from "./_start_stop.ts";
import { type Answer, ctl, failure, type Script, success } from "./_stand_in.ts";

/** One row of the table of replies (cli 3.3). */
interface Row {
  readonly names: readonly Name[];
  readonly options?: readonly string[];
  readonly service: WireStatus;
  readonly answer: Answer;
  readonly out?: string;
  readonly err?: string;
}

const ROWS: readonly Row[] = [
  { names: ["start", "wake"], service: STARTED, answer: already, out: "Service (already) started.\n" },
  { names: ["start", "wake"], service: STOPPED, answer: already, out: "Service started.\n" },
  { names: ["stop", "release"], service: STOPPED, answer: already, out: "Service (already) stopped.\n" },
  { names: ["stop", "release"], service: STARTED, answer: already, out: "Service stopped.\n" },
  { names: ["restart"], service: STARTED, answer: already, out: "Service restarted.\n" },
  {
    names: ["start", "wake"],
    options: ["--no-wait"],
    service: STOPPED,
    answer: already,
    out: "Service started.\n",
  },
  { names: NAMES, options: ["--quiet"], service: STARTED, answer: already },
  {
    names: ["stop", "restart"],
    service: STARTED,
    answer: { type: Reply.PINNEDSTARTED },
    err: "dinitctl: cannot stop service 'db' as it is pinned started\n",
  },
  {
    names: ["start", "wake"],
    service: STOPPED,
    answer: { type: Reply.PINNEDSTOPPED },
    err: "dinitctl: cannot start service 'db' as it is pinned stopped\n",
  },
  {
    names: ["restart"],
    service: STOPPED,
    answer: nak,
    err: "dinitctl: cannot restart service; service not started.\n",
  },
  {
    names: ["restart"],
    options: ["--ignore-unstarted"],
    service: STOPPED,
    answer: nak,
    out: "Service 'db' is not currently started.\n",
  },
  {
    names: ["wake"],
    service: STOPPED,
    answer: nak,
    err: "dinitctl: service has no active dependents, cannot wake.\n",
  },
  {
    names: ["start", "restart", "wake"],
    service: STARTED,
    answer: { type: Reply.SHUTTINGDOWN },
    err: "dinitctl: cannot start/restart/wake service, shutdown is in progress.\n",
  },
  {
    names: ["start", "wake", "restart"],
    options: ["--no-wait"],
    service: STOPPED,
    answer: ack,
    out: "Issued start command successfully for service 'db'.\n",
  },
  {
    names: ["stop", "release"],
    options: ["--no-wait"],
    service: STARTED,
    answer: ack,
    out: "Issued stop command successfully for service 'db'.\n",
  },
  { names: NAMES, service: STARTED, answer: { type: Reply.BADREQ }, err: "dinitctl: protocol error.\n" },
  {
    names: ["start", "stop", "release"],
    service: STARTED,
    answer: nak,
    err: "dinitctl: protocol error.\n",
  },
  {
    names: ["stop", "release"],
    service: STARTED,
    answer: { type: Reply.SHUTTINGDOWN },
    err: "dinitctl: protocol error.\n",
  },
  {
    names: ["start", "release"],
    service: STARTED,
    answer: { type: Reply.PINNEDSTARTED },
    err: "dinitctl: protocol error.\n",
  },
];

for (const { names, options = [], service, answer, out = "", err = "" } of ROWS) {
  for (const name of names) {
    const title = `${[name, ...options].join(" ")}: ${out || err || "nothing"}`.trim();
    Deno.test(`ctl ${title} (reply ${(answer as { type: number }).type}, state ${service.state})`, async () => {
      await using daemon = daemonFor(name, service, [answer]);
      assertEquals(await ctl(daemon, name, "db", ...options), err === "" ? success(out) : failure(err));
    });
  }
}

const DEPENDENTS_SCRIPT: Script = {
  services: { db: STARTED, a2: STARTED, a3: STARTED },
};
const dependents: Answer = { type: Reply.DEPENDENTS, handles: [1, 2] };

Deno.test("ctl stop names the dependents that keep it from stopping the service", async () => {
  await using daemon = daemonFor("stop", STARTED, [dependents], DEPENDENTS_SCRIPT);
  const text = `dinitctl: cannot stop service 'db' due to the following dependents:
(only direct dependents are listed. Exercise caution before using '--force' !!)
  a2 a3
`;
  assertEquals(await ctl(daemon, "stop", "db"), failure(text));
});

Deno.test("ctl restart names the dependents without the advice", async () => {
  await using daemon = daemonFor("restart", STARTED, [dependents], DEPENDENTS_SCRIPT);
  const text = "dinitctl: cannot stop service 'db' due to the following dependents:\n  a2 a3\n";
  assertEquals(await ctl(daemon, "restart", "db"), failure(text));
});

Deno.test("ctl asks the daemon for what the options say", async () => {
  const flags: readonly (readonly [Name, string[], number])[] = [
    ["start", [], 0x80],
    ["start", ["--pin"], 0x81],
    ["start", ["--ignore-unstarted"], 0x80],
    ["wake", ["--pin"], 0x81],
    ["release", [], 0x80],
    ["release", ["--pin"], 0x81],
    ["stop", [], 0x82],
    ["stop", ["--pin"], 0x83],
    ["stop", ["--force"], 0x80],
    ["stop", ["-f", "--pin"], 0x81],
    ["restart", [], 0x86],
    ["restart", ["--force"], 0x84],
    ["restart", ["--pin"], 0x87],
  ];
  for (const [name, options, expected] of flags) {
    await using daemon = daemonFor(name, STARTED, [already]);
    await ctl(daemon, name, ...options, "db");
    assertEquals(daemon.received(REQUESTS[name]).map(({ flags, handle }) => [flags, handle]), [[
      expected,
      0,
    ]]);
  }
});
