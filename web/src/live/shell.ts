// Words of a command line, as a shell takes them apart and as it wants them written.
// Tested in test/live-words.test.mjs.

/** Why a line cannot be taken apart: a sentence for the reader. */
export class ShellError extends Error {}

const QUIET = /^[A-Za-z0-9_@%+=:,./\-[\]]+$/;
/** What a shell would act on, and this page does not. */
const ACTIVE = new Set("|&;<>()$`*?#~!{}");

/** Takes a line apart: blanks separate words; quotes and backslashes keep blanks in them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: "'" | '"' | null = null;
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i]!;
    if (quote !== null) {
      if (c === quote) quote = null;
      else if (c === "\\" && quote === '"' && '"\\$`'.includes(line[i + 1] ?? " ")) word += line[(i += 1)]!;
      else word += c;
    } else if (c === "'" || c === '"') {
      quote = c;
      word ??= "";
    } else if (c === "\\") {
      if (i + 1 === line.length) throw new ShellError("The flags end with a backslash, and nothing follows it.");
      word = (word ?? "") + line[(i += 1)]!;
    } else if (/\s/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (ACTIVE.has(c)) {
      throw new ShellError(`A shell would act on the ${c} in the flags. Put the word in quotes: '…${c}…'.`);
    } else {
      word = (word ?? "") + c;
    }
  }
  if (quote !== null) throw new ShellError(`In the flags a quote is opened by ${quote}, and is not closed.`);
  if (word !== null) words.push(word);
  return words;
}

/** A word as it can be typed into a shell. */
export function quoteWord(word: string): string {
  return QUIET.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The line that runs the program with these words. */
export function commandLine(args: string[]): string {
  return ["barewire", ...args].map(quoteWord).join(" ");
}
