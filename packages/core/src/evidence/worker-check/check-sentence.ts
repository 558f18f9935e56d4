import type { CheckReason } from './check-report.js';

/** What a check came to, as a certificate keeps it for a plan to hold: the plan's id pins the sentence. */
export function checkSentence(reason: Extract<CheckReason, { kind: 'reproduced' | 'not-reproduced' }>): string {
  if (reason.kind === 'reproduced') {
    const { snapshot, outputs } = reason.agreement;
    const parts = [
      ...(snapshot === null
        ? []
        : [`snapshot ${snapshot.id} (${count(snapshot.keys)} of ${count(snapshot.keys)} keys)`]),
      ...(outputs === 0 ? [] : [`${count(outputs)} of ${count(outputs)} recorded outputs`]),
    ];
    return `it reproduces ${parts.join(' and ')}`;
  }
  const { snapshot, outputs } = reason.disagreement;
  const parts: string[] = [];
  if (snapshot !== null) {
    const more = snapshot.later > 0 ? ` and ${count(snapshot.later)} later` : '';
    parts.push(`${count(snapshot.differing)} of ${count(snapshot.keys)} keys of snapshot ${snapshot.id}${more}`);
  }
  if (outputs > 0) parts.push(`${count(outputs)} outputs`);
  return `it does not reproduce ${parts.join(' and ')}, on a stretch from before the error`;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
