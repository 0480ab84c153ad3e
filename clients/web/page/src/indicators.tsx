// The month's indicators, ours and those of a file that a person has chosen, beside one another:
// each with its period and its source.
import { Text } from './parts';
import type { Figure, Statistics } from './types';
import { monthText } from './words';

// Of our tables: the indicator, the table, its row; the month before the counting for what came new.
const OURS: [string, string, string][] = [
  ['Nye advis', 'alerts-new', 'previous-month'],
  ['Åbne advis med ungeguide', 'alerts-by-guide', 'assigned'],
  ['Åbne advis, der venter på en ungeguide', 'alerts-by-guide', 'backlog'],
  ['Unge med en plan i gang', 'alerts-by-state', 'PLAN_ACTIVE'],
  ['Unge, som to afdelinger kender', 'persons-by-departments-together', '2'],
  ['Unge, som tre afdelinger kender', 'persons-by-departments-together', '3'],
  ['Unge, som fire eller flere afdelinger kender', 'persons-by-departments-together', '4+'],
];

function oursOf(statistics: Statistics): Figure[] {
  const [year, month] = statistics.day.split('-').map(Number);
  const before = month === 1 ? (year - 1) * 100 + 12 : year * 100 + month - 1;
  const source = `Samkør, talt ${statistics.day.split('-').reverse().join('.')}`;
  return OURS.flatMap(([indicator, table, row]) => {
    const cell = statistics.tables.find((one) => one.name === table)?.cells.find((one) => one.row === row);
    if (!cell) return [];
    const period = monthText(table === 'alerts-new' ? before : year * 100 + month);
    return [{ indicator, period, value: cell.count, source, withheld: cell.withheld }];
  });
}

// `file`: the name of the file that `others` are from; empty if none is chosen.
export function Indicators(props: { statistics: Statistics; file: string; others: Figure[] }) {
  const { file, others } = props;
  return (
    <section class="group">
      <h2>Indikatorer</h2>
      <p class="explanation">
        Månedens vigtigste tal, hvert med sin periode og sin kilde.{' '}
        {file ? <>De nederste er fra filen <Text>{file}</Text> og vises, som de står i den; et lille antal unge er skjult. Samkør har
          ikke talt dem og gemmer dem ikke.</> : 'Vælger du en fil med tal fra andre kilder, står de her ved siden af.'}
      </p>
      <div class="table--responsive-scroll" tabIndex={0} role="region" aria-label="Indikatorer">
        <table class="table numbers">
          <caption class="sr-only">Indikatorer</caption>
          <thead><tr><th scope="col">Indikator</th><th scope="col">Periode</th><th scope="col">Tal</th><th scope="col">Kilde</th></tr></thead>
          <tbody>{[...oursOf(props.statistics), ...others].map((one) => (
            <tr>
              <th scope="row" data-label="Indikator"><Text>{one.indicator}</Text></th>
              <td data-label="Periode"><Text>{one.period}</Text></td>
              <td data-label="Tal">{one.withheld ? 'skjult' : <Text>{one.value}</Text>}</td>
              <td data-label="Kilde"><Text>{one.source}</Text></td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}
