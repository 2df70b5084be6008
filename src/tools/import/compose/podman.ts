/** A compose service as a `podman run` command, and the fields that only concern containers. */

import type { DescriptionText } from "../description_text.ts";
import { type Fields, pairsOf, textsOf } from "./fields.ts";
import { treeText } from "./tree.ts";

/** Fields with one text each, and the options of `podman run` for them. */
const TEXT_OPTIONS: Readonly<Record<string, string>> = {
  working_dir: "--workdir",
  user: "--user",
  hostname: "--hostname",
  domainname: "--domainname",
  mac_address: "--mac-address",
  mem_limit: "--memory",
  mem_reservation: "--memory-reservation",
  cpus: "--cpus",
  cpuset: "--cpuset-cpus",
  pids_limit: "--pids-limit",
  shm_size: "--shm-size",
  oom_score_adj: "--oom-score-adj",
  ipc: "--ipc",
  pid: "--pid",
  userns_mode: "--userns",
  platform: "--platform",
  runtime: "--runtime",
  stop_signal: "--stop-signal",
  "deploy.resources.limits.memory": "--memory",
  "deploy.resources.limits.cpus": "--cpus",
  "deploy.resources.limits.pids": "--pids-limit",
  "deploy.resources.reservations.memory": "--memory-reservation",
};

/** Fields with lists or maps, and the option for each entry. */
const LIST_OPTIONS: Readonly<Record<string, string>> = {
  ports: "--publish",
  expose: "--expose",
  volumes: "--volume",
  tmpfs: "--tmpfs",
  cap_add: "--cap-add",
  cap_drop: "--cap-drop",
  devices: "--device",
  dns: "--dns",
  dns_search: "--dns-search",
  extra_hosts: "--add-host",
  group_add: "--group-add",
  security_opt: "--security-opt",
  labels: "--label",
  sysctls: "--sysctl",
  annotations: "--annotation",
};

/** Fields that are a flag. */
const FLAGS: Readonly<Record<string, string>> = {
  privileged: "--privileged",
  read_only: "--read-only",
  init: "--init",
  stdin_open: "--interactive",
  oom_kill_disable: "--oom-kill-disable",
};

/** What the command needs besides the fields. */
export interface ContainerParts {
  readonly network: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly entrypoint: readonly string[] | undefined;
  readonly command: readonly string[] | undefined;
}

/** The words of the command. */
export function containerCommand(
  fields: Fields,
  text: DescriptionText,
  { network, variables, entrypoint, command }: ContainerParts,
): string[] {
  const image = fields.text("image") ?? `localhost/${fields.name}`;
  fields.directive("image")?.changed("podman runs it");
  fields.directive("build")?.decision(`build the image yourself: podman build --tag ${image}`);
  const words = ["podman", "run", "--rm", "--replace", `--name=${text.name}`];
  words.push(`--network=${network}`, `--network-alias=${fields.name}`);
  // The values are in the environment of the command, from where podman takes them.
  words.push(...Array.from(variables.keys(), (name) => `--env=${name}`));
  for (const [name, option] of Object.entries(TEXT_OPTIONS)) {
    const value = fields.text(name);
    if (value === undefined) continue;
    words.push(`${option}=${value}`);
    fields.directive(name)?.carried();
  }
  for (const [name, option] of Object.entries(FLAGS)) {
    if (fields.text(name) === "true") words.push(option);
    if (fields.text(name) !== undefined) fields.directive(name)?.carried();
  }
  for (const [name, option] of Object.entries(LIST_OPTIONS)) {
    words.push(...listOptions(fields, text, name, option));
  }
  if (entrypoint !== undefined) words.push(`--entrypoint=${JSON.stringify(entrypoint)}`);
  return [...words, image, ...command ?? []];
}

function listOptions(fields: Fields, text: DescriptionText, name: string, option: string): string[] {
  const tree = fields.tree(name);
  const directive = fields.directive(name);
  if (tree === undefined || directive === undefined) return [];
  const texts = tree.kind === "text"
    ? [tree.text]
    : textsOf(tree) ?? pairsOf(tree)?.map(([key, value]) => value === undefined ? key : `${key}=${value}`);
  if (texts === undefined) {
    text.decide(directive, `write it as ${option} into the command`);
    return [];
  }
  directive.carried();
  return texts.map((one) => `${option}=${one}`);
}

/** Classifies what is left: fields of containers, and fields that nothing knows. */
export function explainContainer(fields: Fields, text: DescriptionText, isContainer: boolean): void {
  for (const [path, tree, directive] of fields.rest()) {
    if (path.startsWith("x-")) directive.carried("an extension; docker ignores it, too");
    else if (path === "profiles") directive.changed("a separate service starts each profile");
    else if (
      /^(container_name|hostname|domainname|labels|annotations|networks|network_mode|links|expose)\b/.test(
        path,
      )
    ) {
      if (isContainer) text.decide(directive, "all containers are in one network");
      else directive.none("it concerns containers");
    } else if (path === "ports") {
      text.decide(directive, "the program itself has to listen on this port of the machine");
    } else if (path === "volumes") text.decide(directive, "the program uses the files of this machine");
    else if (path === "secrets" || path === "configs") {
      text.decide(directive, "give the program the path of the file");
    } else if (path === "ulimits") {
      text.decide(directive, `see rlimit-nofile and the others: ${treeText(tree)}`);
    } else if (/^(scale|deploy\.replicas)$/.test(path)) {
      if (treeText(tree) === "1") directive.carried();
      else text.decide(directive, "write a description for each instance");
    } else if (/^(deploy|mem_|cpu|pids_limit|memswap_limit|shm_size)/.test(path)) {
      text.decide(directive, "the group of the service has only the limits of docs/control-groups.md");
    } else if (path.startsWith("logging")) directive.none("see log-type");
    else if (/^(develop|pull_policy|attach|tty|extends|provider)\b/.test(path)) {
      if (path.startsWith("extends")) text.decide(directive, "write the fields of the other service here");
      else directive.none("it concerns docker compose itself");
    } else if (isContainer) text.decide(directive, "write it as an option into the command");
    else directive.none("it concerns containers");
  }
}
