// When, where and with whom a conference is: the fields of a form.
import type { Fields } from './api';
import { dateField, timeField, timeOf } from './conference_words';
import type { Values } from './drafts';
import { dayField, parseDay, parseTime } from './days';
import { checkDay, DayField, LongField, TextField } from './fields';
import { bytes, type FormParts, NAME_BYTES, type Wrong } from './form';
import type { Details } from './types';

const MAX_TEAM = 20;
const teamOf = (values: Values) => (values.team ?? '').split('\n').map((one) => one.trim()).filter(Boolean);

export function DetailsFields(props: { parts: FormParts; known?: string }) {
  const { parts } = props;
  return (
    <>
      <DayField parts={parts} field="date" label="Dato" known={props.known} />
      <TextField parts={parts} field="time" label="Klokkeslæt" hint="Som 09.00." />
      <TextField parts={parts} field="minutes" label="Varighed i minutter" hint="Tomt: som kommunens politik siger." />
      <TextField parts={parts} field="place" label="Sted" hint="Må stå tomt." />
      <TextField parts={parts} field="leader" label="Mødeleder" />
      <LongField parts={parts} field="team" label="Fast team" hint="En funktion eller medarbejder på hver linje. Aldrig den unges navn." />
    </>
  );
}

export function checkDetails(values: Values, known?: string): Wrong {
  const wrong: Wrong = {}, minutes = (values.minutes ?? '').trim();
  const day = checkDay(values, 'date', 'Skriv en dato', '', known);
  if (day) wrong.date = day;
  if (!parseTime(values.time ?? '')) wrong.time = 'Skriv et klokkeslæt, for eksempel 09.00';
  if (minutes && (!/^\d{1,3}$/.test(minutes) || Number(minutes) < 10 || Number(minutes) > 600)) {
    wrong.minutes = 'Skriv et tal fra 10 til 600';
  }
  if (bytes(values.place ?? '') > NAME_BYTES) wrong.place = 'Teksten er for lang';
  if (!values.leader?.trim()) wrong.leader = 'Skriv, hvem der leder mødet';
  else if (bytes(values.leader) > NAME_BYTES) wrong.leader = 'Teksten er for lang';
  if (teamOf(values).length > MAX_TEAM) wrong.team = `Højst ${MAX_TEAM} linjer`;
  else if (teamOf(values).some((one) => bytes(one) > NAME_BYTES)) wrong.team = 'En af linjerne er for lang';
  return wrong;
}

export function detailsOf(values: Values): Fields {
  return {
    'details.start.seconds': timeOf(parseDay(values.date)!, parseTime(values.time)!)!.getTime() / 1000,
    'details.minutes': (values.minutes ?? '').trim() || '0', 'details.place': (values.place ?? '').trim(),
    'details.leader': values.leader.trim(), 'details.team': teamOf(values),
  };
}

export function valuesOf(details: Details, start = new Date(details.start ?? '')): Values {
  return {
    date: dayField(dateField(start)), time: timeField(start).replace(':', '.'), minutes: details.minutes ? String(details.minutes) : '',
    place: details.place, leader: details.leader, team: details.team.join('\n'),
  };
}

export const writtenDetails = (values: Values) => [`${values.date ?? ''} ${values.time ?? ''}`.trim(), values.place ?? '',
  values.leader ?? '', teamOf(values).join(', '), values.note ?? ''];
