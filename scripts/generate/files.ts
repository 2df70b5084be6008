/** All files that are generated from the table of settings. */

import { SETTING_TABLE, type SettingTable } from "../../src/description/mod.ts";
import { manualPage } from "./manual.ts";
import { serviceTypes } from "./service_types.ts";
import { vimFiletype, vimSyntax } from "./vim.ts";
import { vscodeGrammar, vscodeLanguage, vscodePackage } from "./vscode.ts";

/** The files, by their path in the repository. */
export function generatedFiles(table: SettingTable = SETTING_TABLE): ReadonlyMap<string, string> {
  return new Map([
    ["man/dinit-service.5", manualPage(table)],
    ["src/service/settings.ts", serviceTypes(table)],
    ["contrib/vim/ftdetect/dinit.vim", vimFiletype()],
    ["contrib/vim/syntax/dinit.vim", vimSyntax(table)],
    ["contrib/vscode/package.json", vscodePackage()],
    ["contrib/vscode/language-configuration.json", vscodeLanguage()],
    ["contrib/vscode/syntaxes/dinit.tmLanguage.json", vscodeGrammar(table)],
  ]);
}
