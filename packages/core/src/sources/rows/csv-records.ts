import { parse, type CsvError } from 'csv-parse';
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

/** Records are taken out of the parser as it finds them, so that its own queue stays empty and nothing has to wait. */
export function csvRecords(file: string, delimiter: string): CsvRecords {
  let records: CsvRecord[] = [];
  const parser = parse({
    bom: true,
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    max_record_size: maxRowBytes,
    on_record: (record: CsvRecord): null => {
      records.push(record);
      return null;
    },
  });
  parser.on('error', () => undefined); // the callbacks tell it
  parser.resume();

  function taken(): readonly CsvRecord[] {
    const finished = records;
    records = [];
    return finished;
  }

  function settle(feed: (done: (error?: Error | null) => void) => void): Promise<readonly CsvRecord[]> {
    return new Promise((resolve, reject) => {
      feed((error) => {
        if (error === undefined || error === null) resolve(taken());
        else reject(unreadable(file, error));
      });
    });
  }

  return {
    write: (bytes) => settle((done) => parser.write(bytes, done)),
    end: (bytes = Buffer.alloc(0)) => settle((done) => parser.end(bytes, done)),
    taken,
  };
}

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
