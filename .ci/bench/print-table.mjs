import { styleText } from 'node:util';
import { passesBar } from './judge-result.mjs';

/** Three digits say all that a figure of a bench can tell. */
export const shownNumber = (number) => (Math.abs(number) >= 100 ? number.toFixed(0) : number.toPrecision(3));

/** The results as a table with a verdict for each bar. */
export function benchTable(results) {
  const header = ['name', 'value', 'unit', 'bar', '', 'min … max', 'against'];
  const rows = results.map(({ name, value, unit, floor, peer, bar, runs }) => {
    const passed = passesBar(value, bar);
    const verdict = passed === undefined ? '?' : passed ? 'passes' : 'below';
    const against = [floor, peer].filter((text) => text !== null).join('; ');
    return [name, shownNumber(value), unit, bar, verdict, `${shownNumber(runs[0])} … ${shownNumber(runs[2])}`, against];
  });
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd();
  return [styleText('bold', line(header)), ...rows.map(line)].join('\n');
}
