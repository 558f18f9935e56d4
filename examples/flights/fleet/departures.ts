import { defineWorker } from '@eventmend/core';
import { afterFlight, emptyBoard, type Board, type Flight } from './board.ts';

/** The board of departures: its airport is that of the partition, so a fleet spreads it by partition. */
export default defineWorker<Flight, Board>({
  name: 'departures',
  version: '1.0.0',
  topics: ['flights'],
  locality: 'partition',
  key: ({ value }) => value.origin,
  initial: () => emptyBoard,
  outputs: { late: { kind: 'event' } },
  evolve(board, { value }, context) {
    const next = afterFlight(board, value.delay);
    if (value.delay >= 60) context.emit('late', { delay: value.delay, backlog: Math.round(next.backlog) });
    return next;
  },
  measures: { 'flights departed': ({ flights }) => flights },
});
