import type { EventLog, LogDescription } from '../../model/log/event-log.js';

/** The same log as if it held only these topics. */
export function selectTopics(log: EventLog, topics: readonly string[]): EventLog {
  const select = (description: LogDescription): LogDescription => ({
    ...description,
    partitions: description.partitions.filter(({ topic }) => topics.includes(topic)),
  });
  return {
    describe() {
      const description = log.describe();
      return description instanceof Promise ? description.then(select) : select(description);
    },
    read: (request) => log.read(request),
    // Threads read by partition and range and never describe, so the whole log serves them.
    ...(log.locator !== undefined && { locator: log.locator }),
    close: () => log.close(),
  };
}
