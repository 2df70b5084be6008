import { assert, assertEquals } from "@std/assert";
import { failure } from "../_stand_in.ts";
import { check, checkIn, Services } from "./_support.ts";

for (
  const [args, message] of [
    [["--version"], "unrecognized option: '--version' (use '--help' for help)"],
    [["--"], "unrecognized option: '--' (use '--help' for help)"],
    [["-"], "unrecognized option: '-' (use '--help' for help)"],
    [["-us"], "unrecognized option: '-us' (use '--help' for help)"],
    [["--services-dir=x"], "unrecognized option: '--services-dir=x' (use '--help' for help)"],
    [["--format=xml"], "unrecognized option: '--format=xml' (use '--help' for help)"],
    [["s", "--foo"], "unrecognized option: '--foo' (use '--help' for help)"],
    [["-d"], "'--services-dir' (-d) requires an argument"],
    [["--services-dir", ""], "'--services-dir' (-d) requires an argument"],
    [["-p"], "--socket-path/-p should be followed by socket path"],
    [["--socket-path", ""], "--socket-path/-p should be followed by socket path"],
    [["-e"], "--env-file/-e should be followed by environment file path"],
    [["--env-file", ""], "--env-file/-e should be followed by environment file path"],
    [["--print", "--json"], "--print cannot be combined with --json or --format=github"],
    [["--format=github", "--print"], "--print cannot be combined with --json or --format=github"],
  ] as const
) {
  Deno.test(`check refuses ${JSON.stringify(args)}`, async () => {
    assertEquals(await check(args), failure(`dinit-check: ${message}\n`));
  });
}

Deno.test("check stops at the first wrong argument, and at --help", async () => {
  assertEquals(
    (await check(["--bogus", "--help"])).err,
    "dinit-check: unrecognized option: '--bogus' (use '--help' for help)\n",
  );
  assertEquals((await check(["--help", "--bogus"])).status, 0);
});

Deno.test("check's help names every option and fits into 100 columns", async () => {
  const { out, err, status } = await check(["--help"]);
  assertEquals([err, status], ["", 0]);
  for (
    const name of [
      ..."-d --services-dir -n --online -p --socket-path -e --env-file -s --system -u --user".split(" "),
      ..."--help --json --format=github --print --portable".split(" "),
    ]
  ) {
    assert(new RegExp(`(^|[ ,])${name}\\b`, "m").test(out), name);
  }
  for (const line of out.split("\n")) assert(line.length <= 100, line);
});

Deno.test("options may be anywhere, and directories are searched in their order", async () => {
  using first = new Services({ "s": "" });
  using second = new Services({ "s": "foo = 1\n", "t": "" });
  assertEquals(await check(["s", "-d", first.directory, "t", "--services-dir", second.directory]), {
    out:
      "Checking service: s...\nChecking service: t...\nPerforming secondary checks...\nNo problems found.\n",
    err: "Secondary checks complete.\n",
    status: 0,
  });
});

Deno.test("without names, boot is checked", async () => {
  using services = new Services({ boot: "" });
  const { out } = await checkIn(services);
  assertEquals(out, "Checking service: boot...\nPerforming secondary checks...\nNo problems found.\n");
});

Deno.test("a user's services are searched in the directories of the environment", async () => {
  using home = new Services({ "config/dinit.d/boot": "waits-for = a\n", ".config/dinit.d/a": "" });
  const { directory } = home;
  const env = { XDG_CONFIG_HOME: `${directory}/config/`, HOME: directory };
  for (const [args, uid] of [[[], 7], [["-u"], 0], [["-s", "-u"], 0]] as const) {
    assertEquals((await check(args, { env, uid })).status, 0, JSON.stringify(args));
  }
});

Deno.test("the system's services are searched in other directories", async () => {
  const name = "no-service-of-any-system";
  using home = new Services({ [`.config/dinit.d/${name}`]: "" });
  const env = { HOME: home.directory };
  assertEquals((await check([name], { env, uid: 7 })).status, 0);
  assertEquals((await check(["-s", name], { env, uid: 7 })).status, 1);
  assertEquals((await check([name], { env, uid: 0 })).status, 1);
});
