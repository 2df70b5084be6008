/** `dinitctl --host` through a real sshd, with keys and settings of the test, in a room. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { dinitCommand } from "../e2e/_dinit.ts";
import { process, settings } from "../e2e/_hosts.ts";
import { rootOnly } from "../_needs.ts";
import { until } from "../_patience.ts";
import { endOf } from "../_processes.ts";
import { programs } from "./_programs.ts";
import { Room } from "./_room.ts";

const SOCKET = "/run/dinitctl-of-test";

/** The client's settings: the right machine, one whose key is not known, and one that refuses the user's key. */
const CLIENT = (folder: string) =>
  `Host machine
  IdentityFile ${folder}/key
  UserKnownHostsFile ${folder}/known
Host unknown
  IdentityFile ${folder}/key
  UserKnownHostsFile /dev/null
Host refused
  IdentityFile ${folder}/other
  UserKnownHostsFile ${folder}/known
Host nowhere
  Port 2223
Host *
  HostName 127.0.0.1
  Port 2222
  User root
  BatchMode yes
  IdentitiesOnly yes
  StrictHostKeyChecking yes
  LogLevel ERROR
`;

const SERVER = (folder: string) =>
  `Port 2222
ListenAddress 127.0.0.1
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/authorized
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
UsePAM no
PidFile /run/sshd-of-test.pid
SetEnv PATH=${folder}/bin:/usr/bin:/bin
`;

const SERVICES = {
  boot: settings("type = internal", "waits-for = web"),
  web: process("n=0; while :; do n=$((n + 1)); echo line $n; sleep 0.2; done", "log-type = buffer"),
  extra: process("exec sleep 1000"),
};

/** A machine with a daemon and an sshd. */
async function openMachine(): Promise<Room> {
  const room = await Room.open();
  const { folder } = room;
  room.write("sshd_config", SERVER(folder));
  room.write(
    "bin/dinitctl",
    `#!/bin/sh\nexec ${line(dinitCommand(["ctl"]))} --socket-path ${SOCKET} "$@"\n`,
    0o755,
  );
  for (const [name, text] of Object.entries(SERVICES)) room.write(`sd/${name}`, text);
  for (const name of ["host", "key", "other"]) {
    await room.script(`ssh-keygen -q -t ed25519 -N '' -C '' -f ${folder}/${name}`);
  }
  room.write("authorized", room.read("key.pub"));
  room.write("known", `[127.0.0.1]:2222 ${room.read("host.pub")}`);
  room.write("client", CLIENT(folder));
  await room.script(
    `cp ${folder}/client /etc/ssh/ssh_config; rm -f /etc/ssh/ssh_config.d/*; mkdir -p /run/sshd`,
  );
  room.spawn(
    dinitCommand(["--container", "--services-dir", `${folder}/sd`, "--socket-path", SOCKET]),
    "daemon",
  );
  room.spawn(["/usr/sbin/sshd", "-D", "-e", "-f", `${folder}/sshd_config`], "sshd");
  await until(() => room.read("daemon").includes("[  OK  ] boot"), () => room.read("daemon"), 50);
  await until(() => room.read("sshd").includes("Server listening"), () => room.read("sshd"), 50);
  return room;
}

const line = (words: readonly string[]) => words.map((word) => `'${word}'`).join(" ");

/** The words of the tool for a host. */
const ctl = (host: string, ...words: string[]) => dinitCommand(["ctl", `--host=${host}`, ...words]);

/** Ends the connections of ssh, and leaves the sshd that listens. */
const BREAK = "for p in $(ps -e -o pid=,args= | grep '[s]shd: root' | cut -c1-8); do kill -KILL $p; done";

Deno.test({
  ...rootOnly(
    "through sshd: list, start, followed logs and events; a broken connection is one line and a status",
    "it uses sshd in namespaces",
    programs("sshd", "ssh", "ssh-keygen", "unshare", "nsenter", "ip", "ps"),
  ),
  fn: async () => {
    await using room = await openMachine();
    const list = await room.run(ctl("machine", "list"));
    assertEquals([list.code, list.err], [0, ""]);
    assertMatch(list.out, /\bweb\b/);

    const events = room.spawn(ctl("machine", "events"), "events");
    await until(async () => {
      await room.run(ctl("machine", "start", "extra"));
      await room.run(ctl("machine", "stop", "extra"));
      return /extra/.test(room.read("events"));
    }, () => `an event; printed: ${room.read("events")}`);
    const started = await room.run(ctl("machine", "start", "extra"));
    assertEquals([started.code, started.err], [0, ""]);
    assertStringIncludes(started.out, "'extra' started");

    const logs = room.spawn(ctl("machine", "logs", "-f", "web"), "logs");
    const count = () => room.read("logs").split("line ").length;
    await until(() => count() > 1, () => `a line of the log; printed: ${room.read("logs")}`);
    const first = count();
    await until(() => count() > first + 2, "more lines of the log");

    // The connections break; the other machine goes on.
    const printed = room.read("events");
    await room.script(BREAK);
    assertEquals((await endOf(events, "events")).code, 1);
    const said = room.read("events").slice(printed.length).split("\n").filter((one) => one !== "");
    assertMatch(said.at(-1) ?? "", /^dinitctl: no connection to machine: .*closed/);
    assertEquals(said.filter((one) => one.includes("machine")).length, 1, said.join("\n"));
    assertEquals((await endOf(logs, "logs")).code, 255); // ssh has run the whole command
    assertMatch(room.read("logs").trimEnd().split("\n").at(-1) ?? "", /closed by remote host/);
    assertEquals((await room.run(ctl("machine", "is-started", "web"))).code, 0);
  },
});

Deno.test({
  ...rootOnly(
    "through sshd: an unknown host, a refused key and a port where nobody listens are ssh's words in one line",
    "it uses sshd in namespaces",
    programs("sshd", "ssh", "ssh-keygen", "unshare", "nsenter", "ip", "ps"),
  ),
  fn: async () => {
    await using room = await openMachine();
    for (
      const [host, words] of [
        ["unknown", "Host key verification failed."],
        ["refused", "Permission denied (publickey)."],
        ["nowhere", "Connection refused"],
      ]
    ) {
      const { code, out, err } = await room.run(ctl(host, "list"));
      assertEquals([code, out, err.split("\n").length], [1, "", 2], err);
      assert(err.startsWith(`dinitctl: no connection to ${host}: `), err);
      assertStringIncludes(err, words);
      const whole = await room.run(ctl(host, "logs", "web"));
      assertEquals([whole.code, whole.out], [255, ""]);
      assertStringIncludes(whole.err, words);
    }
  },
});
