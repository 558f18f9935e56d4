import { isRecoveryError, type RecoveryError } from '@eventmend/core';
import { renderRefusals } from './render-refusals.js';
import { labelled, paragraph } from '../terminal/labelled.js';
import { paint, symbol, type TerminalStyle } from '../terminal/terminal-style.js';
import { safeLines, safeText } from '../terminal/safe-text.js';
import { wrapText } from '../terminal/text-width.js';

/** An error as people see it: what happened, why, what to do, and which exit code a script will see. */
export function renderError(error: unknown, style: TerminalStyle, debug: boolean): string[] {
  return debug ? [...pictureOf(error, style), ...stackOf(error)] : pictureOf(error, style);
}

/** Exit code for an error: documented ones have their own, everything unexpected has 1. */
export function exitCodeOf(error: unknown): number {
  return isRecoveryError(error) ? error.exitCode : 1;
}

function pictureOf(error: unknown, style: TerminalStyle): string[] {
  if (!isRecoveryError(error)) {
    return [
      ...headline('error:', `unexpected: ${error instanceof Error ? error.message : String(error)}`, style),
      ...labelled(style, 'do', 'run the same command with --debug and report what it prints', 4),
      `  exit 1`,
    ];
  }
  if (error.code === 'interrupted') return stoppedPicture(error, style);
  const lines = headline(`error ${error.number}:`, error.message, style);
  const why = causeOf(error);
  if (why !== null) lines.push(...labelled(style, 'why', why, 4));
  if (isAboutChoice(error)) lines.push(...renderRefusals(error.details, style));
  if (error.hint !== undefined) lines.push(...labelled(style, 'do', error.hint, 4));
  lines.push(`  exit ${error.exitCode} ${symbol(style, 'dot')} docs/errors.md#${error.number.toLowerCase()}`);
  return lines;
}

function isAboutChoice({ code }: RecoveryError): boolean {
  return code === 'no-feasible-strategy' || code === 'limits-not-held';
}

/** Having stopped when asked to is no failure, and does not look like one; the command that resumes stands below. */
function stoppedPicture(error: RecoveryError, style: TerminalStyle): string[] {
  const message = error.message.charAt(0).toUpperCase() + error.message.slice(1);
  return [
    ...paragraph(style, message),
    `  exit ${error.exitCode} ${symbol(style, 'dot')} docs/errors.md#${error.number.toLowerCase()}`,
  ];
}

function headline(prefix: string, message: string, style: TerminalStyle): string[] {
  const [first = '', ...rest] = safeLines(message);
  const lines = wrapText(`${prefix} ${first}`, style.columns - 2);
  const body = [...lines.slice(1), ...rest.flatMap((line) => wrapText(line, style.columns - 2))];
  const head = lines[0] ?? prefix;
  return [paint(style, 'bad', prefix) + head.slice(prefix.length), ...body.map((line) => `  ${line}`)];
}

/** The message of the cause, where it says something that the error itself does not. */
function causeOf(error: Error): string | null {
  const { cause } = error;
  if (!(cause instanceof Error) || cause.message === '' || error.message.includes(cause.message)) return null;
  // That a file is not there, the error has said in better words.
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
  return cause.message.split('\n')[0] ?? null;
}

function stackOf(error: unknown): string[] {
  const lines: string[] = [];
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth++) {
    if (depth > 0) lines.push('caused by');
    lines.push(...(at.stack ?? String(at)).split('\n').map(safeText));
  }
  return lines;
}
