// Reports to keep: they are made by the server, with the numbers of this page and, beside them,
// figures from elsewhere.
import { useState } from 'preact/hooks';
import { type ApiError, postFigures } from './api';
import { keepFile, readText } from './files';
import { Problem } from './parts';
import type { Figure, StatusReport } from './types';
import { monthText } from './words';

const MAX_FILE = 100_000;  // bytes
const KINDS = [['html', 'Hent som HTML', 'en side, du åbner i browseren; udskriv den derfra, det giver også PDF'],
  ['csv', 'Hent som regneark (CSV)', 'et tal på hver linje'], ['json', 'Hent som data (JSON)', 'til andre programmer']] as const;

// A file of figures from elsewhere, as the server has read it.
export interface Import { name: string; text: string; figures: Figure[] }

// The quarters that tables are kept of, the latest first: "2026-4" is the last one of 2026.
function quartersOf(months: number[]): [string, string][] {
  const kept = new Map<string, number>();
  for (const month of months) {
    const quarter = `${Math.floor(month / 100)}-${Math.ceil((month % 100) / 3)}`;
    kept.set(quarter, (kept.get(quarter) ?? 0) + 1);
  }
  return [...kept].reverse().map(([quarter, count]) => [quarter,
    `${quarter.slice(5)}. kvartal ${quarter.slice(0, 4)}${count < 3 ? ` (${count} af 3 måneder)` : ''}`]);
}

// The months that have ended, the latest first, and what the server calls them: "2026-11".
function finishedOf(months: number[], running: number): [string, string][] {
  return [...months].filter((month) => month < running).reverse()
    .map((month) => [`${Math.floor(month / 100)}-${String(month % 100).padStart(2, '0')}`, `Status for ${monthText(month)}`]);
}

// `months`: those that tables are kept of (YYYYMM), oldest first; `running`: the one that has not
// ended. `held`: the file that goes along.
export function Reports(props: {
  months: number[]; running: number; held: Import | null; setHeld: (held: Import | null) => void;
}) {
  const { held, setHeld } = props, finished = finishedOf(props.months, props.running);
  // "month 2026-10", "quarter 2026-4", or "now".
  const [wanted, setWanted] = useState(finished.length > 0 ? `month ${finished[0][0]}` : 'now');
  const [error, setError] = useState<ApiError | null>(null);
  const [tooLong, setTooLong] = useState(false);
  const [said, setSaid] = useState('');
  const [kept, setKept] = useState<[string, string]>(['', '']);  // which, and what is said beside it
  const choose = async (input: HTMLInputElement) => {
    const file = input.files?.[0];
    setHeld(null);
    setError(null);
    setSaid('');
    setTooLong(!!file && file.size > MAX_FILE);
    if (!file || file.size > MAX_FILE) return;
    try {
      const text = await readText(file);
      const { figures } = await postFigures<StatusReport>('/api/figures', text);
      setHeld({ name: file.name, text, figures });
      setSaid('Tallene står nedenfor ved siden af Samkørs egne og kommer med i rapporten.');
    } catch (caught) {
      setError(caught as ApiError);
      input.value = '';
    }
  };
  const keep = async (as: string) => {
    setError(null);
    setKept(['', '']);
    try {
      const [kind, name] = wanted.split(' ');
      setKept([as, `${await keepFile('/api/report', name ? { as, [kind]: name } : { as }, held?.text ?? '')} er hentet.`]);
    } catch (caught) {
      setError(caught as ApiError);
    }
  };
  return (
    <section class="group no-print">
      <h2>Hent en rapport</h2>
      <p class="explanation">En måneds status til styregruppen, eller et kvartal til udvalg og byråd: tallene med deres
        forklaring, og tal fra andre kilder, hvis du vælger en fil. Ingen personer og ingen små tal.</p>
      <div class="form-group">
        <label class="form-label" for="report">Rapport</label>
        <select class="form-select" id="report" value={wanted} onChange={(event) => setWanted(event.currentTarget.value)}>
          {finished.map(([value, name]) => <option value={`month ${value}`}>{name}</option>)}
          <option value="now">Status for {monthText(props.running)}, som ikke er slut</option>
          {quartersOf(props.months).map(([value, name]) => <option value={`quarter ${value}`}>{name}</option>)}
        </select>
      </div>
      <ul class="plain reports">{KINDS.map(([as, name, explanation]) => (
        <li key={as}><button class="button button-secondary" type="button" onClick={() => void keep(as)}>{name}</button>{' '}
          <span class="quiet">{explanation}</span>
          <span role="status" class="said">{kept[0] === as && kept[1]}</span></li>
      ))}</ul>
      <div class="form-group">
        <label class="form-label" for="figures">Tal fra andre kilder (CSV-fil)</label>
        <span class="form-hint" id="figures-hint">Uddannelse, job og ydelser har Samkør ingen tal for. Første linje i filen skal
          være: indikator;periode;tal;kilde</span>
        <input class="form-input" type="file" id="figures" accept=".csv,text/csv" aria-describedby="figures-hint"
          onChange={(event) => void choose(event.currentTarget)} />
      </div>
      <p role="status" class="saved">{said}</p>
      {tooLong && <div class="alert alert-error" role="alert"><div class="alert-body"><p class="alert-text">
        <strong>Filen er for stor.</strong> Der er plads til 500 tal på tilsammen 100 kB.</p></div></div>}
      {error && <Problem error={error} />}
    </section>
  );
}
