import { readFileSync } from 'node:fs';

/** A record as another client read it. */
interface CapturedRecord {
  readonly offset: number;
  readonly timeType: 'create' | 'append';
  readonly time: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [string, string | null])[] | null;
}

/** A log segment of a real broker; how it was made is noted in the file. */
export interface CapturedSegment {
  readonly name: string;
  readonly codec: string;
  readonly bytes: Buffer;
  readonly records: readonly CapturedRecord[];
}

interface CapturedFile {
  readonly segments: readonly { name: string; codec: string; segment: string; records: readonly string[] }[];
  readonly lz4Frames: readonly { flags: string; frame: string }[];
}

const file = JSON.parse(readFileSync(new URL('captured-batches.json', import.meta.url), 'utf8')) as CapturedFile;

export const capturedSegments: readonly CapturedSegment[] = file.segments.map(({ name, codec, segment, records }) => ({
  name,
  codec,
  bytes: Buffer.from(segment, 'base64'),
  records: records.map((text) => JSON.parse(text) as CapturedRecord),
}));

/** Frames of the program lz4 over `lz4Plain`, with the flags that it was given. */
export const lz4Frames = file.lz4Frames.map(({ flags, frame }) => ({ flags, frame: Buffer.from(frame, 'base64') }));

export const lz4Plain = Buffer.from(Array.from({ length: 12_000 }, (_, i) => `order-${i % 50}\n`).join(''));

export function capturedSegment(name: string): CapturedSegment {
  const found = capturedSegments.find((segment) => segment.name === name);
  if (found === undefined) throw new Error(`no captured segment ${name}`);
  return found;
}
