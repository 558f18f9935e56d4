import type { DemoPlace } from '../prepare/demo-place.js';
import { eventmendFailure, runEventmend } from '../prepare/run-eventmend.js';

/** Says the story, and runs its commands. */
export interface Teller {
  say(...lines: readonly string[]): void;
  heading(text: string): void;
  /**
   * Shows a command, runs it, and gives back the JSON document that it prints.
   * @throws EventmendFailure for another exit code than 0
   */
  command<Document>(...words: readonly string[]): Promise<Document>;
}

/** What a person would type: the flags that only make the output readable for a program are not shown. */
export function createTeller(place: DemoPlace, write: (line: string) => void): Teller {
  return {
    say: (...lines) => {
      for (const line of lines) write(`  ${line}`);
    },
    heading: (text) => {
      write('');
      write(`== ${text}`);
    },
    async command<Document>(...words: readonly string[]) {
      write(`$ eventmend ${words.join(' ')}`);
      const args = [...words, '--json', '--quiet'];
      const { exitCode, stdout } = await runEventmend(args, { cwd: place.folder, show: false });
      if (exitCode !== 0) throw eventmendFailure(words, exitCode);
      return JSON.parse(stdout) as Document;
    },
  };
}

/** `1,234`. */
export function count(number: number): string {
  return number.toLocaleString('en');
}

/** `103 missed, 103 twice`, without those that are none. */
export function listOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${count(number)} ${name}`)
    .join(', ');
}
