/** A summary for whoever listens: people by e-mail, programs by their attributes. */
export interface TopicMessage {
  /** One line for people. What a topic does not carry is replaced, what is too long is cut. */
  readonly subject: string;
  /** Text of at most 256 KiB with the attributes; documents are linked, not sent. */
  readonly text: string;
  /** What listeners filter by: names of `[A-Za-z0-9_.-]`, at most ten, values that are not empty. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Where summaries are published, at least once. */
export interface Topic {
  /** Hands the message to the topic; who listens is its affair. Throws `input/too-large` over 256 KiB. */
  publish(message: TopicMessage): Promise<void>;
}
