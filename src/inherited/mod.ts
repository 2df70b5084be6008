/**
 * What the program was started with, as it was: the words of its command line and its environment, as bytes. The
 * runtime makes Unicode of both. Words lose what is not UTF-8, such variables are missing, and asking for one of them is
 * an error. The kernel shows both as they are, to a program that may read all of `/proc`; without that grant the
 * runtime's own texts have to do.
 *
 * @module
 */

export { commandLine, commandLineArguments } from "./command_line.ts";
export { environmentVariable, inheritedEntries, inheritedEnvironment } from "./environment.ts";
export { kernelFile } from "./kernel_file.ts";
