// The conferences: which are coming, which wait to be closed, and the planning of the next.
import { useState } from 'preact/hooks';
import { type ApiError, type Fields, get, post } from './api';
import { conferenceStateText, isOver, isPlanned, seatsText, startText } from './conference_words';
import { checkDetails, DetailsFields, detailsOf, valuesOf, writtenDetails } from './details_fields';
import type { Values } from './drafts';
import { TextField } from './fields';
import { keepFile } from './files';
import { Form } from './form';
import { startLive } from './live';
import { Heading, Problem, Text, useLoaded, Waiting } from './parts';
import { Link, usePlace } from './router';
import { isMe, type Topic } from './topic';
import type { Conference, ConferencePage } from './types';
import { count } from './words';

export const ALL = 1000;  // of all there can be

export function CalendarButton(props: { id?: string; name?: string }) {
  const [error, setError] = useState<ApiError | null>(null);
  const [said, setSaid] = useState('');
  const keep = () => keepFile('/api/calendar', { conference_id: props.id }, undefined, props.name).then(
    (name) => { setError(null); setSaid(`${name} er hentet. Åbn den i din kalender.`); }, (caught) => setError(caught as ApiError));
  return (
    <span class="no-print">
      <button class="button button-secondary" type="button" onClick={() => void keep()}>Hent til kalenderen</button>
      <span role="status" class="said">{said}</span>
      {error && <Problem error={error} />}
    </span>
  );
}

function Table(props: { conferences: Conference[]; title: string; explanation: string }) {
  if (props.conferences.length === 0) return null;
  return (
    <section class="group">
      <h2>{props.title}</h2>
      <p class="explanation">{props.explanation}</p>
      <div class="table--responsive-scroll">
        <table class="table">
          <caption class="sr-only">{props.title}</caption>
          <thead><tr>
            <th scope="col">Tid</th><th scope="col">Sager</th><th scope="col">Sted</th><th scope="col">Mødeleder</th>
            <th scope="col">Tilstand</th>
          </tr></thead>
          <tbody>{props.conferences.map((one) => (
            <tr key={one.conference_id}>
              <th scope="row" data-label="Tid"><Link to={`/konferencer/${one.conference_id}`}>{startText(one.details.start)}</Link></th>
              <td data-label="Sager">{seatsText(one)}</td>
              <td data-label="Sted"><Text>{one.details.place || '–'}</Text></td>
              <td data-label="Mødeleder"><Text>{one.details.leader}</Text></td>
              <td data-label="Tilstand">{isOver(one) ? 'skal lukkes' : conferenceStateText(one.state)}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}

// Planning is not about anything that is there already.
interface Plans { held: ConferencePage; planned: Conference[] }
const PLANS: Topic<Plans> = {
  name: 'Planen', id: () => 'ny-konference', revision: () => '0', between: () => [], onlyOwn: () => true,
  read: async () => { throw new Error('is not read'); },
};

function Plan(props: { held: ConferencePage; done: () => void }) {
  const { held } = props;
  const last = [...held.conferences].filter(isPlanned).pop() ?? held.conferences[held.conferences.length - 1];
  // The next one by the rhythm, at the same time of day.
  const next = last && new Date(last.details.start ?? '');
  if (next) next.setDate(next.getDate() + held.rhythm_days);
  const initial: Values = last ? { ...valuesOf(last.details, next), count: '1' } : { count: '1', time: '09.00' };
  // Those of this person with these words, from then on.
  const planned = async (start: number, leader: string): Promise<Conference[]> =>
    (await get<ConferencePage>('/api/conferences', { page_size: ALL })).conferences
      .filter((one) => Date.parse(one.details.start ?? '') >= start * 1000 && one.details.leader === leader && isMe(one.changed_by));
  return (
    <Form topic={PLANS} thing={{ held, planned: [] }} form="plan" title="Planlæg de næste konferencer" button="Planlæg"
      initial={initial} written={writtenDetails} again={async () => null} changed={props.done}
      check={(values) => {
        const wrong = checkDetails(values);
        if (!wrong.date && !wrong.time && Number(detailsOf(values)['details.start.seconds']) * 1000 < Date.now()) {
          wrong.date = 'Tiden er gået. Vælg en dag, der kommer';
        }
        const number = Number(values.count);
        if (!/^\d{1,2}$/.test((values.count ?? '').trim()) || number < 1 || number > 52) wrong.count = 'Skriv et tal fra 1 til 52';
        return wrong;
      }}
      send={(values) => {
        const fields: Fields = { ...detailsOf(values), count: values.count.trim() };
        return {
          run: async () => ({ held, planned: (await post<{ conferences: Conference[] }>('/api/conferences', fields)).conferences }),
          find: async () => {
            const start = fields['details.start.seconds'] as number;
            const found = await planned(start, String(fields['details.leader']));
            return Date.parse(found[0]?.details.start ?? '') === start * 1000
              ? { held, planned: found.slice(0, Number(fields.count)) } : null;
          },
        };
      }}
      done={({ planned: all }) => `Gemt: ${count(all.length, 'konference er', 'konferencer er')} planlagt, den første ${startText(all[0]?.details.start)}.`}>
      {(parts) => <>
        <DetailsFields parts={parts} />
        <TextField parts={parts} field="count" label="Hvor mange" hint={held.rhythm_days
          ? `Flere planlægges i kommunens rytme: hver ${held.rhythm_days}. dag på samme klokkeslæt. Kommer en på en helligdag, så flyt den bagefter.`
          : 'Kommunens politik har ingen rytme.'} />
      </>}
    </Form>
  );
}

export function Conferences() {
  const all = usePlace().query.get('vis') === 'alle';
  const { value, error, again } = useLoaded((background) => get<ConferencePage>('/api/conferences',
    { page_size: ALL, include_past: all }, background), String(all), () => true);
  startLive('');
  const planned = value?.conferences.filter(isPlanned) ?? [], now = Date.now();
  return (
    <>
      <Heading>Konferencer</Heading>
      <p class="explanation">
        På en ungekonference taler et fast team om flere unge og aftaler én konkret handling for hver. Åbn en konference for
        at se dens dagsorden.
      </p>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && <>
        <Table title="Skal lukkes" conferences={planned.filter((one) => isOver(one, now))}
          explanation="Tiden er gået. Skriv handlingerne, og luk konferencen, når den er holdt; aflys den, hvis den ikke blev det." />
        {planned.every((one) => isOver(one, now)) && <p>Ingen konference er planlagt.</p>}
        <Table title="Kommende" conferences={planned.filter((one) => !isOver(one, now))}
          explanation="Den næste står øverst." />
        <Plan held={value} done={() => void again()} />
        <p><CalendarButton /></p>
        <p class="explanation">Kalenderfilen har tid, sted og antal sager; ingen navne og ingen numre på unge.</p>
        {all ? <Table title="Holdte og aflyste" conferences={value.conferences.filter((one) => !isPlanned(one)).reverse()}
          explanation="De seneste står øverst. En konference slettes to år efter, at den skulle holdes." />
          : <p><Link to="/konferencer?vis=alle">Vis også holdte og aflyste</Link></p>}
      </>}
    </>
  );
}
