const keptBytes = 4096;
const shownLines = 5;

/** The last few kilobytes of what a process printed on stderr: enough for an error message, however much it prints. */
export class StderrTail {
  #tail: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): void {
    const recent = chunk.subarray(-keptBytes);
    this.#tail = Buffer.concat([this.#tail, recent]).subarray(-keptBytes);
  }

  /** The last lines, or '' where it printed nothing. */
  get text(): string {
    const lines = this.#tail.toString('utf8').trimEnd().split('\n');
    return lines.slice(-shownLines).join('\n').trim();
  }
}
