// The words on the screen for conferences.
import type { AgendaItem, Conference } from './types';
import { count } from './words';

const STATES: Record<string, string> = {
  CONFERENCE_STATE_PLANNED: 'planlagt', CONFERENCE_STATE_HELD: 'holdt', CONFERENCE_STATE_CANCELLED: 'aflyst',
};
export const conferenceStateText = (state: string) => STATES[state] ?? 'ukendt';
export const isPlanned = (conference: Conference) => conference.state === 'CONFERENCE_STATE_PLANNED';

const start = new Intl.DateTimeFormat('da-DK', {
  weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit',
});
const day = new Intl.DateTimeFormat('da-DK', { day: 'numeric', month: 'long', year: 'numeric' });
export const startText = (time?: string | null) => (time ? start.format(new Date(time)) : '–');
export const startDayText = (time?: string | null) => (time ? day.format(new Date(time)) : '–');
export const seatsText = (conference: Conference) => `${conference.cases} af ${conference.max_cases}`;
export const casesText = (conference: Conference) =>
  `${count(conference.cases, 'sag', 'sager')}, plads til ${conference.max_cases}`;
export function sourceText(item: AgendaItem): string {
  return item.sources.map((source) => ({ matched: 'fundet af reglen', nominated: 'indstillet' })[source] ?? source).join(' og ');
}

// Over, by the clock, and not closed yet.
export const isOver = (conference: Conference, now = Date.now()) =>
  isPlanned(conference) && Date.parse(conference.details.start ?? '') + conference.details.minutes * 60000 < now;

// What a field of a date and one of a time say; null if that is no time.
export function timeOf(date: string, time: string): Date | null {
  const at = new Date(`${date}T${time}`);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && /^\d{2}:\d{2}/.test(time) && !Number.isNaN(at.getTime()) ? at : null;
}
const two = (number: number) => String(number).padStart(2, '0');
export const dateField = (at: Date) => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
export const timeField = (at: Date) => `${two(at.getHours())}:${two(at.getMinutes())}`;
