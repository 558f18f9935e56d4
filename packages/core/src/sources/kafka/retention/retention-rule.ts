/** What a topic's settings say about deleting its oldest events. */
export interface RetentionRule {
  /** Events older than this may be deleted, in milliseconds; null where age deletes nothing. */
  readonly afterMs: number | null;
  /** The oldest may be deleted when a partition is larger than this, in bytes; null where size deletes nothing. */
  readonly aboveBytes: number | null;
  /** Events are deleted by whole segments, which are closed at this size and age; null where the settings do not say. */
  readonly segmentBytes: number | null;
  readonly segmentMs: number | null;
  /** All but the last event of a key may be deleted. */
  readonly compacts: boolean;
}

/** Reads a topic's settings; null where the user may not see them. */
export function retentionRuleOf(settings: Readonly<Record<string, string>> | null): RetentionRule | null {
  if (settings === null) return null;
  const policy = (settings['cleanup.policy'] ?? 'delete').split(',').map((word) => word.trim());
  const deletes = policy.includes('delete');
  return {
    afterMs: deletes ? limit(settings['retention.ms']) : null,
    aboveBytes: deletes ? limit(settings['retention.bytes']) : null,
    segmentBytes: limit(settings['segment.bytes']),
    segmentMs: limit(settings['segment.ms']),
    compacts: policy.includes('compact'),
  };
}

/** -1 stands for no limit. */
function limit(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) || value < 0 ? null : value;
}

/**
 * When the oldest batch of a partition may be deleted, at the earliest. A segment goes as a whole, when its newest event is
 * too old: where the first batch stands alone in its segment, that is the batch itself. So nothing goes before the time
 * given here, and much may go at once when it does.
 */
export function keptUntil(
  rule: RetentionRule | null,
  oldestTime: number | null,
): { readonly time: number | null; readonly by: string } | null {
  if (rule === null) return { time: null, by: 'settings that this user may not see' };
  // How large the partition is, is not known: the oldest may go for that at any time.
  if (rule.aboveBytes !== null) return { time: null, by: `retention.bytes=${rule.aboveBytes}` };
  if (rule.afterMs !== null && oldestTime !== null) {
    return { time: oldestTime + rule.afterMs, by: `retention.ms=${rule.afterMs}` };
  }
  return rule.afterMs === null ? null : { time: null, by: `retention.ms=${rule.afterMs}` };
}
