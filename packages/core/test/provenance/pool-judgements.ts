/** What an oracle of provenance finds in one recovery. */
interface Judgement {
  readonly wrong: readonly { readonly kind: string; readonly text: string }[];
  /** Words given, by the best that could have been. */
  readonly words: readonly { readonly best: string; readonly given: string }[];
  readonly verdict: string;
  readonly verdictAtBest: string;
}

export interface PooledSeeds {
  readonly first: number;
  readonly incidents: number;
  /** Incidents of which a word was once wrong, whatever the seeds of a run are. */
  readonly onceWrong: readonly number[];
  /** Codes of what a user cannot do; any other refusal is an error of the test or of the tool. */
  readonly refusals: readonly string[];
}

export interface PooledJudgements {
  readonly wrong: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * Judges an incident for each seed. What is wrong is printed as it is found, the counts at the end.
 * @param judge gives the text of a refusal, which begins with its code, where there is nothing to judge
 */
export async function poolJudgements(
  { first, incidents, onceWrong, refusals }: PooledSeeds,
  judge: (seed: number) => Promise<string | Judgement>,
): Promise<PooledJudgements> {
  const counts: Record<string, number> = {};
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  const wrong: string[] = [];
  const tell = (text: string): void => {
    wrong.push(text);
    process.stderr.write(`${text}\n`);
  };
  const seeds = Array.from({ length: incidents }, (_, number) => first + number);
  for (const seed of new Set([...seeds, ...onceWrong])) {
    const judged = await judge(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    if (typeof judged === 'string') {
      const [code = ''] = judged.split(':');
      count(`refused: ${code}`);
      if (!refusals.includes(code)) tell(`seed ${seed} ${judged}`);
      continue;
    }
    for (const { kind, text } of judged.wrong) tell(`seed ${seed} ${kind}: ${text}`);
    for (const { best, given } of judged.words) count(`${best} called ${given}`);
    count(`verdict ${judged.verdictAtBest} called ${judged.verdict}`);
  }
  process.stderr.write(`words: ${incidents} incidents from seed ${first}: ${JSON.stringify(counts)}\n`);
  return { wrong, counts };
}
