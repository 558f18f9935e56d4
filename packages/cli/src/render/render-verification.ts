import type { Verification } from '@eventmend/core';
import type { VerificationCheck } from '@eventmend/core/engine';
import { countOf, formatCount } from '../terminal/format.js';
import { labelled } from '../terminal/labelled.js';
import { paint, symbol, type TerminalStyle, type Paint } from '../terminal/terminal-style.js';
import { padText, wrapText } from '../terminal/text-width.js';
import { safeText } from '../terminal/safe-text.js';
import { describeCheckDetail, describeCheckName } from './describe-check-detail.js';
import { describeMissing, describeVerdict, verdictPaint } from './render-run.js';

const signs: Record<VerificationCheck['result'], readonly ['passed' | 'failed' | 'unchecked', Paint]> = {
  passed: ['passed', 'good'],
  failed: ['failed', 'bad'],
  'not-checked': ['unchecked', 'dim'],
};

/** Every check with its evidence; what was not checked is listed as such. */
export function renderVerification(verification: Verification, style: TerminalStyle): string[] {
  const { verdict, checks } = verification;
  const signWidth = style.unicode ? 1 : 6;
  const unchecked = checks.filter(({ result }) => result === 'not-checked').length;
  const failed = checks.filter(({ result }) => result === 'failed').length;
  const passed = checks.length - unchecked - failed;
  return [
    `${paint(style, 'strong', `Verification of ${verification.runId}`)}   verdict: ${paint(style, verdictPaint(verdict), describeVerdict(verdict))}`,
    ...describeMissing(verdict).flatMap((missing) => labelled(style, 'missing', missing)),
    ...checks.flatMap((check) => renderCheck(check, signWidth, style)),
    ...describeInvariants(checks).flatMap((text) => labelled(style, 'invariants', text)),
    ...Object.entries(verification.measures).flatMap(([name, value]) =>
      labelled(style, 'measure', `${name} = ${formatCount(value)}`),
    ),
    `${countOf(passed, 'check')} passed, ${formatCount(failed)} failed, ${formatCount(unchecked)} not checked`,
  ];
}

/** `3 of 3 invariants hold`; nothing where the worker declares none. */
function describeInvariants(checks: Verification['checks']): readonly string[] {
  const own = checks.filter(({ detail }) => detail.kind === 'invariant');
  if (own.length === 0) return [];
  const holding = own.filter(({ result }) => result === 'passed').length;
  return [`${formatCount(holding)} of ${countOf(own.length, 'invariant')} ${holding === 1 ? 'holds' : 'hold'}`];
}

function renderCheck(check: VerificationCheck, signWidth: number, style: TerminalStyle): string[] {
  const [sign, color] = signs[check.result];
  const left = `  ${paint(style, color, padText(symbol(style, sign), signWidth))} `;
  const notChecked = check.result === 'not-checked' ? 'not checked: ' : '';
  const text = safeText(`${describeCheckName(check)}: ${notChecked}${describeCheckDetail(check)}`);
  return wrapText(text, style.columns - signWidth - 3).map((line, index) =>
    index === 0 ? left + line : ' '.repeat(signWidth + 5) + line,
  );
}
