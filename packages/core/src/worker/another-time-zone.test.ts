import { describe, expect, it } from 'vitest';
import { dateOfAnotherZone, intlOfAnotherZone } from './another-time-zone.js';

const present = Date.UTC(2026, 5, 1, 12);
const hour = 3_600_000;

describe.each([
  ['east', 13.5],
  ['west', -11.5],
] as const)('a date that is read in the %s', (direction, ahead) => {
  const Elsewhere = dateOfAnotherZone(Date, () => present, direction);

  it('local time is another one, at both sides of the change to its summer time', () => {
    for (let time = Date.UTC(2025, 0, 1); time < Date.UTC(2027, 0, 1); time += 7.25 * hour) {
      const date = new Elsewhere(time);
      expect(date.getTime()).toBe(time);
      expect(date.toISOString()).toBe(new Date(time).toISOString());
      const local = new Date(time);
      expect([date.getHours(), date.getMinutes()]).not.toEqual([local.getHours(), local.getMinutes()]);
      const minutes = local.getTimezoneOffset() - date.getTimezoneOffset();
      expect([ahead * 60, (ahead + 1) * 60]).toContain(minutes);
      // What is read is what makes the same date again, but for the hour that there is twice, and the one that there is not.
      const parts = [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()] as const;
      const again = new Elsewhere(...parts, date.getSeconds(), date.getMilliseconds()).getTime();
      expect([0, hour]).toContain(Math.abs(again - time));
    }
  });

  it('an hour more now and then: a day later is not always 24 hours later', () => {
    const lengths = new Set<number>();
    for (let day = 0; day < 60; day++) {
      const date = new Elsewhere(present + day * 24 * hour);
      const before = date.getTime();
      date.setDate(date.getDate() + 1);
      lengths.add((date.getTime() - before) / hour);
    }
    expect([...lengths].sort()).toEqual([23, 24, 25]);
  });

  it('texts without a zone are local, and no others', () => {
    for (const text of [
      '2026-02-03',
      '2026',
      '2026-02-03T04:05:06Z',
      '2026-02-03T04:05+02:00',
      'Tue, 03 Feb 2026 04:05:06 GMT',
      '2026-12-01 10:00:00+00',
      '2026-12-01 10:00:00.123456-08',
      'Thu Jan 01 00:00:00 UTC 2026',
      'Wed Dec 02 10:00:00 +0000 2026',
      'Dec 2 2026 10:00 GMT+1',
    ]) {
      expect([text, Elsewhere.parse(text), new Elsewhere(text).getTime()]).toEqual([
        text,
        Date.parse(text),
        Date.parse(text),
      ]);
    }
    for (const text of [
      '2026-02-03T04:05:06',
      '2026-02-03 04:05',
      'Feb 3, 2026',
      '2026/02/03',
      '12-01-2026',
      '1-Dec-2026',
      '10:00 12-01-2026',
      ' 2026-12-01',
      '2026-12-01 ',
    ]) {
      expect([text, Elsewhere.parse(text)]).not.toEqual([text, Date.parse(text)]);
      expect(new Elsewhere(text).getTime()).toBe(Elsewhere.parse(text));
    }
  });

  it('it is a Date in all else', () => {
    const date = new Elsewhere(present);
    expect([date instanceof Date, date instanceof Elsewhere, new Date() instanceof Elsewhere]).toEqual([
      true,
      true,
      true,
    ]);
    expect([date.constructor === Elsewhere, Elsewhere.name, Elsewhere.length]).toEqual([true, 'Date', Date.length]);
    expect([new Elsewhere().getTime(), Elsewhere.now(), Elsewhere.UTC(2026, 0)]).toEqual([
      present,
      present,
      Date.UTC(2026, 0),
    ]);
    expect([typeof Elsewhere(), Elsewhere() === new Elsewhere(present).toString()]).toEqual(['string', true]);
    expect(new Elsewhere(date).getTime()).toBe(present);
    expect(new Elsewhere(new Date(5)).getTime()).toBe(5);
    expect([new Elsewhere(Number.NaN).getHours(), String(new Elsewhere('nonsense'))]).toEqual([
      Number.NaN,
      'Invalid Date',
    ]);
    class Own extends Elsewhere {}
    expect([new Own(7) instanceof Own, new Elsewhere(7) instanceof Own, new Own(7).getTime()]).toEqual([
      true,
      false,
      7,
    ]);
    expect(JSON.stringify({ date })).toBe(JSON.stringify({ date: new Date(present) }));
    for (const text of [String(date), date.toString(), `${date.toDateString()} ${date.toTimeString()}`]) {
      expect([Elsewhere.parse(text), new Elsewhere(text).getTime()]).toEqual([present, present]);
    }
    expect(Elsewhere.parse(date as unknown as string)).toBe(present);
    expect(date.setHours(3)).toBe(date.getTime());
    expect(structuredClone(date)).toEqual(new Date(date.getTime()));
  });

  it('formats are of another zone, where none is named', () => {
    const intl = intlOfAnotherZone(Intl, direction);
    const options = { dateStyle: 'short', timeStyle: 'short' } as const;
    const named = { ...options, timeZone: 'Asia/Tokyo' };
    const plain = new Date(present);
    const date = new Elsewhere(present);
    expect(new intl.DateTimeFormat('en', options).format(date)).not.toBe(
      new Intl.DateTimeFormat('en', options).format(date),
    );
    expect(new intl.DateTimeFormat('en', named).format(date)).toBe(new Intl.DateTimeFormat('en', named).format(date));
    expect(date.toLocaleString('en', options)).not.toBe(plain.toLocaleString('en', options));
    expect(date.toLocaleString('en', named)).toBe(plain.toLocaleString('en', named));
    expect(new intl.NumberFormat('en').format(1234)).toBe('1,234');
  });
});
