/** Where results go: what this process was given as stdout. */
export interface ResultStream {
  readonly isTTY: boolean;
  readonly columns: number;
  /** @param written called when the text has left this process */
  write(text: string, written?: () => void): boolean;
}

/**
 * Takes stdout for results alone: what a module of the user prints while it is loaded goes to stderr from here on, so that
 * `--json` stays one document.
 */
export function takeStdout(): ResultStream {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
  return {
    write: (text, written) => write(text, written),
    get isTTY() {
      return stdout.isTTY;
    },
    get columns() {
      return stdout.columns;
    },
  };
}
