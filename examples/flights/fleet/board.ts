/** A flight of 2001 as the log holds it. Delay in minutes (negative: early). */
export interface Flight {
  readonly delay: number;
  readonly origin: string;
  readonly destination: string;
}

/** What a board of one airport shows. The delay is smoothed and the backlog never falls below zero, so the order matters. */
export interface Board {
  readonly flights: number;
  readonly smoothedDelay: number;
  readonly backlog: number;
}

export const emptyBoard: Board = { flights: 0, smoothedDelay: 0, backlog: 0 };

export function afterFlight({ flights, smoothedDelay, backlog }: Board, delay: number): Board {
  return {
    flights: flights + 1,
    smoothedDelay: smoothedDelay + (delay - smoothedDelay) / 16,
    backlog: Math.max(0, backlog / 2 + delay),
  };
}
