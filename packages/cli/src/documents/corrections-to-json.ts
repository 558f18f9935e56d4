import type { Correction, KeySummary, UnknownOutput } from '@eventmend/core/engine';
import type { CorrectionsJson } from './corrections-document.js';
import { eventToJson } from './event-to-json.js';

export function correctionToJson({ event, ...correction }: Correction): CorrectionsJson['first'][number] {
  return { ...correction, event: eventToJson(event) };
}

export function keyToJson({ last, ...summary }: KeySummary): CorrectionsJson['keys'][number] {
  return { ...summary, last: { ...last, event: eventToJson(last.event) } };
}

export function unknownToJson({ event, ...output }: UnknownOutput): CorrectionsJson['unknown'][number] {
  return { ...output, event: event === null ? null : eventToJson(event) };
}
