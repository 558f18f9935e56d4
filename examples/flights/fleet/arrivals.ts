import { defineWorker } from '@eventmend/core';
import { afterFlight, emptyBoard, type Board, type Flight } from './board.ts';

/** The board of arrivals: flights to one airport stand in every partition, so a fleet spreads it by key. */
export default defineWorker<Flight, Board>({
  name: 'arrivals',
  version: '1.0.0',
  topics: ['flights'],
  key: ({ value }) => value.destination,
  initial: () => emptyBoard,
  outputs: { late: { kind: 'event' } },
  evolve(board, { value }, context) {
    const next = afterFlight(board, value.delay);
    if (value.delay >= 60) context.emit('late', { delay: value.delay, backlog: Math.round(next.backlog) });
    return next;
  },
  measures: { 'flights arrived': ({ flights }) => flights },
});
