import { mayLoseDigits } from '../../model/json/digit-scan.js';
import { isDoubleText } from '../../model/json/exact-number.js';
import { parseWithInexact } from '../../model/json/keep-digits.js';
import { AnswerRefused, brokenProtocol, quoteLine } from './process-fault.js';

export type Answer = Readonly<Record<string, unknown>>;

/** What some languages write for numbers that JSON does not have. */
const notNumbers = /[[:,]\s*(NaN|-?Infinity)\s*[\]},]/;

/**
 * Reads a line as the answer to one message.
 * @param batch null for the answer to `hello`
 * @throws ProcessBroken when it is something else
 * @throws AnswerRefused `non-json-value` when only a number is in the way that JSON does not have
 */
export function readAnswer(line: string, type: string, batch: number | null): Answer {
  return requireAnswer(readAnyAnswer(line), type, batch);
}

/** Reads a line as an answer of any type. @throws ProcessBroken, AnswerRefused as `readAnswer` does */
export function readAnyAnswer(line: string): Answer {
  let answer: unknown;
  try {
    answer = mayLoseDigits(Buffer.from(line, 'utf8')) ? parseWithInexact(line, isDoubleText)?.value : undefined;
    answer ??= JSON.parse(line);
  } catch {
    const number = line.startsWith('{') ? notNumbers.exec(line)?.[1] : undefined;
    if (number !== undefined)
      throw new AnswerRefused('non-json-value', `its answer holds ${number}, which JSON does not have`);
    throw brokenProtocol(`it printed something that is not JSON: ${quoteLine(line)}`);
  }
  if (!isRecord(answer)) throw brokenProtocol(`it answered with something that is not an object: ${quoteLine(line)}`);
  return answer;
}

/** @throws ProcessBroken when the answer is of another type, or about another batch */
export function requireAnswer(answer: Answer, type: string, batch: number | null): Answer {
  if (answer['type'] !== type) {
    const shown = JSON.stringify(answer).slice(0, 200);
    throw brokenProtocol(`it answered ${quoteLine(String(answer['type']))} where ${type} was due: ${quoteLine(shown)}`);
  }
  if (batch !== null && answer['batch'] !== batch) {
    throw brokenProtocol(`it answered for batch ${JSON.stringify(answer['batch'])} where ${batch} was due`);
  }
  return answer;
}

export function isRecord(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
