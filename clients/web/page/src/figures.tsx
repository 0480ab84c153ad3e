// The month's numbers: how many, never who; small ones are withheld.
import { useState } from 'preact/hooks';
import { get } from './api';
import { Bars } from './chart';
import { Indicators } from './indicators';
import { startLive } from './live';
import { Heading, Problem, Text, useLoaded, Waiting } from './parts';
import { type Import, Reports } from './reports';
import type { Cell, Explanation, Statistics, StatusReport } from './types';
import { DOMAINS, STATES } from './words';

// In what order the page has the tables.
const ORDER = ['alerts-by-state', 'persons-by-departments-together', 'persons-by-domains-together',
  'persons-by-department-and-domain', 'alerts-by-guide', 'alerts-by-wait-for-guide', 'alerts-new', 'alerts-by-rule-and-age'];
const WORDS: Record<string, string> = {
  assigned: 'Med ungeguide', backlog: 'Venter på en ungeguide', total: 'I alt', alerts: 'Advis', persons: 'Unge', '1': 'Én', '2': 'To', '3': 'Tre',
  '4+': 'Fire eller flere', 'previous-month': 'Måneden før',
  'under-30-days': 'Under 30 dage', '30-89-days': '30 til 89 dage', '90-days-and-over': '90 dage eller mere', 'under-18': 'Under 18 år', '18-24': '18 til 24 år', '25-and-over': '25 år og over',
};
const word = (key: string) => WORDS[key] ?? STATES[`ALERT_STATE_${key}`] ?? DOMAINS[`DOMAIN_${key}`] ?? key;
const shown = (cell?: Cell) => (!cell ? '–' : cell.withheld ? 'skjult' : cell.count);

function Numbers(props: { table: Statistics['tables'][number]; explanations: Explanation[] }) {
  const { name, cells } = props.table;
  const { title, explanation } = props.explanations.find((one) => one.table === name) ?? { title: name, explanation: '' };
  const rows = [...new Set(cells.map((cell) => cell.row))], columns = [...new Set(cells.map((cell) => cell.column))];
  const at = (row: string, column: string) => cells.find((cell) => cell.row === row && cell.column === column);
  return (
    <section class="group">
      <h2>{title}</h2>
      <p class="explanation">{explanation}</p>
      {columns.filter((column) => column !== 'total').length === 1 && (
        <Bars title={title} bars={rows.filter((row) => row !== 'total').map((row) => {
          const cell = at(row, columns[0]);
          return { label: word(row), value: cell && !cell.withheld ? Number(cell.count) : 0, text: shown(cell) };
        })} />
      )}
      <div class="table--responsive-scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="table numbers">
          <caption class="sr-only">{title}</caption>
          <thead><tr><th scope="col">{name === 'alerts-by-state' ? 'Tilstand' : 'Række'}</th>
            {columns.map((column) => <th scope="col" key={column}>{word(column)}</th>)}</tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row}>
                <th scope="row" data-label=""><Text>{word(row)}</Text></th>
                {columns.map((column) => <td key={column} data-label={word(column)}>{shown(at(row, column))}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

// "2026-11-02" is in 202611.
const monthOf = (day: string) => Number(day.slice(0, 4)) * 100 + Number(day.slice(5, 7));

export function Figures() {
  const { value, error } = useLoaded((background) => get<StatusReport>('/api/statistics', {}, background), '', () => false);
  const [held, setHeld] = useState<Import | null>(null);
  startLive('');
  const month = value?.months[0];
  return (
    <>
      <Heading>Tal og rapporter</Heading>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && month && <>
        <p class="explanation">
          Talt den {month.day.split('-').reverse().join('.')}. Alle ser de samme tal hele måneden, så ingen kan regne sig
          frem til en enkelt person ved at sammenligne to dage. Tallene er rundet ned til et helt antal gange{' '}
          {month.withhold_below}; er et tal mindre end {month.withhold_below}, eller kunne det røbe et, der er, står der
          «skjult». Summer er af de viste tal og derfor ofte mindre end det rigtige.
        </p>
        <Reports months={month.months} running={monthOf(month.day)} held={held} setHeld={setHeld} />
        <Indicators own={value.indicators} file={held?.name ?? ''} others={held?.figures ?? []} />
        {[...month.tables].sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name))
          .map((table) => <Numbers key={table.name} table={table} explanations={value.explanations} />)}
      </>}
    </>
  );
}
