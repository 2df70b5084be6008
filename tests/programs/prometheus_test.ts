/** A real Prometheus scrapes the metrics of a real daemon, and its tool finds nothing wrong with them. */

import { assert, assertEquals } from "@std/assert";
import { needing, programPath } from "../_needs.ts";
import { soon, until } from "../_patience.ts";
import { endOf, killUnlessEnded, outputOf } from "../_processes.ts";
import { Dinit } from "../e2e/_dinit.ts";
import { Web } from "../e2e/_web.ts";

const PROMETHEUS = programPath("prometheus");
const PROMTOOL = programPath("promtool");

const SERVICES = {
  boot: "type = internal\nwaits-for = web\nwaits-for = job\nwaits-for = broken\n",
  web: "type = process\ncommand = /bin/sleep 1000\nhealth-command = /bin/true\nhealth-interval = 1\n",
  job: "type = scheduled\ncommand = /bin/true\nschedule-interval = 1\n",
  broken: "type = process\ncommand = /bin/false\nrestart = no\n",
};

/** A server with a configuration, on a free port. */
class Prometheus implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly address: string;
  readonly #rest: Promise<unknown>;

  private constructor(child: Deno.ChildProcess, address: string, rest: Promise<unknown>) {
    this.#child = child;
    this.address = address;
    this.#rest = rest;
  }

  static async start(program: string, configuration: string, folder: string): Promise<Prometheus> {
    const file = `${folder}/prometheus.yml`;
    Deno.writeTextFileSync(file, configuration);
    const child = new Deno.Command(program, {
      args: [
        `--config.file=${file}`,
        `--storage.tsdb.path=${folder}/data`,
        "--web.listen-address=127.0.0.1:0",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let log = "";
    for (;;) {
      const port = /msg="?Listening on"?.* address=127\.0\.0\.1:(\d+)/.exec(log)?.[1];
      if (port !== undefined) {
        const rest = (async () => {
          while (!(await reader.read()).done);
        })();
        return new Prometheus(child, `http://127.0.0.1:${port}`, rest);
      }
      const { value, done } = await soon(reader.read(), "the port of Prometheus");
      if (done) throw new Error(`Prometheus has ended: ${log}`);
      log += value;
    }
  }

  /** The values of a query, with the labels of each. */
  async query(query: string): Promise<{ metric: Record<string, string>; value: number }[]> {
    const response = await fetch(`${this.address}/api/v1/query?query=${encodeURIComponent(query)}`);
    if (response.status !== 200) return response.body?.cancel().then(() => []) ?? []; // it is still starting
    const { data } = await response.json();
    return data.result.map((
      { metric, value }: { metric: Record<string, string>; value: [number, string] },
    ) => ({
      metric,
      value: Number(value[1]),
    }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killUnlessEnded(this.#child, "SIGTERM");
    await endOf(this.#child, "Prometheus");
    await this.#rest;
  }
}

Deno.test({
  ...needing(
    "a real Prometheus scrapes the metrics, and promtool finds nothing wrong with them",
    "prometheus and promtool",
    PROMETHEUS !== undefined && PROMTOOL !== undefined,
  ),
  async fn() {
    await using dinit = new Dinit(SERVICES).start();
    await dinit.printed("[  OK  ] boot");
    const token = `${dinit.directory}/token`;
    await using web = await Web.start(dinit.socket, "--listen=127.0.0.1:0", `--token-file=${token}`);
    const headers = { authorization: `Bearer ${Deno.readTextFileSync(token).trim()}`, accept: "text/plain" };
    const text = async () => await (await fetch(`${web.address}metrics`, { headers })).text();
    await until(
      async () => (await text()).includes("dinit_schedule_last_success_timestamp_seconds{"),
      "a run",
      100,
    );
    Deno.writeTextFileSync(`${dinit.directory}/metrics`, await text());
    const check = ["-c", 'exec "$0" check metrics <"$1" 2>&1', PROMTOOL!, `${dinit.directory}/metrics`]; // it is there
    const { code, stdout } = await outputOf("/bin/sh", { args: check });
    assertEquals([new TextDecoder().decode(stdout), code], ["", 0]);

    await using prometheus = await Prometheus.start(
      PROMETHEUS!, // it is there
      [
        "global: { scrape_interval: 1s }",
        "scrape_configs:",
        "  - job_name: dinit",
        `    authorization: { credentials_file: "${token}" }`,
        `    static_configs: [{ targets: ["${new URL(web.address).host}"] }]`,
      ].join("\n"),
      dinit.directory,
    );
    const states = () => prometheus.query("dinit_service_state == 1");
    await until(async () => (await states()).length > 0, "a scrape", 100);
    assertEquals((await prometheus.query("up")).map(({ value }) => value), [1]);
    const shown = (await states()).map(({ metric }) => `${metric.service} ${metric.state}`).sort();
    assertEquals(shown, ["boot started", "broken failed", "broken stopped", "job started", "web started"]);
    const [success] = await prometheus.query("time() - dinit_schedule_last_success_timestamp_seconds");
    assert(success.metric.service === "job" && success.value > -5, JSON.stringify(success));
    assertEquals((await prometheus.query("dinit_service_healthy")).map(({ value }) => value), [1]);
    const [memory] = await prometheus.query("dinit_daemon_memory_bytes");
    assert(memory.value > 1e6, `${memory.value}`);
    const kinds = (await prometheus.query("dinit_events_total")).map(({ metric }) => metric.kind);
    assert(kinds.includes("started") && kinds.includes("run-ended"), kinds.join());
    await dinit.ctl("stop", "web");
    await until(
      async () =>
        (await states()).some(({ metric }) => `${metric.service} ${metric.state}` === "web stopped"),
      "the scrape of a stop",
      100,
    );
  },
});
