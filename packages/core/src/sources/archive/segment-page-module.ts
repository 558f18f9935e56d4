import type { EventPage } from '../../model/log/event-page.js';
import { contentOf, contradictory } from './read-segments.js';
import { segmentPage } from './segment-content.js';
import type { SegmentSlice } from './segment-for-threads.js';
import type { SegmentRow } from './segment-row.js';

/** Makes a page of a segment that another thread has read and checked. */
export default function segmentPageFromThread(data: unknown): EventPage {
  const { row: sent, from, to, path, partition } = data as SegmentSlice;
  const row = withBuffers(sent);
  return segmentPage(contentOf(row, partition, path), from, to, { broken: () => contradictory(row, partition, path) });
}

function withBuffers(row: SegmentRow): SegmentRow {
  const columns = Object.entries(row).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value,
  ]);
  return Object.fromEntries(columns) as SegmentRow;
}
