/** The name of the unit for a service: an argument makes an instance, whose text is written for itself. */
export function unitNameOf(service: string): string {
  return `${service.replaceAll(/[^\w@.:-]/g, "-")}.service`;
}
