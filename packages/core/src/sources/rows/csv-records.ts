import { parse, type CsvError, type Parser } from 'csv-parse';
import { RecoveryError } from '../../model/errors/recovery-error.js';
import { maxRowBytes } from '../../model/json/value-limits.js';

export type CsvRecord = readonly string[];

/** Records of a CSV file, fed piece by piece. */
export interface CsvRecords {
  /**
   * Feeds bytes and gives the records that they finish.
   * @throws RecoveryError `unreadable-row`, `size-limit-exceeded`
   */
  write(bytes: Buffer): Promise<readonly CsvRecord[]>;
  /** The records that are left at the end of the file, after some last bytes. */
  end(bytes?: Buffer): Promise<readonly CsvRecord[]>;
  /** After an error: the records in front of it. */
  taken(): readonly CsvRecord[];
}

/**
 * Records are taken out of the parser as it finds them, so that its own queue stays empty and nothing has to wait. Lines
 * end with LF or CRLF, or with CR alone where the first one does.
 */
export function csvRecords(file: string, delimiter: string): CsvRecords {
  let records: CsvRecord[] = [];
  let parser: Parser | null = null;

  function openParser(lineEnds: string[]): Parser {
    const opened = parse({
      bom: true,
      delimiter,
      record_delimiter: lineEnds,
      skip_empty_lines: true,
      max_record_size: maxRowBytes,
      on_record: (record: CsvRecord): null => {
        records.push(record);
        return null;
      },
    });
    opened.on('error', () => undefined); // the callbacks tell it
    opened.resume();
    return opened;
  }

  function taken(): readonly CsvRecord[] {
    const finished = records;
    records = [];
    return finished;
  }

  function feed(method: 'write' | 'end', bytes: Buffer): Promise<readonly CsvRecord[]> {
    parser ??= openParser(firstLineEndsWithCr(bytes) ? ['\r'] : ['\r\n', '\n']);
    const target = parser;
    return new Promise((resolve, reject) => {
      target[method](bytes, (error?: Error | null) => {
        if (error === undefined || error === null) resolve(taken());
        else reject(unreadable(file, error));
      });
    });
  }

  return {
    write: (bytes) => feed('write', bytes),
    end: (bytes = Buffer.alloc(0)) => feed('end', bytes),
    taken,
  };
}

/** Outside of quotes; a file whose lines end so has no LF that would end one. */
function firstLineEndsWithCr(bytes: Buffer): boolean {
  let quoted = false;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === quote) quoted = !quoted;
    else if (!quoted && byte === lineFeed) return false;
    else if (!quoted && byte === carriageReturn) return bytes[index + 1] !== lineFeed;
  }
  return false;
}

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function unreadable(file: string, error: Error): RecoveryError {
  const { code, lines } = error as Partial<CsvError> & { readonly lines?: number };
  const where = lines === undefined ? file : `${file}, line ${lines}`;
  const details = { file, line: lines ?? null };
  switch (code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new RecoveryError('size-limit-exceeded', `${where}: a row is longer than ${maxRowBytes} bytes (16 MiB)`, {
        hint: 'is a quote not closed?',
        details,
      });
    case 'CSV_QUOTE_NOT_CLOSED':
      return new RecoveryError('unreadable-row', `${where}: the file ends inside a quoted field`, {
        hint: 'the file is cut, or a quote is not closed',
        details,
      });
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
    case 'CSV_RECORD_INCONSISTENT_COLUMNS':
      return new RecoveryError('unreadable-row', `${where}: the row has another number of fields than the header`, {
        hint: 'is the last row cut, or the delimiter another one?',
        details,
      });
    default:
      return new RecoveryError('unreadable-row', `${where}: not readable as CSV (${code ?? 'unknown reason'})`, {
        hint: 'check the quotes and the delimiter of this row',
        details,
      });
  }
}
