/** Whether a name is a pattern. */
export function isPattern(name: string): boolean {
  return /[*?[]/.test(name);
}
