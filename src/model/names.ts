/**
 * Service names (service description 2.1). The full name, `base` or `base@argument`, is the identity of a service;
 * the base name finds its description file.
 */

/** Whether a full name is valid: not empty, and not beginning with `.` or `@`. */
export function isValidServiceName(name: string): boolean {
  return name !== "" && name[0] !== "." && name[0] !== "@";
}

/** The part of a full name before the first `@`. */
export function baseName(fullName: string): string {
  const at = fullName.indexOf("@");
  return at === -1 ? fullName : fullName.slice(0, at);
}

/** The part of a full name behind the first `@`, possibly empty; `undefined` if there is no `@`. */
export function nameArgument(fullName: string): string | undefined {
  const at = fullName.indexOf("@");
  return at === -1 ? undefined : fullName.slice(at + 1);
}
