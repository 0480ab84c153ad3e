// The cases of one conference's agenda: each has one concrete action.
import { useEffect, useState } from 'preact/hooks';
import { get } from './api';
import { dayField, parseDay } from './days';
import { changeOf, CONFERENCE, itemOf } from './conference_topic';
import { dateField, isOver, isPlanned, sourceText, startText } from './conference_words';
import { ALL } from './conferences';
import { checkDay, Choice, DayField, LongField, placeOf, TextField, UnitField, unitOf } from './fields';
import { bytes, Form, NOTE_BYTES, type Wrong } from './form';
import type { MeetingProps } from './conference';
import { holderText } from './coordination_words';
import { Text } from './parts';
import { placesOf } from './units';
import { Link } from './router';
import { WHY } from './step';
import type { AgendaItem, Alert, AlertPage, Conference, ConferencePage, Meeting } from './types';
import { safe, stateText } from './words';

const CANDIDATES = 100;

// The planned conferences that a case can be put on, the next first.
export function usePlanned(): Conference[] | null {
  const [planned, setPlanned] = useState<Conference[] | null>(null);
  useEffect(() => {
    let wanted = true;
    get<ConferencePage>('/api/conferences', { page_size: ALL }, true).then(
      (page) => { if (wanted) setPlanned(page.conferences.filter((one) => !isOver(one))); }, () => { if (wanted) setPlanned([]); });
    return () => { wanted = false; };
  }, []);
  return planned;
}
export const optionOf = (one: Conference) => [one.conference_id,
  `${startText(one.details.start)}${one.details.place ? `, ${safe(one.details.place)}` : ''} (${one.cases} af ${one.max_cases} sager)`] as const;

interface CaseProps extends MeetingProps { item: AgendaItem }
// A form about one case: what others do with other cases is no conflict.
const markOf = (alert: string) => (meeting: Meeting) =>
  `${meeting.conference.state} ${itemOf(meeting, alert)?.alert_revision ?? 'gone'}`;

function ActionForm(props: CaseProps) {
  const { item, thing } = props, { action } = item, id = thing.conference.conference_id;
  const held = dateField(new Date(thing.conference.details.start ?? ''));  // the conference's day
  const alert = item.alert_id, cancelled = thing.conference.state === 'CONFERENCE_STATE_CANCELLED';
  return (
    <Form {...props} topic={CONFERENCE} form={`action-${alert}`} title={action ? 'Ret handlingen' : 'Skriv handlingen'}
      possible={!cancelled} mark={markOf(alert)}
      initial={action ? { text: action.text, place: placeOf(action), due: dayField(action.due_day) } : {}}
      written={(values) => [values.text ?? '', values.due ?? '']}
      check={(values) => {
        const wrong: Wrong = {};
        if (!values.text?.trim()) wrong.text = 'Skriv, hvad der skal gøres';
        else if (bytes(values.text.trim()) > NOTE_BYTES) wrong.text = 'Teksten er for lang';
        if (!values.place) wrong.place = 'Vælg den enhed, der gør det';
        const day = checkDay(values, 'due', 'Skriv den sidste dag', held, action?.due_day);
        if (day) wrong.due = day;
        return wrong;
      }}
      send={(values, revision) => {
        const { department, unit } = unitOf(values.place), text = values.text.trim();
        return changeOf(id, revision, {
          'action.alert_id': alert, 'action.action.text': text, 'action.action.department': department,
          'action.action.unit': unit, 'action.action.due_day': parseDay(values.due) ?? '',
        }, (now) => itemOf(now, alert)?.action?.text === text);
      }}
      done={() => 'Gemt: handlingen er skrevet.'}>
      {(parts) => <>
        <LongField parts={parts} field="text" rows={2} label="Én konkret handling" hint="Hvad gøres der nu? Uden navne og CPR-numre." />
        <UnitField parts={parts} label="Hvem gør det" only={item.departments} hint="En enhed i en af de afdelinger, der er med." />
        <DayField parts={parts} field="due" label="Senest" after={held} known={action?.due_day} />
      </>}
    </Form>
  );
}

function MoveFields(props: { parts: Parameters<typeof Choice>[0]['parts']; except: string }) {
  const planned = usePlanned();
  return (
    <Choice parts={props.parts} field="to" label="Konference" none={planned ? 'Vælg …' : 'Henter konferencerne …'}
      options={(planned ?? []).filter((one) => one.conference_id !== props.except && one.cases < one.max_cases).map(optionOf)} />
  );
}

function SeatForms(props: CaseProps) {
  const { thing } = props, id = thing.conference.conference_id, alert = props.item.alert_id;
  const gone = (now: Meeting) => !itemOf(now, alert);
  return (
    <>
      <Form {...props} topic={CONFERENCE} form={`move-${alert}`} title="Flyt til en anden konference" button="Flyt" note={WHY}
        possible={isPlanned(thing.conference)} mark={markOf(alert)} initial={{}} written={(values) => [values.note ?? '']}
        check={(values): Wrong => (values.to ? {} : { to: 'Vælg en konference' })}
        send={(values, revision, note) => changeOf(id, revision,
          { 'move.alert_id': alert, 'move.to_conference_id': values.to, reason: note }, gone)}
        done={() => `Gemt: ${alert} er flyttet.`}>
        {(parts) => <MoveFields parts={parts} except={id} />}
      </Form>
      <Form {...props} topic={CONFERENCE} form={`remove-${alert}`} title="Tag af dagsordenen" button="Tag af" note={WHY}
        possible={isPlanned(thing.conference)} mark={markOf(alert)} initial={{}} written={(values) => [values.note ?? '']}
        send={(_, revision, note) => changeOf(id, revision, { 'remove.alert_id': alert, reason: note }, gone)}
        done={() => `Gemt: ${alert} er taget af dagsordenen.`}>
        {() => null}
      </Form>
    </>
  );
}

export function AgendaCase(props: CaseProps & { action: string; alert?: Alert }) {
  const { item, alert } = props, guide = alert?.coordination?.guide;
  return (
    <li>
      <h3><Link class="whole" to={`/advis/${item.alert_id}`}>{item.alert_id}</Link></h3>
      <p>{(alert ? placesOf(alert) : item.departments).map((name, i) => <>{i > 0 && ' + '}<Text>{name}</Text></>)}
        {item.sources.length > 0 && <span class="quiet"> ({sourceText(item)})</span>}</p>
      {alert && <p>Ungeguide: {guide ? <><Text>{holderText(guide.holder)}</Text>{guide.state !== 'GUIDE_STATE_ACCEPTED' && '; spurgt, har ikke svaret'}</>
        : 'mangler'}</p>}
      {props.action
        ? <p><strong>Handling:</strong> <Text>{props.action}</Text>{item.action?.done && '; gjort'}</p>
        : <><p class="no-print quiet">Der er ikke aftalt nogen handling endnu.</p>
          <p class="print-only write-here">Handling: <br />Hvem gør det: <br />Senest: </p></>}
      <div class="steps">
        <ActionForm {...props} />
        <SeatForms {...props} />
      </div>
    </li>
  );
}

function canBeAdded(alert: Alert): boolean {
  const seat = alert.coordination?.conference;
  return !seat || seat.held;
}

function CandidateFields(props: { parts: Parameters<typeof Choice>[0]['parts'] }) {
  const { parts } = props;
  const [page, setPage] = useState<AlertPage | null>(null);
  useEffect(() => {
    let wanted = true;
    get<AlertPage>('/api/alerts', {
      states: ['ALERT_STATE_IDENTIFIED', 'ALERT_STATE_OFFERED', 'ALERT_STATE_NOMINATED'], page_size: CANDIDATES,
    }, true).then((found) => { if (wanted) setPage(found); }, () => undefined);
    return () => { wanted = false; };
  }, []);
  const options = (page?.alerts ?? []).filter(canBeAdded).map((alert) => [alert.alert_id,
    `${alert.alert_id}, ${stateText(alert.state)}: ${placesOf(alert).map(safe).join(' + ')}`] as const);
  return (
    <>
      <Choice parts={parts} field="alert" label="Sag" none={page ? 'Vælg …' : 'Henter …'} options={options}
        hint={`Åbne advis uden ungeguide og uden en plads, de nyeste først${page?.next_page_token ? `; kun de ${CANDIDATES} nyeste` : ''}.`} />
      <TextField parts={parts} field="number" label="Eller skriv advisets nummer" hint="For eksempel A-7K3M-9QXD. Kun hvis sagen ikke står på listen." />
    </>
  );
}

const wantedOf = (values: Record<string, string>) => (values.number ?? '').trim().toUpperCase() || (values.alert ?? '');
let added = '';  // the latest

export function AddCase(props: MeetingProps & { full: boolean }) {
  const { thing } = props, id = thing.conference.conference_id;
  return (
    <Form {...props} topic={CONFERENCE} form="add" title="Sæt en sag på dagsordenen" button="Sæt på" note={WHY}
      possible={isPlanned(thing.conference) && !props.full} mark={(meeting) => meeting.conference.state} initial={{}}
      written={(values) => [wantedOf(values), values.note ?? '']}
      check={(values): Wrong => (/^A-?[0-9A-Z]{4}-?[0-9A-Z]{4}$/.test(wantedOf(values)) ? {}
        : values.number?.trim() ? { number: 'Et nummer ser ud som A-7K3M-9QXD' } : { alert: 'Vælg en sag' })}
      send={(values, revision, note) => {
        added = wantedOf(values);
        const wanted = added;
        return changeOf(id, revision, { 'add.alert_id': wanted, reason: note }, (now) => !!itemOf(now, wanted));
      }}
      done={(after) => `Gemt: ${added} er på dagsordenen som nummer ${itemOf(after, added)?.number ?? after.agenda.length}.`}>
      {(parts) => <CandidateFields parts={parts} />}
    </Form>
  );
}
