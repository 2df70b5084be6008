/** What a start gives to the processes of a service, besides what its description says. */
export interface StartParameters {
  /** Variables for the environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The text on standard input of its command. */
  readonly input: string;
  /** Only the next process gets this, and its successors do not. @default absent, they do */
  readonly once?: boolean;
}
