/** What the tests of `dinit export` share: runs of the tool in this process, and the objects that it writes. */

import "../../_processes.ts";
import { assertEquals } from "@std/assert";
import { parseAllDocuments } from "yaml";
import { runExport } from "../../../src/tools/export/main.ts";
import type { AccountDocument } from "../../../src/tools/shared/carry_out.ts";
import type { Services } from "../../description/_support.ts";

/** Runs the export of services in a folder. */
export async function run(
  services: Services,
  ...args: string[]
): Promise<{ out: string; err: string; status: number }> {
  let [out, err] = ["", ""];
  const io = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) };
  const status = await runExport([...args, "-d", services.directory], io);
  return { out: services.shorten(out), err: services.shorten(err), status };
}

// deno-lint-ignore no-explicit-any -- an object of Kubernetes is a tree of anything
export type KubernetesObject = any;

/** The objects of a run, by kind and name. */
export async function objects(services: Services, ...args: string[]): Promise<Map<string, KubernetesObject>> {
  const out = services.path("out");
  const { err } = await run(services, "kubernetes", `--out=${out}`, "--force", ...args);
  assertEquals(err, "");
  const text = Deno.readTextFileSync(`${out}/kubernetes.yaml`);
  const all = parseAllDocuments(text).map((document) => (document as { toJS(): KubernetesObject }).toJS());
  return new Map(all.map((one) => [`${one.kind} ${one.metadata.name}`, one]));
}

/** The lines of a service's account: `SETTING = VALUE`, class and note. */
export async function account(
  services: Services,
  service: string,
  ...args: string[]
): Promise<Map<string, readonly [kind: string, note: string]>> {
  const { files } = JSON.parse((await run(services, ...args, "--json")).out) as AccountDocument;
  const file = files.find(({ input }) => input.endsWith(`/${service}`));
  return new Map(
    (file?.directives ?? []).map((one) => [`${one.name} = ${one.value}`, [one.class, one.note] as const]),
  );
}
