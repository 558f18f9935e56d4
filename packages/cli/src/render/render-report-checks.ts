import type { SealJson } from '../documents/report-document.js';
import type { ReportCheck } from '../report/seal/check-seal.js';
import { countOf, formatCount } from '../terminal/format.js';
import { safeText } from '../terminal/safe-text.js';
import { paint, symbol, type Paint, type TerminalStyle } from '../terminal/terminal-style.js';
import { padText, wrapText } from '../terminal/text-width.js';

const signs: Record<ReportCheck['result'], readonly ['passed' | 'failed' | 'unchecked', Paint]> = {
  passed: ['passed', 'good'],
  failed: ['failed', 'bad'],
  'not-checked': ['unchecked', 'dim'],
};

/** Whether a report still says what its run and inputs say, check by check. */
export function renderReportChecks(seal: SealJson | null, checks: readonly ReportCheck[], style: TerminalStyle): string[] {
  const of = (wanted: ReportCheck['result']): number => checks.filter(({ result }) => result === wanted).length;
  const verdict = of('failed') > 0 ? 'does not hold' : of('not-checked') > 0 ? 'holds as far as it was checked' : 'holds';
  const about = seal === null ? 'Report' : `Report of ${safeText(seal.runId)}, made ${safeText(seal.made.at)}`;
  return [
    `${paint(style, 'strong', about)}   ${paint(style, of('failed') > 0 ? 'bad' : 'good', verdict)}`,
    ...checks.flatMap((check) => renderCheck(check, style)),
    `${countOf(of('passed'), 'check')} passed, ${formatCount(of('failed'))} failed, ${formatCount(of('not-checked'))} not checked`,
  ];
}

function renderCheck({ name, result, detail }: ReportCheck, style: TerminalStyle): string[] {
  const width = style.unicode ? 1 : 6;
  const [sign, color] = signs[result];
  const left = `  ${paint(style, color, padText(symbol(style, sign), width))} `;
  const text = safeText(`${name}: ${result === 'not-checked' ? 'not checked: ' : ''}${detail}`);
  return wrapText(text, style.columns - width - 3).map((line, index) => (index === 0 ? left + line : ' '.repeat(width + 5) + line));
}
