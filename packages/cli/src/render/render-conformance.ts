import type { ConformanceCheck, ConformanceReport } from '@eventmend/core/engine';
import { countOf, formatCount } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { paint, symbol, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { safeText } from '../terminal/safe-text.js';
import { shellWord } from '../terminal/shell-word.js';
import { padText, wrapText } from '../terminal/text-width.js';

const signs: Record<ConformanceCheck['result'], readonly ['passed' | 'failed' | 'unchecked', Paint]> = {
  passed: ['passed', 'good'],
  failed: ['failed', 'bad'],
  'not-checked': ['unchecked', 'dim'],
};

/** Every check with what the process did; where it failed, also what was expected. `file` is where its events came from. */
export function renderConformance(
  words: readonly string[],
  file: string | null,
  { conforms, worker, events, checks }: ConformanceReport,
  style: TerminalStyle,
): string[] {
  const count = (result: ConformanceCheck['result']) => checks.filter((check) => check.result === result).length;
  const name = worker === null ? 'no worker' : `${worker.name}@${worker.version}`;
  const tried = `tried with ${countOf(events.handled, 'event')} ${file === null ? 'that are made up' : `of ${file}`}`;
  const verdict = conforms
    ? count('not-checked') === 0
      ? paint(style, 'good', 'it follows the protocol')
      : paint(style, 'warn', 'no fault was found')
    : paint(style, 'bad', 'it does not follow the protocol');
  const sums = `${countOf(count('passed'), 'check')} passed, ${formatCount(count('failed'))} failed, ${formatCount(count('not-checked'))} not checked`;
  return [
    ...paragraph(style, `Worker process ${words.map(shellWord).join(' ')}: ${name}, ${tried}`).map((line, index) =>
      index === 0 ? paint(style, 'strong', line) : line,
    ),
    ...checks.flatMap((check) => renderCheck(check, style)),
    `${sums}: ${verdict}`,
    ...(events.from === 'made-up'
      ? paragraph(
          style,
          'note: made-up events cannot show what the handler does with real ones; give some with --events',
        )
      : []),
  ];
}

function renderCheck({ name, expected, result, got }: ConformanceCheck, style: TerminalStyle): string[] {
  const [sign, color] = signs[result];
  const signWidth = style.unicode ? 1 : 6;
  const left = `  ${paint(style, color, padText(symbol(style, sign), signWidth))} `;
  const texts = {
    passed: `${name}: ${got}`,
    failed: `${name}: expected: ${expected}; got: ${got}`,
    'not-checked': `${name}: not checked: ${got}`,
  };
  return wrapText(safeText(texts[result]), style.columns - signWidth - 5).map((line, index) =>
    index === 0 ? left + line : ' '.repeat(signWidth + 5) + line,
  );
}
