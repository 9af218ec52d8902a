import type { Questions } from './questions.ts';

/** A password that a command stores: the word itself, with `-` the next line of the standard input, asked for when left out. */
export async function secretWord(questions: Questions, word: string | undefined, question: string): Promise<string> {
  if (word === '-') return await questions.line('the password');
  return word ?? (await questions.secret(question, '- in its place, and give it by the standard input'));
}
