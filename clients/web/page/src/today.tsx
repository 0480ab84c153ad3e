// The morning: what is new, what is overdue, what is ahead. The numbers follow every change;
// the lists only what changes in them, as each reading is written into the log.
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Fields, get } from './api';
import { countHandovers, Handovers, useHandovers } from './handovers';
import { AlertTable, Heading, Problem, useLoaded, Waiting } from './parts';
import { Link } from './router';
import { cursorOf, startLive } from './live';
import { NextConference, Waiting as WaitingQuestions } from './next';
import type { AlertPage, Overview } from './types';
import { count } from './words';

const SHOWN = 10;
const QUIET_MS = 15000;

interface Kind {
  title: string; filter: Fields; more: string; explanation: string; none: string; count: (value: Overview) => string;
}
const inState = (value: Overview, state: string) => value.states.find((one) => one.state === state)?.alerts ?? '0';

const KINDS: Kind[] = [
  { title: 'Frist overskredet', filter: { overdue_only: true }, more: '/advis?kun=frist', count: (value) => value.overdue,
    explanation: 'Unge, hvor noget skulle have været gjort. Det nyeste advis står øverst; rækkefølgen siger ikke andet.',
    none: 'Ingen frister er overskredet.' },
  { title: 'Nye advis', filter: { states: 'ALERT_STATE_IDENTIFIED' }, more: '/advis?tilstand=ALERT_STATE_IDENTIFIED',
    count: (value) => inState(value, 'ALERT_STATE_IDENTIFIED'),
    explanation: 'Unge, som reglen har fundet, og som endnu ikke er tilbudt en indsats, indstillet eller sat på en konference. De nyeste står øverst.',
    none: 'Der er ingen nye advis.' },
  { title: 'Indstillet af en afdeling', filter: { states: 'ALERT_STATE_NOMINATED' },
    more: '/advis?tilstand=ALERT_STATE_NOMINATED', count: (value) => inState(value, 'ALERT_STATE_NOMINATED'),
    explanation: 'Unge, som en sagsbehandler har indstillet til en ungeguide. De nyeste advis står øverst.',
    none: 'Der er ingen nye indstillinger.' },
  { title: 'Nær en aldersgrænse eller skolens slutning', filter: { transition_ahead: true }, more: '/advis?kun=overgang',
    count: (value) => value.transitions,
    explanation: 'Unge, der snart fylder år til en alder, hvor ansvaret skifter efter kommunens politik (for eksempel 18, 25 eller 30), eller går ud af skolen. De nyeste advis står øverst.',
    none: 'Ingen overgange er nær.' },
  { title: 'På vej til ungekonference', filter: { states: 'ALERT_STATE_CONFERENCE_PLANNED' },
    more: '/advis?tilstand=ALERT_STATE_CONFERENCE_PLANNED',
    count: (value) => inState(value, 'ALERT_STATE_CONFERENCE_PLANNED'),
    explanation: 'Unge, hvis afdelinger er indkaldt. De nyeste advis står øverst.', none: 'Ingen er indkaldt.' },
];

function Group(props: { kind: Kind; trigger: string }) {
  const { kind } = props;
  const shown = useRef<AlertPage | null>(null);
  const { value, error } = useLoaded(
    (background) => get<AlertPage>('/api/alerts', { ...kind.filter, page_size: SHOWN }, background), kind.title,
    (changed) => changed === 'all' || !!shown.current?.alerts.some((alert) => changed.has(alert.alert_id)), undefined,
    props.trigger);
  shown.current = value;
  return (
    <section class="group">
      <h2>{kind.title}</h2>
      <p class="explanation">{kind.explanation}</p>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && value.alerts.length === 0 && <p>{kind.none}</p>}
      {value && value.alerts.length > 0 && <>
        <p>{value.next_page_token ? `De ${SHOWN} nyeste; der er flere.`
          : `${count(value.alerts.length, 'advis', 'advis')} i alt.`}</p>
        <AlertTable alerts={value.alerts} caption={kind.title} />
        <p><Link to={kind.more}>Vis alle</Link></p>
      </>}
    </section>
  );
}

function Counts(props: { value: Overview; handovers: string }) {
  const { value } = props;
  const without = value.guides.find((one) => !one.department_name && !one.unit)?.alerts ?? '0';
  const numbers: [string, string, string, string][] = [
    ['frist overskredet', value.overdue, 'noget skulle have været gjort', '/advis?kun=frist'],
    ['nye', inState(value, 'ALERT_STATE_IDENTIFIED'), 'fundet af reglen; endnu ikke tilbudt, indstillet eller sat på en konference',
      '/advis?tilstand=ALERT_STATE_IDENTIFIED'],
    ['indstillet, ikke taget op endnu', inState(value, 'ALERT_STATE_NOMINATED'),
      'en afdeling har bedt om en ungeguide; sagen er ikke på en konference',
      '/advis?tilstand=ALERT_STATE_NOMINATED'],
    ['nær en aldersgrænse', value.transitions, 'fylder snart for eksempel 18, 25 eller 30, eller går ud af skolen', '/advis?kun=overgang'],
    [props.handovers === '1' ? 'overdragelse venter på svar' : 'overdragelser venter på svar', props.handovers, 'en efterfølger har ikke sagt ja eller nej endnu', '#overdragelser'],
    ['uden ungeguide', without, 'åbne advis, hvor ingen ungeguide har sagt ja', '/advis?kun=uden-guide'],
  ];
  return (
    <ul class="counts no-max-width" aria-label="Antal advis">
      {numbers.map(([name, number, explanation, to]) => (
        <li key={name}>{to.startsWith('#')
          ? <a href={to}><span class="number">{number}</span> {name}</a>
          : <Link to={to}><span class="number">{number}</span> {name}</Link>}
          <span class="explanation">{explanation}</span></li>
      ))}
    </ul>
  );
}

export function Today() {
  const { value, error } = useLoaded((background) => get<Overview>('/api/overview', {}, background), '', () => true);
  const [round, setRound] = useState(0);
  const cursor = value ? cursorOf(value) : '';
  // What the numbers do not show, one in and one out, is seen when it is quiet again.
  useEffect(() => {
    if (!cursor) return undefined;
    startLive(cursor);
    const timer = round === 0 ? 0 : setTimeout(() => setRound((last) => last + 1), QUIET_MS);
    if (round === 0) setRound(1);
    return () => clearTimeout(timer);
  }, [cursor]);
  const handovers = useHandovers(`${value?.overdue} ${Math.max(round, 1)}`);
  return (
    <>
      <Heading>I dag</Heading>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && <>
        <div class="panels">
          <NextConference trigger={`${inState(value, 'ALERT_STATE_CONFERENCE_PLANNED')} ${Math.max(round, 1)}`} />
          <WaitingQuestions />
        </div>
        <Counts value={value} handovers={countHandovers(handovers.value)} />
        <Group kind={KINDS[0]} trigger={`${KINDS[0].count(value)} ${Math.max(round, 1)}`} />
        <Handovers held={handovers} />
        {KINDS.slice(1).map((kind) => <Group key={kind.title} kind={kind} trigger={`${kind.count(value)} ${Math.max(round, 1)}`} />)}
      </>}
    </>
  );
}
