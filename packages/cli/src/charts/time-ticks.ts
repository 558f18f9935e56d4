const day = 86_400_000;

/** How moments are written below an axis that is so long: all are UTC. */
export function timeTicks(length: number): (time: Date, index: number) => string {
  return length > 4 * day ? dayOf : clockOf;
}

/** On a clock of 24 hours, with the date where a day begins; days alone where the ticks are days. */
function clockOf(time: Date, index: number): string {
  const [date = '', clock = ''] = time.toISOString().split('T');
  const minute = clock.slice(0, 5);
  return minute === '00:00' || index === 0 ? `${minute}\n${date}` : minute;
}

function dayOf(time: Date, index: number): string {
  const [year = '', month = '', date = ''] = time.toISOString().slice(0, 10).split('-');
  return `${month}-${date}${index === 0 || (month === '01' && date === '01') ? `\n${year}` : ''}`;
}
