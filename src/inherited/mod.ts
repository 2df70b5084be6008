/**
 * The command line and the environment that the program was started with, as bytes. The runtime decodes both as
 * Unicode: arguments lose bytes that are not UTF-8, and such variables are missing or cause an error. The kernel shows
 * the bytes to a program that may read all of `/proc`. Without this grant, the runtime's texts must do.
 *
 * @module
 */

export { commandLine, commandLineArguments } from "./command_line.ts";
export { environmentVariable, inheritedEntries, inheritedEnvironment } from "./environment.ts";
export { kernelFile } from "./kernel_file.ts";
