// The month's indicators, ours and those of a file that a person has chosen, in one table: each
// with its period and its source. Ours are what reports have (clients/alerts/indicators.cc): made
// of the tables as they are shown, and what the rounding leaves open is left open.
import { Text } from './parts';
import type { Figure, Statistics } from './types';
import { monthText } from './words';

interface Range { least: number; most: number }
interface Indicator { name: string; explanation: string; value: string }

const GUIDES = 'alerts-by-guide', WAITS = 'alerts-by-wait-for-guide', STATES = 'alerts-by-state';
const SOON = 'under-30-days', LATER = '30-89-days', LATE = '90-days-and-over';

// What `rows` of a table sum up to; null if one of them is withheld or not there. A number that is
// shown leaves open what it was before it was rounded.
function sumOf(month: Statistics, table: string, rows: string[]): Range | null {
  const sum = { least: 0, most: 0 };
  for (const row of rows) {
    const cell = month.tables.find((one) => one.name === table)?.cells.find((one) => one.row === row && one.column === 'alerts');
    if (!cell || cell.withheld) return null;
    const count = Number(cell.count);
    sum.least += count;
    sum.most += count === 0 ? 0 : count + month.withhold_below - 1;
  }
  return sum;
}

// The share of `rows` among them and `others`, in whole percent, rounded outwards.
function shareOf(month: Statistics, table: string, rows: string[], others: string[]): Range | null {
  const part = sumOf(month, table, rows), rest = sumOf(month, table, others);
  if (!part || !rest || part.most + rest.least === 0 || part.least + rest.most === 0) return null;
  return { least: Math.floor(part.least * 100 / (part.least + rest.most)),
    most: Math.ceil(part.most * 100 / (part.most + rest.least)) };
}
const percent = (share: Range | null) => (!share ? ''
  : share.least === share.most ? `${share.least} %` : `${share.least} % til ${share.most} %`);

// In the middle of those who have waited, where the rounding leaves no doubt.
function middleWait(soon: Range | null, byThen: Range | null): string {
  if (!soon || !byThen) return '';
  if (soon.least >= 50) return 'under 30 dage';
  if (soon.most < 50 && byThen.least >= 50) return '30 til 89 dage';
  return byThen.most < 50 ? '90 dage eller mere' : '';
}

function oursOf(month: Statistics): Indicator[] {
  const has = (name: string) => month.tables.some((one) => one.name === name);
  const share = (table: string, rows: string[], others: string[]) => shareOf(month, table, rows, others);
  const soon = share(WAITS, [SOON], [LATER, LATE]);
  return [
    ...(has(GUIDES) ? [{
      name: 'Unge med et åbent advis, der har en ungeguide', value: percent(share(GUIDES, ['assigned'], ['backlog'])),
      explanation: 'Af de unge, der har et åbent advis ved opgørelsen: andelen, hvor en ungeguide har sagt ja.',
    }] : []),
    ...(has(WAITS) ? [{
      name: 'Unge med ungeguide, der fik den inden 30 dage', value: percent(soon),
      explanation: 'Af de unge, der har et åbent advis og en ungeguide: andelen, hvor der gik under 30 dage, fra den unge blev fundet eller indstillet, til guiden sagde ja.',
    }, {
      name: 'Mediantid fra fundet eller indstillet til ungeguide', value: middleWait(soon, share(WAITS, [SOON, LATER], [LATE])),
      explanation: 'Halvdelen af de unge, der har et åbent advis og en ungeguide, ventede højst så længe. Vises som et af de tre tidsrum i tabellen over ventetid, når afrundingen ikke lader flere stå åbne.',
    }] : []),
    ...(has(STATES) ? [{
      name: 'Afsluttede forløb, hvor den unge sagde nej', value: percent(share(STATES, ['DECLINED'], ['CLOSED', 'WITHDRAWN'])),
      explanation: 'Af de advis, der er afsluttet, afslået eller trukket tilbage og stadig er gemt: andelen, hvor den unge sagde nej (afslået).',
    }, {
      name: 'Afsluttede forløb, som koordinatoren afsluttede', value: percent(share(STATES, ['CLOSED'], ['DECLINED', 'WITHDRAWN'])),
      explanation: 'Af de samme: andelen, som ungekoordinatoren har afsluttet. Resten blev afslået eller trukket tilbage, fordi reglen ikke længere var opfyldt.',
    }] : []),
  ];
}

// `file`: the name of the file that `others` are from; empty if none is chosen.
export function Indicators(props: { statistics: Statistics; file: string; others: Figure[] }) {
  const { statistics, file, others } = props;
  const [year, month] = statistics.day.split('-').map(Number), period = monthText(year * 100 + month);
  return (
    <section class="group">
      <h2>Indikatorer</h2>
      <p class="explanation">
        Sådan går indsatsen, hvert tal med sin periode og sin kilde. Samkørs egne er regnet af tabellerne nedenfor, som de vises;
        derfor er en andel ofte et spænd, og hvad afrundingen lader stå åbent, er skjult.{' '}
        {file ? <>De nederste er fra filen <Text>{file}</Text> og vises, som de står i den; et lille antal unge er skjult. Samkør har
          ikke talt dem og gemmer dem ikke.</> : 'Vælger du en fil med tal fra andre kilder, kommer de med her.'}
      </p>
      <div class="table--responsive-scroll" tabIndex={0} role="region" aria-label="Indikatorer">
        <table class="table numbers">
          <caption class="sr-only">Indikatorer</caption>
          <thead><tr><th scope="col">Indikator</th><th scope="col">Periode</th><th scope="col">Tal</th><th scope="col">Kilde</th></tr></thead>
          <tbody>
            {oursOf(statistics).map((one) => (
              <tr key={one.name}>
                <th scope="row" data-label="Indikator">{one.name}<span class="meaning">{one.explanation}</span></th>
                <td data-label="Periode">{period}</td>
                <td data-label="Tal">{one.value || 'skjult'}</td>
                <td data-label="Kilde">Samkør</td>
              </tr>
            ))}
            {others.map((one) => (
              <tr>
                <th scope="row" data-label="Indikator"><Text>{one.indicator}</Text></th>
                <td data-label="Periode"><Text>{one.period}</Text></td>
                <td data-label="Tal">{one.withheld ? 'skjult' : <Text>{one.value}</Text>}</td>
                <td data-label="Kilde"><Text>{one.source}</Text></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
