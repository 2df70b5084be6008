/**
 * What `dinit export kubernetes` writes, in real pods: `podman play kube` of Debian with runc. No registry and no network
 * is used. The work-arounds for podman 4.3 are here and not in the export: it knows no projected volumes and no CronJobs,
 * and its checks need timers of systemd. The container runtime crun refuses control groups of both versions at once.
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { stringify } from "yaml";
import { Services } from "../description/_support.ts";
import { rootOnly } from "../_needs.ts";
import { until } from "../_patience.ts";
import { type KubernetesObject, objects } from "../tools/export/_export.ts";
import { makeRoot } from "./_image.ts";
import { Room } from "./_room.ts";
import { binary, programs } from "./_programs.ts";

const EXAMPLE = new URL("../../examples/container/rootfs", import.meta.url).pathname;

const SETTINGS = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "runc"
events_logger = "file"
`;

/** Pods in a room. */
class Pods {
  readonly #room: Room;

  constructor(room: Room) {
    this.#room = room;
    room.write("containers.conf", SETTINGS);
  }

  podman(...words: string[]) {
    const { folder } = this.#room;
    const own = [
      "--root",
      `${folder}/storage`,
      "--runroot",
      "/run/containers-of-test",
      "--storage-driver",
      "vfs",
    ];
    return this.#room.run(["env", `CONTAINERS_CONF=${folder}/containers.conf`, "podman", ...own, ...words]);
  }

  async must(...words: string[]): Promise<string> {
    const { code, out, err } = await this.podman(...words);
    assertEquals(code, 0, `podman ${words.join(" ")}\n${out}${err}`);
    return out.trim();
  }

  /** Makes the image of all pods. */
  async build(): Promise<void> {
    const { folder } = this.#room;
    await makeRoot(`${folder}/rootfs`, binary!, EXAMPLE); // the test needs it
    Deno.removeSync(`${folder}/rootfs/etc/dinit.d`, { recursive: true });
    await this.#room.script(`tar -C ${folder}/rootfs -cf ${folder}/image.tar .`);
    await this.must("import", `${folder}/image.tar`, "localhost/shop");
  }

  /** Runs the pod of a template. Returns the name of its container. */
  async play(
    name: string,
    template: KubernetesObject,
    all: ReadonlyMap<string, KubernetesObject>,
  ): Promise<string> {
    const { folder } = this.#room;
    const [services] = template.spec.volumes;
    const { configMap } = services.projected.sources[0];
    for (const { key, path } of configMap.items) {
      this.#room.write(`${name}/${path}`, all.get(`ConfigMap ${configMap.name}`).data[key]);
    }
    delete services.projected;
    services.hostPath = { path: `${folder}/${name}`, type: "Directory" };
    template.spec.containers[0].imagePullPolicy = "Never";
    const { spec, metadata: { labels } } = template;
    this.#room.write(
      `${name}.yaml`,
      stringify({ apiVersion: "v1", kind: "Pod", metadata: { name, labels }, spec }),
    );
    await this.must("play", "kube", "--network", "none", `${folder}/${name}.yaml`);
    return `${name}-dinit`;
  }
}

const SERVICES = {
  report: 'type = scheduled\ncommand = /bin/sh -c "echo reported; exit 7"\noptions = shares-console\n' +
    "schedule-cron = 0 3 * * *\n",
};

Deno.test({
  ...rootOnly(
    "the exported example runs in a pod: in order, healthy, restarted inside, stopped in order, with its status",
    "it uses podman, runc and dist/dinit",
    programs("podman", "runc", "conmon", "unshare", "nsenter", "tar", "ldd") && binary !== undefined,
  ),
  fn: async () => {
    using services = new Services(SERVICES);
    for (const { name } of Deno.readDirSync(`${EXAMPLE}/etc/dinit.d`)) {
      services.write(name, Deno.readTextFileSync(`${EXAMPLE}/etc/dinit.d/${name}`));
    }
    services.write("boot", `${Deno.readTextFileSync(`${EXAMPLE}/etc/dinit.d/boot`)}waits-for = report\n`);
    const all = await objects(services, "--name=shop", "--split-jobs");
    await using room = await Room.open();
    const pods = new Pods(room);
    try {
      await pods.build();
      const { template } = all.get("Deployment shop").spec;
      const { readinessProbe, startupProbe, livenessProbe } = template.spec.containers[0];
      const { terminationGracePeriodSeconds } = template.spec;
      const container = await pods.play("shop", template, all);

      // In order.
      const probe = ({ exec: { command } }: KubernetesObject) => pods.podman("exec", container, ...command);
      await until(async () => (await probe(startupProbe)).code === 0, "the start of the pod", 200);
      const started = await pods.must("logs", container);
      assertOrder(started, ["[  OK  ] prepare", "[  OK  ] worker", "[  OK  ] app", "[  OK  ] boot"]);

      // Healthy.
      for (const one of [readinessProbe, livenessProbe]) assertEquals((await probe(one)).code, 0);
      await pods.must("healthcheck", "run", container);

      // A service that is killed is restarted inside; the application and the pod go on.
      const pidOf = async (service: string) =>
        /Process ID: (\d+)/.exec(await pods.must("exec", container, "/usr/bin/dinitctl", "status", service))
          ?.[1];
      const [worker, app] = [await pidOf("worker"), await pidOf("app")];
      await pods.must("exec", container, "/usr/bin/dinitctl", "signal", "KILL", "worker");
      const next = await until(
        async () => {
          const pid = await pidOf("worker");
          return pid !== worker && pid;
        },
        "the restart of the worker",
        200,
      );
      assertMatch(next, /^\d+$/);
      assertEquals(await pidOf("app"), app);
      assertEquals(await pods.must("inspect", "--format", "{{.RestartCount}}", container), "0");

      // In order, before the cluster would kill it.
      await pods.must("stop", `--time=${terminationGracePeriodSeconds}`, container);
      const stopped = (await pods.must("logs", container)).slice(started.length);
      assertOrder(stopped, [
        "app: finishing",
        "[STOPPD] app",
        "worker: finishing",
        "[STOPPD] worker",
        "[STOPPD] prepare",
      ]);
      assertEquals(await pods.must("inspect", "--format", "{{.State.ExitCode}}", container), "0");

      // The pod of a CronJob ends with the status of the command.
      const job = await pods.play(
        "report",
        all.get("CronJob shop-report").spec.jobTemplate.spec.template,
        all,
      );
      assertEquals(await pods.must("wait", job), "7");
      assert((await pods.must("logs", job)).includes("reported\n"));
    } finally {
      await pods.podman("pod", "rm", "--all", "--force", "--time=0");
      await room.script("rmdir /sys/fs/cgroup/*/libpod_parent 2>/dev/null || :"); // podman leaves its empty groups
    }
  },
});

/** Asserts that lines come in this order. */
function assertOrder(text: string, lines: readonly string[]): void {
  const places = lines.map((line) => text.indexOf(line));
  assertEquals(places, places.toSorted((a, b) => a - b), text);
  assert(!places.includes(-1), `${lines.join(", ")}\n${text}`);
}
