// All alerts, newest first, filtered and by page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from './api';
import { startLive } from './live';
import { AlertTable, Heading, Problem, useLoaded, Waiting } from './parts';
import { go, Link, usePlace } from './router';
import type { AlertPage } from './types';
import { count, safe, STATES } from './words';

const PAGE = 50;
const departments = new Map<string, string>();  // seen so far: id, name

function address(state: string, department: string, page = ''): string {
  const query = new URLSearchParams();
  if (state) query.set('tilstand', state);
  if (department) query.set('afdeling', department);
  if (page) query.set('side', page);
  const text = query.toString();
  return text ? `/advis?${text}` : '/advis';
}

export function Alerts() {
  const { query } = usePlace();
  const state = query.get('tilstand') ?? '', department = query.get('afdeling') ?? '', page = query.get('side') ?? '';
  const input = `${state} ${department} ${page}`;
  const { value, error } = useLoaded((background) => get<AlertPage>('/api/alerts', {
    states: state || undefined, department: department || undefined, page_token: page || undefined, page_size: PAGE,
  }, background), input, () => true);
  if (value) startLive(value.feed_sequence);
  value?.alerts.forEach((alert) => alert.participants.forEach((one) => {
    departments.set(one.department, one.department_name || one.department);
  }));

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

  return (
    <>
      <Heading>Advis</Heading>
      <p class="explanation">
        Et advis er en ung, som flere afdelinger kender. De nyeste står øverst; rækkefølgen siger ikke andet.
      </p>
      <form class="filter" onSubmit={(event) => event.preventDefault()}>
        <div class="form-group">
          <label class="form-label" for="state">Tilstand</label>
          <select class="form-select" id="state" value={state}
            onChange={(event) => go(address(event.currentTarget.value, department))}>
            <option value="">Alle åbne</option>
            {Object.entries(STATES).map(([name, word]) => <option value={name}>{word}</option>)}
          </select>
        </div>
        <div class="form-group">
          <label class="form-label" for="department">Afdeling</label>
          <select class="form-select" id="department" value={department}
            onChange={(event) => go(address(state, event.currentTarget.value))}>
            <option value="">Alle afdelinger</option>
            {department && !departments.has(department) && <option value={department}>{safe(department)}</option>}
            {[...departments].sort((a, b) => a[1].localeCompare(b[1], 'da'))
              .map(([id, name]) => <option value={id}>{safe(name)}</option>)}
          </select>
        </div>
      </form>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      <p role="status" class="news">
        {fresh.size > 0 && `${count(fresh.size, 'advis er', 'advis er')} ændret, mens du har set på listen; de er mærket.`}
      </p>
      {value && value.alerts.length === 0 && <p>Der er ingen advis, som passer til det valgte.</p>}
      {value && value.alerts.length > 0 && <AlertTable alerts={value.alerts} caption="Advis, nyeste først" fresh={fresh} />}
      {value && (page || value.next_page_token) && (
        <nav class="pages" aria-label="Sider">
          {page && <Link to={address(state, department)}>Til de nyeste</Link>}
          {value.next_page_token && <Link to={address(state, department, value.next_page_token)}>Ældre advis</Link>}
        </nav>
      )}
    </>
  );
}
