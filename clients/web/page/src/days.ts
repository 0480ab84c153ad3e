// Days as people in Denmark write and read them. Pure: "today" is passed in.
const two = (number: number) => String(number).padStart(2, '0');

// "2026-12-04" of "4.12.2026", "04-12-2026", "4/12 2026" or "04122026"; null if it is no day.
export function parseDay(text: string): string | null {
  const found = /^\s*(\d{1,2})\s*[.\-/ ]\s*(\d{1,2})\s*[.\-/ ]\s*(\d{4})\s*$/.exec(text) ?? /^\s*(\d{2})(\d{2})(\d{4})\s*$/.exec(text);
  if (!found) return null;
  const [day, month, year] = found.slice(1).map(Number);
  const at = new Date(Date.UTC(year, month - 1, day));
  return year >= 1900 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? `${year}-${two(month)}-${two(day)}` : null;
}

// "09:00" of "9", "9.00", "9:00", "0900" or "kl. 9"; null if it is no time of day.
export function parseTime(text: string): string | null {
  const found = /^\s*(?:kl\.?\s*)?(\d{1,2})(?:[.:]?(\d{2}))?\s*$/i.exec(text);
  if (!found || Number(found[1]) > 23 || Number(found[2] ?? 0) > 59) return null;
  return `${two(Number(found[1]))}:${found[2] ?? '00'}`;
}

// "04.12.2026" of "2026-12-04"; a day has no time zone.
export const dayField = (day: string) => day.split('-').reverse().join('.');

const words = new Intl.DateTimeFormat('da-DK', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
export const dayInWords = (day: string) => words.format(new Date(`${day}T00:00Z`));

// What is odd about a day that something is to be done by, and the day that was perhaps meant;
// empty if nothing is. `after`: the day of the conference, where there is one.
export function doubtOf(day: string, today: string, after = ''): string {
  const odd = (one: string) => (after && one < after ? 'Datoen ligger før konferencen.' : one < today ? 'Datoen ligger i fortiden.' : '');
  const [year, month, date] = day.split('-'), doubt = odd(day);
  const turned = parseDay(`${month}.${date}.${year}`);
  return doubt && turned && turned !== day && !odd(turned) ? `${doubt} Mente du ${dayField(turned)}?` : doubt;
}
