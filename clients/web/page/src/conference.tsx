// One conference: when and with whom, and its agenda, which can be printed and holds no identity.
import { get } from './api';
import { AddCase, AgendaCase } from './agenda';
import { casesText, dateField, conferenceStateText, isOver, isPlanned, startDayText, startText } from './conference_words';
import { actionText, changeOf, CONFERENCE, itemOf } from './conference_topic';
import { CalendarButton } from './conferences';
import { checkDetails, DetailsFields, detailsOf, valuesOf, writtenDetails } from './details_fields';
import { draftOf, dropDraft, formsOf } from './drafts';
import { Form, Lost, type Showing } from './form';
import { startLive } from './live';
import { Heading, Problem, Text, useLoaded, Waiting } from './parts';
import { Link } from './router';
import type { AlertPage, Meeting } from './types';
import { useUnits } from './units';
import { actorText, count, STATES, timeText } from './words';
import { useState } from 'preact/hooks';

const CASES = 100;
export type MeetingProps = Showing<Meeting>;
const REASON = 'Hvorfor; det står i loggen for altid. Uden navne og CPR-numre.';

function Facts(props: { meeting: Meeting }) {
  const { conference } = props.meeting, { details } = conference;
  return (
    <dl class="facts-list">
      <dt>Tid</dt><dd>{startText(details.start)}, {details.minutes} minutter</dd>
      <dt>Sted</dt><dd><Text>{details.place || '–'}</Text></dd>
      <dt>Mødeleder</dt><dd><Text>{details.leader}</Text></dd>
      {details.team.length > 0 && <><dt>Fast team</dt><dd><Text>{details.team.join(', ')}</Text></dd></>}
      <dt>Sager</dt><dd>{casesText(conference)}</dd>
      <dt>Tilstand</dt><dd>{conferenceStateText(conference.state)}
        {conference.changed && `; sidst ændret ${timeText(conference.changed)} af ${actorText(conference.changed_by)}`}</dd>
      <dt>Nummer</dt><dd>{conference.conference_id}</dd>
    </dl>
  );
}

function Details(props: MeetingProps) {
  const { thing } = props, { conference } = thing, { details } = conference, known = dateField(new Date(details.start ?? ''));
  return (
    <Form {...props} topic={CONFERENCE} form="details" title="Flyt den, eller ret sted og deltagere" note={REASON}
      possible={isPlanned(conference)} initial={valuesOf(details)} written={writtenDetails}
      check={(values) => checkDetails(values, known)}
      mark={(one) => `${one.conference.state} ${JSON.stringify(one.conference.details)}`}
      send={(values, revision, note) => {
        const fields = detailsOf(values);
        return changeOf(conference.conference_id, revision, { ...fields, reason: note },
          (now) => now.conference.details.leader === fields['details.leader']
            && Date.parse(now.conference.details.start ?? '') / 1000 === fields['details.start.seconds']);
      }}
      done={(after) => `Gemt: ${startText(after.conference.details.start)}.`}>
      {(parts) => <DetailsFields parts={parts} known={known} />}
    </Form>
  );
}

function End(props: MeetingProps) {
  const { conference, agenda } = props.thing, missing = agenda.filter((item) => !item.action);
  const state = (wanted: string) => (now: Meeting) => now.conference.state === wanted;
  return (
    <>
      {isPlanned(conference) && agenda.length > 0 && missing.length > 0 && (
        <p>Konferencen kan lukkes, når hver sag har sin handling. {count(missing.length, 'sag mangler', 'sager mangler')} en:{' '}
          {missing.map((item) => item.alert_id).join(', ')}. En sag, I ikke nåede, flyttes til en anden konference.</p>
      )}
      <Form {...props} topic={CONFERENCE} form="close" title="Luk konferencen: den er holdt" button="Luk konferencen" note={REASON}
        possible={isPlanned(conference) && missing.length === 0} initial={{}} written={(values) => [values.note ?? '']}
        send={(_, revision, note) => changeOf(conference.conference_id, revision, { close: '', reason: note },
          state('CONFERENCE_STATE_HELD'))}
        done={() => 'Gemt: konferencen er holdt.'}>
        {() => <p class="form-hint">Dagsordenen ligger så fast. Handlingerne kan stadig rettes.</p>}
      </Form>
      <Form {...props} topic={CONFERENCE} form="cancel" title="Aflys konferencen" button="Aflys konferencen" note={REASON}
        possible={isPlanned(conference)} initial={{}} written={(values) => [values.note ?? '']}
        send={(_, revision, note) => changeOf(conference.conference_id, revision, { cancel: '', reason: note },
          state('CONFERENCE_STATE_CANCELLED'))}
        done={() => 'Gemt: konferencen er aflyst, og sagerne har ikke længere en plads på den.'}>
        {() => <p class="form-hint">Sagerne tages af dagsordenen og står igen, som de gjorde før. Flyt dem først, hvis de skal på en anden.</p>}
      </Form>
    </>
  );
}

// What was being written about cases that are on the agenda no longer.
function Gone(props: { meeting: Meeting }) {
  const [, setCount] = useState(0);
  const id = props.meeting.conference.conference_id;
  return (
    <>{formsOf(id).map((form) => {
      const alert = form.match(/^(?:action|move|remove)-(A-.+)$/)?.[1];
      if (!alert || itemOf(props.meeting, alert)) return null;
      const values = draftOf<Meeting>(id, form)?.values ?? {};
      return <Lost key={form} title={alert} now="fordi sagen ikke længere er på denne dagsorden"
        written={Object.values(values)} drop={() => { dropDraft(id, form); setCount((number) => number + 1); }} />;
    })}</>
  );
}

const isOlder = (next: Meeting, held: Meeting) => BigInt(next.conference.revision) < BigInt(held.conference.revision);

export function OneConference(props: { id: string }) {
  const { id } = props;
  useUnits();  // for the departments' names
  const { value, error, setValue, again } = useLoaded(
    (background) => get<Meeting>(`/api/conferences/${encodeURIComponent(id)}`, {}, background), id, () => true, isOlder);
  // Whose guide each case has, and from which units it comes: the agenda itself does not say.
  const { value: cases } = useLoaded((background) => get<AlertPage>('/api/alerts',
    { conference_id: id, states: Object.keys(STATES), page_size: CASES }, background), id, () => true, undefined, value?.conference.revision);
  startLive('');
  if (error && (!value || error.status === 404)) {
    return (
      <>
        <Heading>Konferencen kan ikke vises</Heading>
        {error.status === 404 ? <p>Der er ingen konference med nummeret. En konference slettes to år efter, at den skulle holdes.</p>
          : <Problem error={error} />}
        <p><Link to="/konferencer">Til alle konferencer</Link></p>
      </>
    );
  }
  if (!value) return <Waiting />;
  const { conference, agenda } = value;
  const shown: MeetingProps = { thing: value, changed: setValue, again };
  const full = conference.cases >= conference.max_cases;
  return (
    <>
      <p class="no-print"><Link class="back" to="/konferencer">Alle konferencer</Link></p>
      <Heading>{`Ungekonference ${startDayText(conference.details.start)}`}</Heading>
      {error && <Problem error={error} />}
      {isOver(conference) && (
        <div class="alert alert-info no-print"><div class="alert-body"><p class="alert-text">
          <strong>Tiden er gået, og konferencen er ikke lukket.</strong> Skriv handlingerne, og luk den nederst; eller aflys den.
        </p></div></div>
      )}
      <Facts meeting={value} />
      <p class="buttons no-print">
        <button class="button button-secondary" type="button" onClick={() => print()}>Udskriv dagsordenen</button>
        <CalendarButton id={conference.conference_id}
          name={`ungekonference-${dateField(new Date(conference.details.start ?? ''))}.ics`} />
      </p>
      <h2>Dagsorden</h2>
      <p class="explanation">En sag står med advisets nummer og de afdelinger, der er med. Hver afdeling finder sin egen sag
        ved det samme nummer i sin egen indbakke.</p>
      <Gone meeting={value} />
      {agenda.length === 0 && <p>{isPlanned(conference) ? 'Der er ingen sager på dagsordenen endnu.' : 'Der er ingen sager.'}</p>}
      <ol class="agenda no-max-width">
        {agenda.map((item) => <AgendaCase key={item.alert_id} {...shown} item={item} action={actionText(item)}
          alert={cases?.alerts.find((one) => one.alert_id === item.alert_id)} />)}
      </ol>
      {isPlanned(conference) && full && <p>Dagsordenen er fuld: kommunens politik siger {conference.max_cases} sager.</p>}
      <AddCase {...shown} full={full} />
      <section class="no-print">
        <h2>Konferencen selv</h2>
        <Details {...shown} />
        <End {...shown} />
        {!isPlanned(conference) && <p>Konferencen er {conferenceStateText(conference.state)}.</p>}
      </section>
    </>
  );
}
