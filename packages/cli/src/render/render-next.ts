import { symbol, type TerminalStyle } from '../terminal/terminal-style.js';

/** The last line: what to do now. Empty when there is nothing to do. */
export function renderNext(commands: readonly string[], style: TerminalStyle): string[] {
  if (commands.length === 0) return [];
  const line = `Next: ${commands.join(`    ${symbol(style, 'dot')}    `)}`;
  if (line.length <= style.columns) return [line];
  // A command must stay in one piece to be pasted, so commands that do not fit side by side stand under each other.
  return commands.map((command, index) => (index === 0 ? `Next: ${command}` : `      ${command}`));
}
