// The two panels of the first page: the next conference, and the questions that wait.
import { get } from './api';
import { isOver, isPlanned, startText } from './conference_words';
import { ALL } from './conferences';
import { daysSince, PAGE, useNowAndThen } from './inquiries';
import { Problem, Text, useLoaded, Waiting as WaitingText } from './parts';
import { Link } from './router';
import type { Conference, ConferencePage, InquiryPage } from './types';
import { capital, count } from './words';

const addressOf = (one: Conference) => `/konferencer/${one.conference_id}`;

// `trigger`: read again when it changes.
export function NextConference(props: { trigger: string }) {
  const { value, error } = useLoaded((background) => get<ConferencePage>('/api/conferences', { page_size: ALL }, background),
    '', (changed) => changed === 'all', undefined, props.trigger);
  const planned = value?.conferences.filter(isPlanned) ?? [];
  const next = planned.find((one) => !isOver(one)), over = planned.filter((one) => isOver(one));
  return (
    <section class="panel">
      <h2>Næste ungekonference</h2>
      {error && <Problem error={error} />}
      {!value && !error && <WaitingText />}
      {value && !next && <p>Ingen ungekonference er planlagt. <Link to="/konferencer">Planlæg den næste</Link></p>}
      {next && <>
        <p><strong>{capital(startText(next.details.start))}{next.details.place && ','}</strong>
          {next.details.place && <>{' '}<Text>{next.details.place}</Text></>}</p>
        <p><Link to={addressOf(next)}>{next.cases === 0 ? 'Åbn dagsordenen: ingen sager endnu'
          : `Åbn dagsordenen: ${count(next.cases, 'sag', 'sager')}`}</Link>
          <span class="explanation"> Der er plads til {next.max_cases}.</span></p>
      </>}
      {over.map((one) => (
        <p class="overdue" key={one.conference_id}>Ikke lukket endnu: <Link to={addressOf(one)}>{startText(one.details.start)}</Link></p>
      ))}
    </section>
  );
}

export function Waiting() {
  const round = useNowAndThen();
  const { value, error } = useLoaded((background) => get<InquiryPage>('/api/inquiries', { page_size: PAGE }, background), '',
    () => false, undefined, round);
  const [oldest] = value?.inquiries ?? [];
  return (
    <section class="panel">
      <h2>Spørgsmål fra afdelingerne</h2>
      {error && <Problem error={error} />}
      {!value && !error && <WaitingText />}
      {value && !oldest && <p>Ingen spørgsmål venter på svar.</p>}
      {value && oldest && <>
        <p><Link to="/spoergsmaal">{value.next_page_token ? `Mere end ${PAGE} spørgsmål venter`
          : count(value.inquiries.length, 'spørgsmål venter', 'spørgsmål venter')} på svar</Link></p>
        <p class="explanation">Det ældste har ventet {daysSince(oldest.asked)}.</p>
      </>}
    </section>
  );
}
