/** Says what happens, and remembers how long each step took. */
export interface Steps {
  readonly say: (line: string) => void;
  run<Result>(name: string, title: string, step: () => Promise<Result>): Promise<Result>;
  /** `prepare 24.1 s, plan 6.2 s`, with what took no time left out. */
  times(): string;
}

export function createSteps(write: (line: string) => void): Steps {
  const taken: { readonly name: string; readonly ms: number }[] = [];
  return {
    say: write,
    async run(name, title, step) {
      write(`\n== ${name}: ${title}`);
      const started = performance.now();
      try {
        return await step();
      } finally {
        taken.push({ name, ms: performance.now() - started });
      }
    },
    times: () =>
      taken
        .filter(({ ms }) => ms >= 50)
        .map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(1)} s`)
        .join(', '),
  };
}
