import type { RecordedEventRef } from '@eventmend/core/engine';
import type { z } from 'zod';
import type { event } from './parts.js';

export function eventToJson({ topic, partition, offset }: RecordedEventRef): z.input<typeof event> {
  return { topic, partition, offset: String(offset) };
}
