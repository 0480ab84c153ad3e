// All alerts, newest first, filtered and by page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Fields, get } from './api';
import { halfYearText } from './coordination_words';
import { FindNumber } from './find_number';
import { cursorOf, startLive } from './live';
import { AlertTable, Heading, Problem, useLoaded, Waiting } from './parts';
import { go, Link, usePlace } from './router';
import type { AlertPage } from './types';
import { nameOfDepartment, useUnits } from './units';
import { count, safe, STATES } from './words';

const PAGE = 50;
const ONLY: Record<string, [string, Fields]> = {
  frist: ['frist overskredet', { overdue_only: true }],
  overgang: ['nær en aldersgrænse', { transition_ahead: true }],
  'uden-guide': ['uden ungeguide', { without_guide: true }],
  indstillet: ['indstillet af en afdeling', { nominated_only: true }],
};
// What stands in the address, and the contract's word for it.
const NAMES = { tilstand: 'states', afdeling: 'department', guideafdeling: 'guide_department', guideenhed: 'guide_unit',
  halvaar: 'half_year', konference: 'conference_id', side: 'page_token' } as const;

// The list's address; without its page, which belongs to what was chosen before.
export function listAddress(query: URLSearchParams, part: Record<string, string>): string {
  const next = new URLSearchParams(query);
  next.delete('side');
  for (const [name, value] of Object.entries(part)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  const text = next.toString();
  return text ? `/advis?${text}` : '/advis';
}

function fieldsOf(query: URLSearchParams): Fields {
  const fields: Fields = { page_size: PAGE };
  for (const [name, field] of Object.entries(NAMES)) fields[field] = query.get(name) || undefined;
  return { ...fields, ...ONLY[query.get('kun') ?? '']?.[1] };
}

// What the address narrows the list to and no field on the screen shows.
function narrowed(query: URLSearchParams): string {
  const guide = [query.get('guideafdeling') && nameOfDepartment(query.get('guideafdeling')!), query.get('guideenhed')]
    .filter(Boolean).join(', ');
  return [guide && `ungeguide fra ${guide}`, query.get('halvaar') && halfYearText(Number(query.get('halvaar'))),
    query.get('konference') && `konference ${query.get('konference')}`].filter(Boolean).join('; ');
}

export function Alerts() {
  const { query } = usePlace();
  const units = useUnits();
  const chosen = (name: string) => query.get(name) ?? '';
  const state = chosen('tilstand'), department = chosen('afdeling'), page = chosen('side'), only = chosen('kun');
  const input = query.toString(), narrow = narrowed(query);
  const { value, error } = useLoaded((background) => get<AlertPage>('/api/alerts', fieldsOf(query), background), input,
    () => true);
  if (value) startLive(cursorOf(value));

  // What has changed since the list was first shown is marked, and said once.
  const seen = useRef<{ input: string; revisions: Map<string, string> } | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    if (!value) return;
    const revisions = new Map(value.alerts.map((alert) => [alert.alert_id, alert.revision]));
    if (!seen.current || seen.current.input !== input) {
      seen.current = { input, revisions };
      setFresh(new Set());
      return;
    }
    const before = seen.current.revisions;
    setFresh(new Set(value.alerts.filter((alert) => before.get(alert.alert_id) !== alert.revision)
      .map((alert) => alert.alert_id)));
  }, [value]);

  const choose = (name: string) => (event: { currentTarget: HTMLSelectElement }) =>
    go(listAddress(query, { [name]: event.currentTarget.value }));
  return (
    <>
      <Heading>Advis</Heading>
      <p class="explanation">
        Et advis er en ung, som flere afdelinger kender, eller som en afdeling har indstillet. De nyeste står øverst;
        rækkefølgen siger ikke andet.
      </p>
      <FindNumber />
      <form class="filter" onSubmit={(event) => event.preventDefault()}>
        <div class="form-group">
          <label class="form-label" for="state">Tilstand</label>
          <select class="form-select" id="state" value={state} onChange={choose('tilstand')}>
            <option value="">Alle åbne</option>
            {Object.entries(STATES).map(([name, word]) => <option value={name}>{word}</option>)}
          </select>
        </div>
        <div class="form-group">
          <label class="form-label" for="department">Afdeling</label>
          <select class="form-select" id="department" value={department} onChange={choose('afdeling')}>
            <option value="">Alle afdelinger</option>
            {department && !units?.some((one) => one.department === department)
              && <option value={department}>{safe(department)}</option>}
            {units?.map((one) => <option value={one.department}>{safe(one.department_name)}</option>)}
          </select>
        </div>
        <div class="form-group">
          <label class="form-label" for="only">Vis kun</label>
          <select class="form-select" id="only" value={only} onChange={choose('kun')}>
            <option value="">Alt</option>
            {Object.entries(ONLY).map(([name, [word]]) => <option value={name}>{word}</option>)}
          </select>
        </div>
      </form>
      {narrow && <p>Kun {safe(narrow)}. <Link to={listAddress(query, { guideafdeling: '', guideenhed: '', halvaar: '',
        konference: '' })}>Vis alle</Link></p>}
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      <p role="status" class="news">
        {fresh.size > 0 && `${count(fresh.size, 'advis er', 'advis er')} ændret, mens du har set på listen; de er mærket.`}
      </p>
      {value && value.alerts.length === 0 && <p>Der er ingen advis, som passer til det valgte.</p>}
      {value && value.alerts.length > 0 && <AlertTable alerts={value.alerts} caption="Advis, nyeste først" fresh={fresh} />}
      {value && (page || value.next_page_token) && (
        <nav class="pages" aria-label="Sider">
          {page && <Link to={listAddress(query, {})}>Til de nyeste</Link>}
          {value.next_page_token && <Link to={listAddress(query, { side: value.next_page_token })}>Ældre advis</Link>}
        </nav>
      )}
    </>
  );
}
