/** `dinit export`: pods, compose files and units, each with an account. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Services } from "../../description/_support.ts";
import { runImport } from "../../../src/tools/import/main.ts";
import { objects, run } from "./_export.ts";

const SERVICES = {
  boot: "type = internal\nwaits-for.d = boot.d\n",
  "boot.d/web": "",
  web:
    'type = process\ncommand = /bin/web --port=${PORT} "a b" 50% $$x\nenv-file = web.env\ndepends-on = db\n' +
    "ready-notification = health\nhealth-http = http://127.0.0.1:8080/h\nrun-as = nobody\nstop-timeout = 20\nlogfile = /l\n",
  "web.env": "PORT=8080\n",
  db:
    "type = process\ncommand = /bin/db\n@meta export-port 5432\n@meta export-data /var/lib/db\nprepared-by = prepare\n" +
    "health-command = /bin/check\nready-notification = health\nrun-in-cgroup = x\nstop-timeout = 30\n",
  prepare: "type = scripted\ncommand = /bin/prepare\nstop-timeout = 5\n",
};

Deno.test("kubernetes: one pod has all services, with probes, a grace period, secrets and data", async () => {
  using services = new Services(SERVICES);
  const all = await objects(services, "--name=shop");
  assertEquals([...all.keys()], ["ConfigMap shop-services", "StatefulSet shop", "Service shop"]);
  const { spec, metadata } = all.get("StatefulSet shop").spec.template;
  const [container] = spec.containers;
  assertEquals(spec.terminationGracePeriodSeconds, 20 + 30 + 5 + 5);
  assertEquals(container.command, [
    "/usr/bin/dinit",
    "--container",
    "--services-dir",
    "/etc/dinit.d",
    "boot",
  ]);
  assertEquals(container.readinessProbe.exec.command, ["/usr/bin/dinitctl", "health"]);
  assertEquals(container.startupProbe.exec.command, ["/usr/bin/dinitctl", "is-started", "boot"]);
  assertEquals(container.securityContext.capabilities, {
    drop: ["ALL"],
    add: ["SETUID", "SETGID", "KILL", "CHOWN"],
  });
  const [configuration, secret] = spec.volumes[0].projected.sources;
  assertEquals(configuration.configMap.items.map(({ path }: { path: string }) => path), [
    "boot",
    "boot.d/web",
    "web",
    "db",
    "prepare",
  ]);
  assertEquals(secret.secret, { name: "shop-environment", items: [{ key: "web.env", path: "web.env" }] });
  const texts = all.get("ConfigMap shop-services").data;
  assertEquals([texts.web, texts["boot.d.web"]], [SERVICES.web, ""]);
  assertStringIncludes(texts.db, "\n# the pod has the control group: run-in-cgroup = x\n");
  assertEquals(all.get("Service shop").spec.ports.map(({ port }: { port: number }) => port), [8080, 5432]);
  services.write("db", SERVICES.db.replace("30", "31"));
  Deno.removeSync(services.path("out"), { recursive: true });
  const changed = (await objects(services, "--name=shop")).get("StatefulSet shop").spec.template;
  assertEquals(
    changed.metadata.annotations["dinit/descriptions"] === metadata.annotations["dinit/descriptions"],
    false,
  );
  assertStringIncludes(
    Deno.readTextFileSync(services.path("out/Containerfile")),
    "COPY dinit /usr/bin/dinit\n",
  );
});

Deno.test("kubernetes: a service that is split off waits for the ports of its dependencies", async () => {
  using services = new Services(SERVICES);
  const all = await objects(services, "--split=web");
  assertEquals([...all.keys()], [
    "ConfigMap app-services",
    "StatefulSet app",
    "Service app",
    "ConfigMap app-web-services",
    "Deployment app-web",
    "Service app-web",
  ]);
  const { initContainers, containers } = all.get("Deployment app-web").spec.template.spec;
  assertEquals(initContainers[0].command, ["/usr/bin/dinit", "wait-for", "tcp:app:5432"]);
  assertEquals(containers[0].command.slice(-1), ["web"]);
  assertStringIncludes(
    all.get("ConfigMap app-web-services").data.web,
    "\n# in another pod: depends-on = db\n",
  );
  const { err, status } = await run(services, "kubernetes", "--split=nosuch");
  assertEquals([status, err], [
    1,
    "dinit-export: Cannot split off 'nosuch': it is not among the exported services\n",
  ]);
});

Deno.test("compose: services with a process become containers, with conditions and checks", async () => {
  using services = new Services(SERVICES);
  const { out, status } = await run(services, "compose");
  assertEquals(status, 3);
  for (
    const text of [
      "      - --port=8080\n      - a b\n      - 50%\n      - $$x\n",
      "      db:\n        condition: service_healthy\n        restart: true\n",
      "        condition: service_completed_successfully\n",
      '    restart: "no"\n',
      "    stop_grace_period: 20000ms\n",
      "lost     line 8: run-in-cgroup = x: no compose file says this",
      "decide   line 6: health-http",
    ]
  ) assertStringIncludes(out, text);
});

Deno.test("systemd: services become units, which can be imported again", async () => {
  using services = new Services(SERVICES);
  const out = services.path("out");
  const { status } = await run(services, "systemd", `--out=${out}`);
  assertEquals(status, 3);
  const unit = Deno.readTextFileSync(`${out}/web.service`);
  for (
    const line of [
      "Requires=db.service",
      "Type=exec",
      'ExecStart=/bin/web --port=8080 "a b" 50%% $$x',
      "User=nobody",
      "TimeoutStopSec=20000ms",
      "Restart=always",
    ]
  ) assertStringIncludes(unit, `${line}\n`);
  const back = services.path("back");
  assertEquals(await runImport(["systemd", out, `--to=${back}`], { out: () => {}, err: () => {} }), 0);
  const again = Deno.readTextFileSync(`${back}/web`);
  assertStringIncludes(again, "exec /bin/web --port=8080 'a b' 50% '$$x'");
});

Deno.test("export: each line of each description is accounted for", async () => {
  using services = new Services(SERVICES);
  for (const kind of ["kubernetes", "compose", "systemd"]) {
    const { out } = await run(services, kind, "--json");
    const { files } = JSON.parse(out) as { files: { input: string; directives: { line: number }[] }[] };
    for (const { input, directives } of files) {
      const text = services.shorten(input).replace("<SD>/", "") as keyof typeof SERVICES;
      const lines = SERVICES[text].split("\n").map((line, index) => /^[a-z]/.test(line) ? index + 1 : 0);
      assertEquals(directives.map(({ line }) => line), lines.filter((line) => line > 0), `${kind} ${text}`);
    }
  }
});

Deno.test("export: a mistake is one line, and nothing is written", async () => {
  const ported = "type = process\ncommand = /bin/x\n@meta export-port 70000\n";
  const placed = "type = process\ncommand = /bin/x\n@meta export-data data\n";
  using services = new Services({ boot: "type = process\n", bad: "x = y\n", ported, placed });
  const rows: [string[], string][] = [
    [["helm"], "'helm' is none of kubernetes, compose, systemd"],
    [[], "name what to export to"],
    [["compose", "nosuch"], "Cannot export 'nosuch': "],
    [
      ["compose", "bad"],
      "Cannot export 'bad': Error in service description for 'bad' (file <SD>/bad, line 1)",
    ],
    [["systemd", "--split=web"], "--split is for kubernetes"],
    [["compose", "--split-jobs"], "--split-jobs is for kubernetes"],
    [
      ["kubernetes", "ported"],
      "Cannot export 'ported': @meta export-port 70000: write a number from 1 to 65535",
    ],
    [["kubernetes", "placed"], "Cannot export 'placed': @meta export-data data: write an absolute path"],
    [["kubernetes", "--name=A_B"], "--name should be followed by a name of lower-case letters"],
  ];
  for (const [args, message] of rows) {
    const { out, err, status } = await run(services, ...args);
    assertEquals([status, out], [1, ""]);
    assertStringIncludes(err, message);
  }
});
