// The morning: what is new, and what was convened.
import { get } from './api';
import { AlertTable, Heading, Problem, useLoaded, Waiting } from './parts';
import { Link } from './router';
import { startLive } from './live';
import type { AlertPage } from './types';
import { count } from './words';

const SHOWN = 10;

function Group(props: { title: string; states: string; explanation: string; none: string; more: string }) {
  const { value, error } = useLoaded(
    (background) => get<AlertPage>('/api/alerts', { states: props.states, page_size: SHOWN }, background),
    props.states, () => true);
  if (value) startLive(value.feed_sequence);
  return (
    <section class="group">
      <h2>{props.title}</h2>
      <p class="explanation">{props.explanation}</p>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && value.alerts.length === 0 && <p>{props.none}</p>}
      {value && value.alerts.length > 0 && <>
        <p>{value.next_page_token ? `De ${SHOWN} nyeste; der er flere.`
          : `${count(value.alerts.length, 'advis', 'advis')} i alt.`}</p>
        <AlertTable alerts={value.alerts} caption={props.title} />
        <p><Link to={props.more}>Vis alle</Link></p>
      </>}
    </section>
  );
}

export function Today() {
  return (
    <>
      <Heading>I dag</Heading>
      <Group title="Nye advis" states="ALERT_STATE_IDENTIFIED"
        explanation="Unge, som reglen har fundet, og som ingen har gjort noget ved endnu. De nyeste står øverst."
        none="Der er ingen nye advis." more="/advis?tilstand=ALERT_STATE_IDENTIFIED" />
      <Group title="På vej til ungekonference" states="ALERT_STATE_CONFERENCE_PLANNED"
        explanation="Unge, hvis afdelinger er indkaldt. De nyeste advis står øverst."
        none="Ingen er indkaldt." more="/advis?tilstand=ALERT_STATE_CONFERENCE_PLANNED" />
    </>
  );
}
