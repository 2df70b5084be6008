/** What an installation consists of. */

import { bashCompletion } from "../../src/cli/completion/bash.ts";
import { fishCompletion } from "../../src/cli/completion/fish.ts";
import { TOOLS } from "../../src/cli/completion/grammar.ts";
import { zshCompletion } from "../../src/cli/completion/zsh.ts";
import { manualSources } from "../../src/cli/manual.ts";
import { HELP_TEXT } from "../../src/daemon/help.ts";
import { manualPage } from "../generate/manual.ts";
import { LAUNCHERS, launcherText, SHUTDOWN_NAMES } from "./launchers.ts";
import type { InstallOptions } from "./options.ts";

/** One file of the installation: a copy, a text, or a link. */
export interface InstalledFile {
  /** Where it is when the system runs: without `DESTDIR`. */
  readonly path: string;
  /** @default false */
  readonly executable?: boolean;
  readonly content:
    | { readonly copyOf: string }
    | { readonly text: string }
    | { readonly linkTo: string };
  /** A launcher under a name that another init may own. @default false */
  readonly contested?: boolean;
  /** The path of the launcher whose manual page this is, if another init may own that. @default undefined */
  readonly pageOf?: string;
}

/** All files, in the order in which they are written. */
export function installedFiles(options: InstallOptions): readonly InstalledFile[] {
  return [...programs(options), ...manual(options), ...completions(options)];
}

/** Launchers name the program by its path: `/usr/sbin` and `/usr/bin` are different directories. */
function programs({ prefix, sbindir, dist, shutdown }: InstallOptions): InstalledFile[] {
  const program = `${prefix}/bin/dinit`;
  return [
    { path: program, executable: true, content: { copyOf: `${dist}/dinit` } },
    ...LAUNCHERS.filter(({ kind }) => shutdown || kind !== "shutdown").map((launcher) => ({
      path: launcher.kind === "tool" ? `${prefix}/bin/${launcher.name}` : `${sbindir}/${launcher.name}`,
      executable: true,
      content: { text: launcherText(launcher, program) },
      contested: launcher.kind === "shutdown",
    })),
  ];
}

function manual({ mandir, sbindir, shutdown }: InstallOptions): InstalledFile[] {
  const [main, ...others] = SHUTDOWN_NAMES;
  const pages = [...manualSources(HELP_TEXT)].filter(([name]) => shutdown || name !== main);
  const page = (name: string, text: string): InstalledFile => ({
    path: `${mandir}/man8/${name}.8`,
    content: { text },
    pageOf: SHUTDOWN_NAMES.includes(name) ? `${sbindir}/${name}` : undefined,
  });
  return [
    ...pages.map(([name, text]) => page(name, text)),
    ...(shutdown ? others : []).map((name) => page(name, `.so man8/${main}.8\n`)),
    { path: `${mandir}/man5/dinit-service.5`, content: { text: manualPage() } },
  ];
}

/** Where shells look by the name of the command. The file of `dinit` is for all tools. */
function completions({ prefix }: InstallOptions): InstalledFile[] {
  const share = `${prefix}/share`;
  const names = TOOLS.map(({ name }) => name);
  return [
    { path: `${share}/bash-completion/completions/dinit`, content: { text: bashCompletion() } },
    ...names.map((name) => ({
      path: `${share}/bash-completion/completions/${name}`,
      content: { linkTo: "dinit" },
    })),
    { path: `${share}/zsh/site-functions/_dinit`, content: { text: zshCompletion() } },
    // Debian's zsh looks for what packages bring in a directory of its own.
    {
      path: `${share}/zsh/vendor-completions/_dinit`,
      content: { linkTo: "../site-functions/_dinit" },
    },
    { path: `${share}/fish/vendor_completions.d/dinit.fish`, content: { text: fishCompletion() } },
    ...names.map((name) => ({
      path: `${share}/fish/vendor_completions.d/${name}.fish`,
      content: { linkTo: "dinit.fish" },
    })),
  ];
}
