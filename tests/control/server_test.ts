/** The control socket as a file (daemon and init 3.3 and 10, cases 15 to 18; control protocol 1). */

import { assertEquals, assertRejects } from "@std/assert";
import { endOf, outputOf } from "../_processes.ts";
import { type ControlServer, ControlSocketError } from "../../src/control/mod.ts";
import { ControlClient } from "../../src/client/mod.ts";
import { Peer, soon, testServer, until, withServer } from "./_server.ts";

const ACTIVE = "Control socket is already active (another instance already running?)";

interface Place {
  readonly directory: string;
  readonly path: string;
  readonly log: string[];
  /** A server that is closed after the test. */
  server(): ControlServer;
}

/** A listener whose file is no longer ours is abandoned without being closed: this looks like a leak but is none. */
const GIVES_UP_LISTENER = { sanitizeOps: false, sanitizeResources: false };

function place(
  name: string,
  test: (place: Place) => Promise<void>,
  options: Partial<Deno.TestDefinition> = {},
): void {
  Deno.test({
    name,
    ...options,
    fn: async () => {
      const directory = Deno.makeTempDirSync({ prefix: "dinit-control-" });
      const servers: ControlServer[] = [];
      const log: string[] = [];
      try {
        await test({
          directory,
          path: `${directory}/socket`,
          log,
          server: () => {
            const server = testServer(log);
            servers.push(server);
            return server;
          },
        });
      } finally {
        for (const server of servers) {
          server.close();
          server.disconnectAll();
        }
        Deno.removeSync(directory, { recursive: true });
      }
    },
  });
}

function mode(path: string): string {
  return (Deno.statSync(path).mode! & 0o777).toString(8);
}

async function answers(path: string): Promise<boolean> {
  const client = await ControlClient.connect(path);
  try {
    await soon(client.handshake(), "the version");
    return client.version === 7;
  } finally {
    client.close();
  }
}

/** A socket file without a listener. */
function leaveStaleSocket(path: string): void {
  const listener = Deno.listen({ transport: "unix", path: `${path}-before` });
  Deno.renameSync(`${path}-before`, path);
  listener.close();
}

place("only the owner may use the socket", async ({ server, path }) => {
  const daemon = server();
  assertEquals(daemon.path, undefined);
  await daemon.open(path);
  assertEquals([mode(path), daemon.path, await answers(path)], ["600", path, true]);
});

place("the umask is unchanged after the socket was created", async ({ path }) => {
  // In a separate process: other tests create sockets at the same time, and the umask belongs to the whole process.
  const script = new URL("./_umask_daemon.ts", import.meta.url).pathname;
  const { stdout } = await outputOf(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", script, path],
  });
  assertEquals(new TextDecoder().decode(stdout), "600 27\n");
});

place("16: a live socket is not taken over, and its daemon is not disturbed", async ({ server, path }) => {
  const [first, second] = [server(), server()];
  await first.open(path);
  const error = await assertRejects(() => second.open(path), ControlSocketError, ACTIVE);
  assertEquals(error.message, ACTIVE);
  second.close();
  assertEquals([second.path, await answers(path)], [undefined, true]);
});

place("of two daemons that start at the same moment one gets the socket", async ({ server, path }) => {
  const outcomes = await Promise.allSettled([server().open(path), server().open(path)]);
  assertEquals(outcomes.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  assertEquals(await answers(path), true);
});

place("a stale socket is replaced", async ({ server, path }) => {
  leaveStaleSocket(path);
  await server().open(path);
  assertEquals([mode(path), await answers(path)], ["600", true]);
});

place("17: a regular file at the path is replaced", async ({ server, path }) => {
  Deno.writeTextFileSync(path, "not a socket");
  await server().open(path);
  assertEquals(await answers(path), true);
});

const UNUSABLE: [string, (directory: string) => string, string, number][] = [
  ["a directory in the way", (directory) => directory, "Address already in use", 98],
  ["a directory that is missing", (directory) => `${directory}/no/socket`, "No such file or directory", 2],
  ["a path of 130 bytes", (directory) => directory.padEnd(130, "x"), "Invalid argument", 22],
  ["a path of 108 bytes", (directory) => `${directory}/`.padEnd(108, "x"), "Invalid argument", 22],
  ["an empty path", () => "", "Invalid argument", 22],
];
for (const [what, where, text, errno] of UNUSABLE) {
  place(`18: ${what}`, async ({ server, directory }) => {
    const path = where(directory);
    const error = await assertRejects(() => server().open(path), ControlSocketError);
    assertEquals([error.message, error.errno, error.path], [
      `Error binding control socket: ${text}`,
      errno,
      path,
    ]);
    assertEquals([...Deno.readDirSync(directory)], []);
  });
}

place("a path of 107 bytes is not too long", async ({ server, directory }) => {
  const path = `${directory}/`.padEnd(107, "x");
  await server().open(path);
  assertEquals(await answers(path), true);
});

place("an empty directory at the path stays", async ({ server, path }) => {
  Deno.mkdirSync(path);
  await assertRejects(() => server().open(path), ControlSocketError);
  assertEquals(Deno.statSync(path).isDirectory, true);
});

place(
  "15: a socket file that has disappeared is created again, and connections continue",
  async ({ server, path }) => {
    const daemon = server();
    await daemon.open(path);
    const before = await ControlClient.connect(path);
    Deno.removeSync(path);
    await daemon.reopen();
    assertEquals([mode(path), await answers(path)], ["600", true]);
    await before.handshake();
    before.close();
  },
);

place(
  "opening again changes nothing while there is a file, no matter which user owns it",
  async ({ server, path }) => {
    const daemon = server();
    await daemon.open(path);
    const inode = Deno.statSync(path).ino;
    await daemon.open(path);
    await daemon.reopen();
    assertEquals(Deno.statSync(path).ino, inode);
    Deno.removeSync(path);
    Deno.writeTextFileSync(path, "theirs");
    await daemon.reopen();
    assertEquals(Deno.readTextFileSync(path), "theirs");
  },
  GIVES_UP_LISTENER,
);

place(
  "closing removes the file and refuses new connections, and old ones continue",
  async ({ server, path }) => {
    const daemon = server();
    await daemon.open(path);
    const client = await ControlClient.connect(path);
    await client.handshake();
    daemon.close();
    assertEquals(daemon.path, undefined);
    await assertRejects(() => ControlClient.connect(path));
    await client.handshake();
    daemon.disconnectAll();
    await soon(client.closed, "the end");
  },
);

place("closing does not remove a file that is no longer ours", async ({ server, path }) => {
  const [first, second] = [server(), server()];
  await first.open(path);
  Deno.removeSync(path);
  await second.open(path);
  first.close();

  // What the runtime does when a listener is closed takes a few turns of the event loop.
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(await answers(path), true);
}, GIVES_UP_LISTENER);

place("closing removes the file before it returns", async ({ server, directory, path }) => {
  const daemon = server();
  await daemon.open(path);
  await answers(path);
  daemon.close();
  assertEquals([...Deno.readDirSync(directory)], []);
});

place(
  "a socket that is opened directly after it was closed, or has disappeared, stays",
  async ({ server, path }) => {
    const daemon = server();
    await daemon.open(path);
    for (let round = 0; round < 20; round++) {
      if (round % 2 === 0) daemon.close();
      else Deno.removeSync(path);
      await daemon.reopen();
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
      assertEquals(await answers(path), true);
    }
  },
);

place("a closed socket can be opened again", async ({ server, path }) => {
  const daemon = server();
  await daemon.reopen();
  assertEquals(daemon.path, undefined);
  await daemon.open(path);
  daemon.close();
  await daemon.reopen();
  assertEquals([daemon.path, await answers(path)], [path, true]);
});

place("a socket that is closed while it is being opened stays closed", async ({ server, path }) => {
  const daemon = server();
  const opening = daemon.open(path);
  daemon.close();
  await opening;
  assertEquals([daemon.path, [...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))]], [undefined, []]);
});

place("a failed opening can be tried again", async ({ server, directory }) => {
  const daemon = server();
  const path = `${directory}/later/socket`;
  await assertRejects(() => daemon.open(path), ControlSocketError);
  Deno.mkdirSync(`${directory}/later`);
  await daemon.reopen();
  assertEquals(await answers(path), true);
});

Deno.test("a second disconnect and a second close do nothing", () =>
  withServer(async ({ server, peer }) => {
    const client = await peer();
    await client.send("00");
    await client.expect("3a 01 00 07 00");
    server.disconnectAll();
    server.disconnectAll();
    server.close();
    server.close();
    await client.expectEnd();
  }));

place(
  "without file descriptors a new connection waits until some are free",
  async ({ path }) => {
    const script = new URL("./_crowded_daemon.ts", import.meta.url).pathname;
    const daemon = new Deno.Command("sh", {
      args: [
        "-c",
        'ulimit -n 100; exec "$@"',
        "sh",
        Deno.execPath(),
        "run",
        "--no-check",
        "-A",
        script,
        path,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = daemon.stdout.pipeThrough(new TextDecoderStream());
    let printed = "";
    const reading = (async () => {
      for await (const text of lines) printed += text;
    })();
    await until(() => printed.includes("full\n"), "the daemon");
    const peer = new Peer(await Deno.connect({ transport: "unix", path }));
    await peer.send("00");
    await until(
      () => printed.includes("error: Error accepting control connection: Too many open files\n"),
      "the log",
    );
    await daemon.stdin.close();
    await peer.expect("3a 01 00 07 00");
    peer.close();
    daemon.kill("SIGKILL");
    await endOf(daemon);
    await reading;
  },
);

const NARROW: [string, (path: string) => string[], (path: string) => string][] = [
  [
    "the grants for the socket are enough",
    (path) => [`--allow-net=unix:${path}`, `--allow-read=${path}`, `--allow-write=${path}`],
    () => "600",
  ],
  [
    "no network grant",
    (path) => [`--allow-read=${path}`, `--allow-write=${path}`],
    (path) => missing(`--allow-net=unix:${path}`, path),
  ],
  ["no read grant", (path) => [`--allow-net=unix:${path}`], (path) => missing(`--allow-read=${path}`, path)],
  [
    "no write grant",
    (path) => [`--allow-net=unix:${path}`, `--allow-read=${path}`],
    (path) => missing(`--allow-write=${path}`, path),
  ],
];

function missing(grant: string, path: string): string {
  return `Cannot use control socket ${path}: ${grant} is not granted ` +
    `(it takes --allow-net=unix:${path} --allow-read=${path} --allow-write=${path})`;
}

for (const [what, grants, expected] of NARROW) {
  place(`permissions: ${what}`, async ({ path }) => {
    const script = new URL("./_narrow_daemon.ts", import.meta.url).pathname;
    const { stdout, stderr } = await outputOf(Deno.execPath(), {
      args: ["run", "--no-check", "--no-prompt", ...grants(path), script, path],
    });
    const text = new TextDecoder();
    assertEquals([text.decode(stdout).trim(), text.decode(stderr)], [expected(path), ""]);
  });
}
