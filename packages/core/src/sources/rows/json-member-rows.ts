import { isUtf8 } from 'node:buffer';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { mayLoseDigits } from '../../model/json/digit-scan.js';
import { parseWithInexact } from '../../model/json/keep-digits.js';
import { openByteChunks } from './byte-chunks.js';
import { detectRowFormat } from './detect-row-format.js';
import { noConversions, type RowBatch, type RowReader } from './row-source.js';
import { MemberScanner, NoObject, type ScannedMember } from './scan-members.js';

/**
 * A file that is one JSON document, and of it the members of one object as rows `{key, value}`: a state with a member a key.
 * Read in pieces; memory follows the largest member.
 * @param path names that lead to the object; empty for the document itself
 */
export function readJsonMembers(file: string, path: readonly string[]): RowReader {
  const chunks = openByteChunks(file, detectRowFormat(file).compression, 0);
  const scanner = new MemberScanner(path);
  let rows = 0;
  let ended = false;

  function batchOf(members: readonly ScannedMember[]): RowBatch {
    const before = rows;
    const values: unknown[] = [];
    const inexact = new Set<number>();
    for (const member of members) {
      const parsed = parseMember(file, member);
      if (parsed.isInexact) inexact.add(values.length);
      values.push(parsed.row);
    }
    rows += values.length;
    return {
      count: values.length,
      values,
      inexact: inexact.size === 0 ? null : inexact,
      text: (index) => members[index]?.bytes.toString('utf8') ?? null,
      bytes: (index) => members[index]?.bytes ?? null,
      place: (index) => ({ file, unit: 'row', number: before + index + 1, byte: members[index]?.at ?? null }),
      positionAfter: (index) => ({ rows: before + index + 1, lines: before + index + 1, byte: null }),
    };
  }

  async function next(): Promise<RowBatch | null> {
    try {
      while (!ended) {
        const chunk = await chunks.next();
        if (chunk === null) {
          ended = true;
          scanner.end();
          break;
        }
        const members = scanner.take(chunk);
        if (members.length > 0) return batchOf(members);
      }
      return null;
    } catch (error) {
      ended = true;
      if (!(error instanceof NoObject)) throw error;
      throw unreadable(file, error.message);
    }
  }

  return {
    next,
    get bytesRead() {
      return chunks.consumed;
    },
    conversions: noConversions,
    close() {
      ended = true;
      chunks.close();
    },
  };
}

function parseMember(
  file: string,
  { bytes, at }: ScannedMember,
): { readonly row: unknown; readonly isInexact: boolean } {
  if (!isUtf8(bytes)) throw unreadable(file, `has a member at byte ${at} that is not valid UTF-8`);
  const text = `{${bytes.toString('utf8')}}`;
  const kept = mayLoseDigits(bytes) ? tryParse(file, at, () => parseWithInexact(text)) : null;
  const parsed = kept === null ? tryParse(file, at, () => JSON.parse(text) as unknown) : kept.value;
  const [entry, ...others] = Object.entries(parsed as object);
  if (entry === undefined || others.length > 0) throw unreadable(file, `has no member at byte ${at}`);
  return { row: { key: entry[0], value: entry[1] as unknown }, isInexact: kept !== null };
}

/** The parser's own message quotes what it reads and so stays out: errors carry no payload. */
function tryParse<Result>(file: string, at: number, parse: () => Result): Result {
  try {
    return parse();
  } catch {
    throw unreadable(file, `has a member at byte ${at} that is not JSON`);
  }
}

function unreadable(file: string, reason: string): RecoveryError {
  return new RecoveryError('unreadable-row', `${file}: the JSON document ${reason}`, {
    hint: 'it must be one object with a member a key; members_of names the object in it that is meant',
    details: { file },
  });
}
