import { outputOf } from "../_processes.ts";
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url).href;

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly isDynamic?: boolean;
      readonly code?: { readonly specifier: string };
    }[];
  }[];
}

/** The files that are loaded before modules run, types aside. */
async function loadedAtStart(...files: string[]): Promise<Set<string>> {
  const { stdout } = await outputOf(Deno.execPath(), { args: ["info", "--json", `${ROOT}main.ts`] });
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as Graph;
  const loaded = new Set(files);
  for (const specifier of loaded) {
    const { dependencies = [] } = modules.find((module) => module.specifier === specifier) ?? {};
    for (const { isDynamic, code } of dependencies) {
      if (!isDynamic && code !== undefined) loaded.add(code.specifier);
    }
  }
  return loaded;
}

Deno.test("ctl loads few files before it runs, and none that it does not need", async () => {
  const loaded = [...await loadedAtStart(`${ROOT}src/cli/ctl/main.ts`)];
  assert(loaded.includes(`${ROOT}src/client/control_client.ts`));
  assertEquals(
    loaded.filter((specifier) =>
      !/^(cli\/(ctl|shared)|client|control\/wire|inherited|model|options)\/\w+\.ts$/
        .test(specifier.slice(ROOT.length + 4))
    ),
    [],
  );
  assertEquals(
    loaded.filter((specifier) =>
      /\/(server|overview|help|descriptor_stream|dinit|dinit_check|dinit_monitor|programs|shutdown|text)\.ts$/
        .test(specifier)
    ),
    [],
  );

  assert(loaded.length <= 36, loaded.join("\n"));
});

Deno.test("ctl status and ctl list load no file that only other commands need", async () => {
  const place = (name: string) => `${ROOT}src/cli/ctl/${name}.ts`;
  for (const [names, limit] of [[["main", "status", "short_status"], 44], [["main", "list"], 37]] as const) {
    const loaded = [...await loadedAtStart(...names.map(place))];
    assertEquals(
      loaded.filter((specifier) => /\/(model\/mod|description|steps|goal)\.ts$/.test(specifier)),
      [],
    );
    assert(loaded.length <= limit, loaded.join("\n"));
  }
});

Deno.test("ctl logs loads neither the language of descriptions nor what only following needs", async () => {
  const loaded = [...await loadedAtStart(`${ROOT}src/cli/ctl/main.ts`, `${ROOT}src/cli/ctl/logs/logs.ts`)];
  assertEquals(
    loaded.filter((specifier) =>
      /\/(description\/mod|model\/mod|steps|event_steps|follow|catlog)\.ts$/.test(specifier)
    ),
    [],
  );
});

Deno.test("the program loads a tool when it is asked for, and not before", async () => {
  const main = `${ROOT}main.ts`;
  const loaded = [...await loadedAtStart(main)].map((specifier) => specifier.slice(ROOT.length));
  assertEquals(
    loaded.filter((place) =>
      !/^(main|src\/(options\/program_names|(inherited|model)\/\w+))\.ts$/.test(place)
    ),
    [],
  );
  // Deno needs no grant for the modules that it loads at the start.
  const refused = await outputOf(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-lock", main, "ctl", "--version"],
  });
  assertEquals(refused.code, 1);
  assert(new TextDecoder().decode(refused.stderr).includes("/src/cli/ctl/main.ts"));
});

/** The files of a daemon that is ready, without the folder `src/`. `files`: those that it has imported meanwhile. */
async function ofDaemon(...files: string[]): Promise<string[]> {
  const loaded = await loadedAtStart(...["daemon/mod.ts", ...files].map((file) => `${ROOT}src/${file}`));
  return [...loaded].map((specifier) => specifier.slice(ROOT.length + 4));
}

/** Code that some daemons need, but none before it is ready. */
const UNNEEDED =
  /^(control\/(mod|wire\/describe)|daemon\/(boot_record|debugger_port|denied_permission|failure_reports|foreign_files|leftovers|machine_owner|service_lines)|health\/\w+|host\/(keeping\/\w+|leftover_processes|notify\/\w+|own_program|output\/log_file_tail|rotating\/\w+)|rotation\/\w+|schedule\/\w+|system\/(connecting|file_ranges|growth_watch|keeping|line_channel|machine|machine_keys|machine_run|notify_sockets|rotating|stage|watching_health)|watch\/\w+)\.ts$/;
/** Code that only a daemon that takes over needs, or one that is upgraded. */
const OF_HEIRS =
  /^(control\/server\/saved_clients|daemon\/surviving\/(aftermath|check_state|continuation|crash_report|fault_limit|heirloom|launches_finished|upgrade)|engine\/(restoring|saved\/(restore|schemas|description_schema))|host\/(processes\/adopted_ends|saved\/\w+)|system\/(execution|replacing))\.ts$/;
/** Code that lets a daemon outlive its program. */
const OF_SURVIVORS =
  /^(daemon\/surviving\/(?!(daemon_state|no_succession|refused_upgrade)\.)\w+|host\/native_(host|parts)|system\/(fault_\w+|memory_file|own_descriptors|process_handles|signal_mask|surviving))\.ts$/;

Deno.test("the daemon loads before its start no file that only few daemons need", async () => {
  const loaded = await ofDaemon();
  for (const unneeded of [UNNEEDED, OF_HEIRS, OF_SURVIVORS, /^host\/command_host\.ts$/]) {
    assertEquals(loaded.filter((place) => unneeded.test(place)), []);
  }
  // Deno reads each of them at every start.
  assert(loaded.length <= 260, loaded.join("\n"));
});

Deno.test("with the native host, the daemon loads what lets it outlive its program, and not what only its heir needs", async () => {
  const loaded = await ofDaemon("host/native_host.ts", "daemon/surviving/mod.ts");
  for (const unneeded of [UNNEEDED, OF_HEIRS, /^host\/command_host\.ts$/]) {
    assertEquals(loaded.filter((place) => unneeded.test(place)), []);
  }
  // Before the first fault, because it may be a lack of memory or of descriptors.
  for (const needed of ["daemon/surviving/state_memory.ts", "system/fault_handlers.ts"]) {
    assert(loaded.includes(needed), needed);
  }
  assert(loaded.length <= 323, loaded.join("\n"));
});

Deno.test("with the command host, the daemon loads nothing that lets it outlive its program", async () => {
  const loaded = await ofDaemon("host/command_host.ts");
  for (const unneeded of [UNNEEDED, OF_HEIRS, OF_SURVIVORS]) {
    assertEquals(loaded.filter((place) => unneeded.test(place)), []);
  }
  assert(loaded.length <= 273, loaded.join("\n"));
});

Deno.test("the daemon loads its own options at the start, and neither those of the tools nor its help text", async () => {
  const loaded = [...await loadedAtStart(`${ROOT}src/daemon/mod.ts`)].map((one) => one.slice(ROOT.length));
  assertEquals(loaded.filter((place) => place.startsWith("src/options/")).sort(), [
    "src/options/dinit.ts",
    "src/options/mod.ts",
    "src/options/scan.ts",
  ]);
  assert(!loaded.includes("src/daemon/help.ts"));
});
