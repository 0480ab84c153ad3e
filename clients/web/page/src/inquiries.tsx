// Questions of departments: what has waited longest stands first, and one answer can be to several.
import { useEffect, useState } from 'preact/hooks';
import { get, post } from './api';
import { Choice, LongField, TextField } from './fields';
import { bytes, Form, type FormParts, NOTE_BYTES, type Wrong } from './form';
import { startLive } from './live';
import { Heading, Problem, Text, useLoaded, Waiting } from './parts';
import { Link, usePlace } from './router';
import type { Topic } from './topic';
import type { Inquiry, InquiryPage } from './types';
import { useUnits } from './units';
import { count, dayText, safe, timeText } from './words';

export const PAGE = 100;
const MAX_AT_ONCE = 50, MAX_TEXT = 2000;
const ROUND_MS = 5 * 60 * 1000, DAY_MS = 24 * 3600 * 1000;

// The feed does not tell of questions: they are asked for again now and then, and when the page
// is looked at again. Each reading is written into the log.
export function useNowAndThen(): number {
  const [round, setRound] = useState(0);
  useEffect(() => {
    const next = () => { if (!document.hidden) setRound((number) => number + 1); };
    const timer = setInterval(next, ROUND_MS);
    document.addEventListener('visibilitychange', next);
    return () => { clearInterval(timer); document.removeEventListener('visibilitychange', next); };
  }, []);
  return round;
}

export function daysSince(time?: string | null): string {
  const days = Math.floor((Date.now() - Date.parse(time ?? '')) / DAY_MS);
  return days < 1 ? 'under en dag' : count(days, 'dag', 'dage');
}
const KINDS: Record<string, [string, string]> = {
  INQUIRY_KIND_TARGET_GROUP: ['Målgruppe', 'tvivl om, hvem der hører til'],
  INQUIRY_KIND_DROPOUT: ['Frafald', 'om en ung uden for målgruppen'],
};

// Text of several lines.
const Lines = (props: { text: string }) => (
  <>{props.text.split('\n').map((line, i) => <>{i > 0 && <br />}<Text>{line.replace(/\t/g, ' ')}</Text></>)}</>
);

function Head(props: { one: Inquiry }) {
  const { one } = props, [kind, explanation] = KINDS[one.kind] ?? ['Ukendt emne', ''], units = useUnits();
  return (
    <span class="quiet"><strong>{kind}</strong>{explanation && ` (${explanation})`}
      {units?.length !== 1 && <> · <Text>{one.department_name || one.department}</Text></>} · <span class="whole">{one.inquiry_id}</span></span>
  );
}

// Answering is about no one thing that has a revision: a question that was answered meanwhile is
// refused.
interface Queue { waiting: Inquiry[]; answered: number }
const QUEUE: Topic<Queue> = {
  name: 'Listen', id: () => 'spoergsmaal', revision: () => '0', between: () => [], onlyOwn: () => true,
  read: async () => { throw new Error('is not read'); },
};

// All of them, the answered ones too; whose answer was lost looks for what it sent.
async function everyInquiry(): Promise<Inquiry[]> {
  const all: Inquiry[] = [];
  for (let page = '', read = 0; read < 100; ++read) {
    const next = await get<InquiryPage>('/api/inquiries', { include_answered: true, page_size: 500, page_token: page || undefined });
    all.push(...next.inquiries);
    page = next.next_page_token;
    if (!page) break;
  }
  return all;
}

function Choices(props: { parts: FormParts; waiting: Inquiry[]; chosen: string[] }) {
  const { parts, chosen } = props, wrong = parts.wrong.ids, hint = parts.id('ids-hint');
  const toggle = (id: string, on: boolean) =>
    parts.set({ ids: (on ? [...chosen, id] : chosen.filter((one) => one !== id)).join(' ') });
  return (
    <fieldset class={`form-group ${wrong ? 'form-error' : ''}`} aria-describedby={`${hint}${wrong ? ` ${parts.id('ids-wrong')}` : ''}`}>
      <legend class="form-label">Hvilke spørgsmål svarer du på?</legend>
      <span class="form-hint" id={hint}>Sæt flere krydser for at give flere det samme svar.</span>
      {wrong && <span class="form-error-message" id={parts.id('ids-wrong')}>{wrong}</span>}
      <ul class="plain inquiries">{props.waiting.map((one, i) => (
        <li key={one.inquiry_id}>
          <div class="tick">
            <input id={i === 0 ? parts.id('ids') : parts.id(one.inquiry_id)} type="checkbox" checked={chosen.includes(one.inquiry_id)}
              onChange={(event) => toggle(one.inquiry_id, event.currentTarget.checked)} />
            <label for={i === 0 ? parts.id('ids') : parts.id(one.inquiry_id)}><Lines text={one.text} /></label>
          </div>
          <Head one={one} />
          <span class="quiet"> · stillet {dayText(one.asked)}, har ventet {daysSince(one.asked)}</span>
        </li>
      ))}</ul>
    </fieldset>
  );
}

function Answer(props: { waiting: Inquiry[]; again: () => void }) {
  const { waiting } = props;
  const chosenOf = (ids?: string) => (ids ?? '').split(' ').filter((id) => waiting.some((one) => one.inquiry_id === id));
  return (
    <Form topic={QUEUE} thing={{ waiting, answered: 0 }} form="answer" title="Svar" button="Send svaret" plain
      possible={waiting.length > 0} initial={{}}
      written={(values) => [values.text ?? '']} changed={props.again} again={async () => { props.again(); return null; }}
      check={(values) => {
        const wrong: Wrong = {}, chosen = chosenOf(values.ids);
        if (chosen.length === 0) wrong.ids = 'Vælg mindst ét spørgsmål';
        else if (chosen.length > MAX_AT_ONCE) wrong.ids = `Vælg højst ${MAX_AT_ONCE} spørgsmål ad gangen`;
        if (!values.text?.trim()) wrong.text = 'Skriv et svar';
        else if (bytes(values.text.trim()) > MAX_TEXT) wrong.text = 'Svaret er for langt';
        return wrong;
      }}
      send={(values) => {
        const ids = chosenOf(values.ids), text = values.text.trim();
        const after = (answered: number): Queue => ({ waiting, answered });
        return {
          run: async () => after((await post<{ inquiries: Inquiry[] }>('/api/inquiries', { inquiry_ids: ids, text })).inquiries.length),
          find: async () => {
            const all = await everyInquiry();
            return ids.every((id) => all.some((one) => one.inquiry_id === id && one.answer === text)) ? after(ids.length) : null;
          },
        };
      }}
      done={({ answered }) => `Svaret er sendt til ${count(answered, 'spørgsmål', 'spørgsmål')}.`}>
      {(parts) => {
        const chosen = chosenOf(parts.values.ids);
        return (
          <>
            <Choices parts={parts} waiting={waiting} chosen={chosen} />
            <LongField parts={parts} field="text" label={chosen.length > 1 ? `Svar på ${chosen.length} spørgsmål` : 'Svar'} rows={4}
              hint="Afdelingen læser det i sin indbakke. Uden navne og CPR-numre." />
          </>
        );
      }}
    </Form>
  );
}

// Words that name somebody after all must go; that it was asked stays.
function Delete(props: { inquiries: Inquiry[]; again: () => void }) {
  const { inquiries } = props;
  return (
    <Form topic={QUEUE} thing={{ waiting: inquiries, answered: 0 }} form="delete" title="Slet ordene i et spørgsmål, der nævner nogen"
      button="Slet ordene" possible={inquiries.length > 0} initial={{}} written={(values) => [values.reason ?? '']}
      changed={props.again} again={async () => { props.again(); return null; }}
      check={(values) => {
        const wrong: Wrong = {};
        if (!inquiries.some((one) => one.inquiry_id === values.question)) wrong.question = 'Vælg et spørgsmål';
        if (!values.reason?.trim()) wrong.reason = 'Skriv hvorfor';
        else if (bytes(values.reason.trim()) > NOTE_BYTES) wrong.reason = 'Teksten er for lang';
        return wrong;
      }}
      send={(values) => ({
        run: async () => {
          await post(`/api/inquiries/${values.question}/deletion`, { reason: values.reason.trim() });
          return { waiting: inquiries, answered: 0 };
        },
        find: async () => {
          const all = await everyInquiry();
          return all.some((one) => one.inquiry_id === values.question && one.deleted) ? { waiting: inquiries, answered: 0 } : null;
        },
      })}
      done={() => 'Gemt: ordene er slettet, både spørgsmålets og svarets.'}>
      {(parts) => <>
        <Choice parts={parts} field="question" label="Spørgsmål" options={inquiries.map((one) =>
          [one.inquiry_id, `${one.inquiry_id}, ${safe(one.department_name || one.department)}, ${dayText(one.asked)}`] as const)} />
        <TextField parts={parts} field="reason" label="Hvorfor" hint="Det står i loggen for altid. Gentag ikke det, der skal slettes." />
        <p class="form-hint">Ordene kan ikke hentes igen. Afdelingen kan se, at spørgsmålet er slettet.</p>
      </>}
    </Form>
  );
}

function Answered(props: { page: string }) {
  const { value, error, again } = useLoaded((background) => get<InquiryPage>('/api/inquiries',
    { include_answered: true, page_size: PAGE, page_token: props.page || undefined }, background), props.page, () => false);
  const answered = value?.inquiries.filter((one) => one.answered || one.deleted) ?? [];
  return (
    <>
      <h2>Besvarede</h2>
      <p class="explanation">De ældste står øverst. Et spørgsmål slettes et år efter svaret.</p>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && answered.length === 0 && <p>Her er ingen besvarede spørgsmål.</p>}
      <ul class="plain inquiries">{answered.map((one) => (
        <li key={one.inquiry_id}>
          {one.deleted ? <>Ordene er slettet {dayText(one.deleted)}.</> : <Lines text={one.text} />}<br />
          <Head one={one} /><span class="quiet"> · stillet {dayText(one.asked)}</span>
          {one.answered && !one.deleted && (
            <p class="answer"><strong>Svar {timeText(one.answered)}:</strong> <Lines text={one.answer} /></p>
          )}
        </li>
      ))}</ul>
      <Delete inquiries={answered.filter((one) => !one.deleted)} again={() => void again()} />
      <nav class="pages" aria-label="Sider">
        {props.page && <Link to="/spoergsmaal?vis=besvarede">Til de ældste</Link>}
        {value?.next_page_token && <Link to={`/spoergsmaal?vis=besvarede&side=${encodeURIComponent(value.next_page_token)}`}>Nyere spørgsmål</Link>}
      </nav>
    </>
  );
}

export function Inquiries() {
  const { query } = usePlace(), old = query.get('vis') === 'besvarede';
  const round = useNowAndThen();
  const { value, error, again } = useLoaded((background) => get<InquiryPage>('/api/inquiries', { page_size: PAGE }, background),
    '', () => false, undefined, round);
  startLive('');
  return (
    <>
      <Heading>Spørgsmål</Heading>
      <p class="explanation">
        Afdelingerne spørger her, når de er i tvivl om, hvem der hører til målgruppen, eller ser frafald uden for den. Intet
        af det bliver sammenholdt med noget, og ingen må nævnes.
      </p>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && <>
        <h2>Venter på svar</h2>
        <p class="explanation">{value.inquiries.length === 0 ? 'Ingen spørgsmål venter.'
          : `Det, der har ventet længst, står øverst. ${value.next_page_token ? `De ${PAGE} ældste vises; der er flere.` : ''}`}</p>
        <Answer waiting={value.inquiries} again={() => void again()} />
        {!old && <Delete inquiries={value.inquiries} again={() => void again()} />}
      </>}
      {old ? <Answered page={query.get('side') ?? ''} />
        : <p><Link to="/spoergsmaal?vis=besvarede">Vis også besvarede spørgsmål</Link></p>}
    </>
  );
}
