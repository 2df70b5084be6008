/** The files of an installation. */

import { bashCompletion } from "../../src/cli/completion/bash.ts";
import { fishCompletion } from "../../src/cli/completion/fish.ts";
import { LINKED_TOOLS, SHUTDOWN } from "../../src/options/programs.ts";
import { zshCompletion } from "../../src/cli/completion/zsh.ts";
import { manualSources } from "../../src/cli/manual/main.ts";
import { manualPage } from "../generate/manual.ts";
import { SHUTDOWN_PROGRAMS } from "../../src/options/program_names.ts";
import { KERNEL_LAUNCHER, kernelLauncher, PROGRAM_LINKS } from "./launchers.ts";
import type { InstallOptions } from "./options.ts";

/** One file of the installation: a copy, a text, or a link. */
export interface InstalledFile {
  /** Its place in the running system: without `DESTDIR`. */
  readonly path: string;
  /** @default false */
  readonly executable?: boolean;
  readonly content:
    | { readonly copyOf: string }
    | { readonly text: string }
    | { readonly linkTo: string };
  /** A link whose name another init may own. @default false */
  readonly contested?: boolean;
  /** The path of the program for this manual page, if another init may own it. @default undefined */
  readonly pageOf?: string;
}

/** All files, in the order in which they are written. */
export function installedFiles(options: InstallOptions): readonly InstalledFile[] {
  return [...programs(options), ...manual(options), ...completions(options)];
}

/**
 * The tools are links to the program. Links in another directory use its full path: `..` would be wrong if one of the
 * directories is itself a link, such as `/sbin`.
 */
function programs({ prefix, sbindir, dist, shutdown }: InstallOptions): InstalledFile[] {
  const bindir = `${prefix}/bin`;
  const program = `${bindir}/dinit`;
  return [
    { path: program, executable: true, content: { copyOf: `${dist}/dinit` } },
    ...PROGRAM_LINKS.filter(({ isShutdown }) => shutdown || !isShutdown).map(({ name, isShutdown }) => {
      const directory = isShutdown ? sbindir : bindir;
      return {
        path: `${directory}/${name}`,
        content: { linkTo: directory === bindir ? "dinit" : program },
        contested: isShutdown,
      };
    }),
    { path: `${sbindir}/${KERNEL_LAUNCHER}`, executable: true, content: { text: kernelLauncher(program) } },
  ];
}

function manual({ mandir, sbindir, shutdown }: InstallOptions): InstalledFile[] {
  const [main, ...others]: readonly string[] = SHUTDOWN_PROGRAMS;
  const pages = [...manualSources()].filter(([name]) => shutdown || name !== main);
  const page = (name: string, text: string): InstalledFile => ({
    path: `${mandir}/man8/${name}.8`,
    content: { text },
    pageOf: [main, ...others].includes(name) ? `${sbindir}/${name}` : undefined,
  });
  return [
    ...pages.map(([name, text]) => page(name, text)),
    ...(shutdown ? others : []).map((name) => page(name, `.so man8/${main}.8\n`)),
    { path: `${mandir}/man5/dinit-service.5`, content: { text: manualPage() } },
  ];
}

/** Shells search by the name of the command. The file of `dinit` is for all tools. */
function completions({ prefix }: InstallOptions): InstalledFile[] {
  const share = `${prefix}/share`;
  const names = LINKED_TOOLS.filter((tool) => tool !== SHUTDOWN).map(({ name }) => name);
  return [
    { path: `${share}/bash-completion/completions/dinit`, content: { text: bashCompletion() } },
    ...names.map((name) => ({
      path: `${share}/bash-completion/completions/${name}`,
      content: { linkTo: "dinit" },
    })),
    { path: `${share}/zsh/site-functions/_dinit`, content: { text: zshCompletion() } },
    // Debian's zsh searches packaged completions in a separate directory.
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
