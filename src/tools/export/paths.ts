/** A path as an absolute one: relative paths begin at a folder. @param folder @default the working directory */
export function absolutePath(path: string, folder = Deno.cwd()): string {
  if (path.startsWith("/")) return path;
  const base = folder.startsWith("/") ? folder : `${Deno.cwd()}/${folder}`;
  return `${base.replace(/\/+$/, "")}/${path.replace(/^(\.\/)+/, "")}`.replace(/\/+\.?$/, "");
}
