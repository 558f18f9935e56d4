/** One word of a command that the reader may paste: quoted only where a POSIX shell would need it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command of this program, ready to paste. */
export function eventmendCommand(...words: readonly string[]): string {
  return ['eventmend', ...words.map(shellWord)].join(' ');
}
