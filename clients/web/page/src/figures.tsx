// The month's numbers: how many, never who; small ones are withheld.
import { useState } from 'preact/hooks';
import { get } from './api';
import { Bars } from './chart';
import { Indicators } from './indicators';
import { startLive } from './live';
import { Heading, Problem, Text, useLoaded, Waiting } from './parts';
import { type Import, Reports } from './reports';
import type { Cell, Statistics } from './types';
import { DOMAINS, STATES } from './words';

const TITLES: Record<string, [string, string]> = {
  'alerts-by-state': ['Advis efter tilstand',
    'Hvor mange unge der var i hver tilstand på den dag, tallene blev talt. Et advis tæller én gang.'],
  'persons-by-departments-together': ['Unge efter, hvor mange afdelinger der kender dem',
    'Alle unge, som mindst én afdeling har en sag med, også dem, der ikke er et advis om.'],
  'persons-by-department-and-domain': ['Unge efter afdeling og område',
    'En ung med sager i flere områder tæller i hvert af dem, så rækkerne kan ikke lægges sammen til antallet af unge.'],
  'alerts-by-guide': ['Åbne advis med og uden ungeguide',
    'Åbne advis. Med betyder, at en ungeguide har sagt ja; venter, at ingen har gjort det endnu.'],
  'alerts-by-wait-for-guide': ['Ventetid på en ungeguide',
    'Åbne advis, hvor en ungeguide har sagt ja: hele dage fra den unge blev fundet eller indstillet til det ja. En overdragelse tæller ikke som ventetid.'],
  'alerts-new': ['Nye advis i måneden før', 'Advis, der kom til i kalendermåneden før, og som stadig er gemt.'],
  'alerts-by-rule-and-age': ['Advis efter regel og alder',
    'Kun advis, hvis regel var opfyldt på den dag, tallene blev talt. Alderen er i hele år den dag.'],
};
const WORDS: Record<string, string> = {
  assigned: 'Med ungeguide', backlog: 'Venter på en ungeguide', total: 'I alt', alerts: 'Advis', persons: 'Unge', '1': 'Én afdeling', '2': 'To afdelinger', '3': 'Tre afdelinger',
  '4+': 'Fire eller flere', 'previous-month': 'Måneden før',
  'under-30-days': 'Under 30 dage', '30-89-days': '30 til 89 dage', '90-days-and-over': '90 dage eller mere', 'under-18': 'Under 18 år', '18-24': '18 til 24 år', '25-and-over': '25 år og over',
};
const word = (key: string) => WORDS[key] ?? STATES[`ALERT_STATE_${key}`] ?? DOMAINS[`DOMAIN_${key}`] ?? key;
const shown = (cell?: Cell) => (!cell ? '–' : cell.withheld ? 'skjult' : cell.count);

function Numbers(props: { table: Statistics['tables'][number] }) {
  const { name, cells } = props.table;
  const [title, explanation] = TITLES[name] ?? [name, ''];
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
  const { value, error } = useLoaded((background) => get<Statistics>('/api/statistics', {}, background), '', () => false);
  const [held, setHeld] = useState<Import | null>(null);
  startLive('');
  const order = Object.keys(TITLES);
  return (
    <>
      <Heading>Tal og rapporter</Heading>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && <>
        <p class="explanation">
          Talt den {value.day.split('-').reverse().join('.')}. Alle ser de samme tal hele måneden, så ingen kan regne sig
          frem til en enkelt person ved at sammenligne to dage. Tallene er rundet ned til et helt antal gange{' '}
          {value.withhold_below}; er et tal mindre end {value.withhold_below}, eller kunne det røbe et, der er, står der
          «skjult». Summer er af de viste tal og derfor ofte mindre end det rigtige.
        </p>
        <Reports months={value.months} running={monthOf(value.day)} held={held} setHeld={setHeld} />
        <Indicators statistics={value} file={held?.name ?? ''} others={held?.figures ?? []} />
        {[...value.tables].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
          .map((table) => <Numbers key={table.name} table={table} />)}
      </>}
    </>
  );
}
