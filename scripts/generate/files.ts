/** All files that are generated from the table of settings. */

import { manualPage } from "./manual.ts";
import { vimFiletype, vimSyntax } from "./vim.ts";
import { vscodeGrammar, vscodeLanguage, vscodePackage } from "./vscode.ts";

/** The files, by their path in the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["man/dinit-service.5", manualPage()],
    ["contrib/vim/ftdetect/dinit.vim", vimFiletype()],
    ["contrib/vim/syntax/dinit.vim", vimSyntax()],
    ["contrib/vscode/package.json", vscodePackage()],
    ["contrib/vscode/language-configuration.json", vscodeLanguage()],
    ["contrib/vscode/syntaxes/dinit.tmLanguage.json", vscodeGrammar()],
  ]);
}
