import { assertEquals } from "@std/assert";
import { linkTarget } from "../../src/cli/ctl/dependency_link.ts";
import { DISABLED, ENABLED, Services } from "./_enable.ts";
import { ctlAlone, failure, success } from "./_stand_in.ts";

Deno.test("ctl enable and disable make and remove a link without a daemon", async () => {
  using services = new Services();
  assertEquals(await services.offline("enable", "a"), success(ENABLED));
  assertEquals(services.link("boot.d/a"), "../a");
  assertEquals(await services.offline("enable", "a"), failure("dinitctl: service already enabled.\n"));
  assertEquals(await services.offline("disable", "a"), success(DISABLED));
  assertEquals(services.link("boot.d/a"), undefined);
  assertEquals(
    await services.offline("disable", "a"),
    failure(
      `dinitctl: could not unlink dependency entry ${services.directory}/boot.d/a: No such file or directory\n`,
    ),
  );
  assertEquals(await services.offline("--quiet", "enable", "a"), success());
});

Deno.test("ctl enable keeps the argument of a service in the name of the link only", async () => {
  using services = new Services();
  assertEquals(
    await services.offline("enable", "a@1"),
    success("Service 'a@1' has been enabled.\n"),
  );
  assertEquals(services.link("boot.d/a@1"), "../a");
});

Deno.test("ctl enable takes the dependent from the description or the command line", async () => {
  using services = new Services({
    a: "@meta other-thing x\n@meta enable-via boot\n@include extra\n",
    extra: "@meta enable-via second\n",
    second: "waits-for.d = second.d/\n",
    third: "waits-for.d = boot.d\n",
  });
  Deno.mkdirSync(`${services.directory}/second.d`);
  assertEquals(await services.offline("enable", "a"), success(ENABLED));
  assertEquals(services.link("second.d/a"), "../a");
  assertEquals(await services.offline("enable", "--from", "third", "a"), success(ENABLED));
  assertEquals(services.link("boot.d/a"), "../a");
});

for (
  const line of ["@meta enable-via", "@meta enable-via a b", "@meta enable-via 1x", '@meta enable-via "x"']
) {
  Deno.test(`ctl enable refuses ${line}`, async () => {
    using services = new Services({ a: `${line}\n` });
    assertEquals(
      await services.offline("enable", "a"),
      failure("dinitctl: error loading a: '@meta enable-via' argument missing or malformed\n"),
    );
    assertEquals(await services.offline("enable", "a", "--from", "boot"), success(ENABLED));
  });
}

/** Descriptions of `boot` from which `a` can be neither enabled nor disabled. */
const UNFIT: readonly (readonly [string, string])[] = [
  ...["waits-for", "depends-on", "depends-ms"].map((setting) =>
    [
      `waits-for.d = boot.d\n${setting} = a\n`,
      "there is a fixed dependency to service 'a' in the service description of 'boot'.",
    ] as const
  ),
  [
    "waits-for.d = boot.d\nwaits-for.d = more.d\n",
    "service 'boot' has multiple waits-for.d directories specified in service description",
  ],
  ["depends-on.d = boot.d\n", "service 'boot' has no waits-for.d directory specified"],
  ["waits-for.d = $NOTHING\n", "service 'boot' has no waits-for.d directory specified"],
];

for (const [text, message] of UNFIT) {
  Deno.test(`ctl enable and disable refuse ${JSON.stringify(text)}`, async () => {
    using services = new Services({ boot: text });
    for (const name of ["enable", "disable"]) {
      assertEquals(await services.offline(name, "a"), failure(`dinitctl: ${message}\n`));
    }
  });
}

Deno.test("ctl enable ignores other dependencies and other mistakes in the descriptions", async () => {
  using services = new Services({
    boot: "type = nonsense\nbogus = 1\nprepared-by = a\nwaits-for = missing\nwaits-for.d = boot.d\n",
    a: "type = process\nrun-as = nobody-of-that-name\n",
  });
  assertEquals(await services.offline("enable", "a"), success(ENABLED));
});

Deno.test("ctl enable reports a service that does not exist", async () => {
  using services = new Services();
  assertEquals(
    await services.offline("enable", "none"),
    failure("dinitctl: could not locate service file for target service 'none'\n"),
  );
  assertEquals(
    await services.offline("enable", "a", "--from", "none"),
    failure("dinitctl: could not locate service file for service 'none'\n"),
  );
  assertEquals(
    await services.offline("enable", "a", "--from", "boot@1"),
    failure("dinitctl: cannot enable/disable from a service with argument (service@arg).\n"),
  );
});

Deno.test("ctl enable cannot make the link, ctl disable does not remove a directory", async () => {
  using services = new Services({ boot: "waits-for.d = none.d\n" });
  assertEquals(
    await services.offline("enable", "a"),
    failure(
      `dinitctl: could not create symlink at ${services.directory}/none.d/a: No such file or directory\n`,
    ),
  );
  Deno.mkdirSync(`${services.directory}/none.d/a`, { recursive: true });
  assertEquals(
    await services.offline("disable", "a"),
    failure(`dinitctl: could not unlink dependency entry ${services.directory}/none.d/a: Is a directory\n`),
  );
  Deno.removeSync(`${services.directory}/none.d`, { recursive: true });
  Deno.writeTextFileSync(`${services.directory}/none.d`, "");
  assertEquals(
    await services.offline("enable", "a"),
    failure(
      `dinitctl: checking for existing dependency link: ${services.directory}/none.d/a: Not a directory\n`,
    ),
  );
});

Deno.test("ctl disable removes a plain file, too", async () => {
  using services = new Services({ "boot.d/a": "" });
  assertEquals(await services.offline("disable", "a"), success(DISABLED));
});

Deno.test("ctl enable searches all given directories in order", async () => {
  using services = new Services();
  using elsewhere = new Services({ a: "@meta enable-via nowhere\n", b: "" });
  const directories = ["-d", services.directory, "-d", elsewhere.directory];
  assertEquals(await ctlAlone(["-o", "-u", ...directories, "enable", "a"]), success(ENABLED));
  assertEquals(
    await ctlAlone(["-o", "-u", ...directories, "enable", "b"]),
    success("Service 'b' has been enabled.\n"),
  );
  assertEquals(services.link("boot.d/a"), "../a");
  assertEquals(services.link("boot.d/b"), `${elsewhere.directory}/b`);
});

Deno.test("ctl enable without a daemon searches the user's own directories", async () => {
  using services = new Services();
  const home = Deno.makeTempDirSync();
  try {
    Deno.mkdirSync(`${home}/.config`);
    Deno.symlinkSync(services.directory, `${home}/.config/dinit.d`);
    assertEquals(
      await ctlAlone(["-o", "enable", "a"], { uid: 7, env: { HOME: home } }),
      success(ENABLED),
    );
    assertEquals(services.link("boot.d/a"), "../a");
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
});

Deno.test("a link leads to the description by the shortest known path", () => {
  assertEquals(linkTarget("/srv/svc/boot.d", "/srv/svc/a"), "../a");
  assertEquals(linkTarget("/srv/wf.d", "/srv/svc/a"), "../svc/a");
  assertEquals(linkTarget("/srv/svc/boot.d", "/lib/svc/a"), "/lib/svc/a");
  assertEquals(linkTarget("/srv/svc/boot.d", "/srv/svc2/z"), "/srv/svc2/z");
  assertEquals(linkTarget("svc/boot.d", "svc/a"), "../a");
  assertEquals(linkTarget("svc/boot.d", "other/y"), "../y");
});
