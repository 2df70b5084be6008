/** What an export is asked for, and what it makes. */

/** The names of an export. */
export interface ExportRequest {
  /** The name of the application. */
  readonly name: string;
  /** The services that were asked for; the others are exported because of them. */
  readonly roots: readonly string[];
  /** The image of containers. */
  readonly image: string;
  /** The services that each get a separate pod. */
  readonly split: readonly string[];
  /** Whether scheduled services become CronJobs. */
  readonly splitJobs: boolean;
}
