import type { ConformanceCheck, ConformanceReport } from '@eventmend/core/engine';
import { countOf, formatCount } from '../terminal/format.js';
import { paragraph } from '../terminal/labelled.js';
import { paint, symbol, type Look, type Paint } from '../terminal/look.js';
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
  look: Look,
): string[] {
  const count = (result: ConformanceCheck['result']) => checks.filter((check) => check.result === result).length;
  const name = worker === null ? 'no worker' : `${worker.name}@${worker.version}`;
  const tried = `tried with ${countOf(events.handled, 'event')} ${file === null ? 'that are made up' : `of ${file}`}`;
  const verdict = conforms
    ? count('not-checked') === 0
      ? paint(look, 'good', 'it follows the protocol')
      : paint(look, 'warn', 'no fault was found')
    : paint(look, 'bad', 'it does not follow the protocol');
  const sums = `${countOf(count('passed'), 'check')} passed, ${formatCount(count('failed'))} failed, ${formatCount(count('not-checked'))} not checked`;
  return [
    ...paragraph(look, `Worker process ${words.map(shellWord).join(' ')}: ${name}, ${tried}`).map((line, index) =>
      index === 0 ? paint(look, 'strong', line) : line,
    ),
    ...checks.flatMap((check) => renderCheck(check, look)),
    `${sums}: ${verdict}`,
    ...(events.from === 'made-up'
      ? paragraph(
          look,
          'note: made-up events cannot show what the handler does with real ones; give some with --events',
        )
      : []),
  ];
}

function renderCheck({ name, expected, result, got }: ConformanceCheck, look: Look): string[] {
  const [sign, color] = signs[result];
  const signWidth = look.unicode ? 1 : 6;
  const left = `  ${paint(look, color, padText(symbol(look, sign), signWidth))} `;
  const texts = {
    passed: `${name}: ${got}`,
    failed: `${name}: expected: ${expected}; got: ${got}`,
    'not-checked': `${name}: not checked: ${got}`,
  };
  return wrapText(safeText(texts[result]), look.columns - signWidth - 5).map((line, index) =>
    index === 0 ? left + line : ' '.repeat(signWidth + 5) + line,
  );
}
