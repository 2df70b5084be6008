/** What a start gives to the processes of a service, besides what its description says. */
export interface StartParameters {
  /** Variables for the environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** The text on standard input of its command. */
  readonly input: string;
}
