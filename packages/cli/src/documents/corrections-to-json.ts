import type { RecordedEventRef } from '@eventmend/core';
import type { Correction, KeySummary, UnknownOutput } from '@eventmend/log-replay';
import type { CorrectionsJson } from './corrections-document.js';

export function correctionToJson({ event, ...correction }: Correction): CorrectionsJson['first'][number] {
  return { ...correction, event: eventToJson(event) };
}

export function keyToJson({ last, ...summary }: KeySummary): CorrectionsJson['keys'][number] {
  return { ...summary, last: { ...last, event: eventToJson(last.event) } };
}

export function unknownToJson({ event, ...output }: UnknownOutput): CorrectionsJson['unknown'][number] {
  return { ...output, event: event === null ? null : eventToJson(event) };
}

function eventToJson({ topic, partition, offset }: RecordedEventRef) {
  return { topic, partition, offset: String(offset) };
}
