/** Which broker leads a partition, as far as it is known. */
export interface LeaderTable {
  get(topic: string, partition: number): number | undefined;
  /** Takes note of a topic's leaders; a partition without one (-1) is unknown. */
  setLeaders(topic: string, leaders: readonly { readonly partition: number; readonly leader: number }[]): void;
  forget(topic: string): void;
}

export function newLeaderTable(): LeaderTable {
  const topics = new Map<string, ReadonlyMap<number, number>>();
  return {
    get: (topic, partition) => topics.get(topic)?.get(partition),
    setLeaders(topic, leaders) {
      const known = leaders.filter(({ leader }) => leader >= 0);
      topics.set(topic, new Map(known.map(({ partition, leader }) => [partition, leader])));
    },
    forget: (topic) => void topics.delete(topic),
  };
}
