/** A word that a command takes. */
export interface Argument {
  readonly name: string;
  readonly help: string;
  readonly optional?: true;
  /** Takes all words that are left; stands last. */
  readonly many?: true;
  /** Only these; shells offer them. */
  readonly choices?: readonly string[];
  /** Shells offer them, and others are taken too. */
  readonly examples?: readonly string[];
}

/** An option of a command, or of all. */
export interface OptionLine {
  readonly name: string;
  readonly short?: string;
  /** What its value is called in help; a switch has none. */
  readonly value?: string;
  readonly help: string;
  /** May be given again and again. */
  readonly many?: true;
  readonly choices?: readonly string[];
  /** Left out of help and of what shells offer: for command lines of the original's client alone. */
  readonly hidden?: true;
}

/** What stands behind the words of a command. */
export interface Takes {
  readonly arguments?: readonly Argument[];
  readonly options?: readonly OptionLine[];
}
