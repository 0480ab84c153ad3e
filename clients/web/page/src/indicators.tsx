// The month's indicators, ours and those of a file that a person has chosen, in one table: each
// with its period and its source. The server makes them all, as it does for reports.
import { Text } from './parts';
import type { Figure, Indicator } from './types';
import { monthText } from './words';

// "2026-11" is november 2026.
function periodText(month: string): string {
  const [year, number] = month.split('-').map(Number);
  return monthText(year * 100 + number);
}

// `file`: the name of the file that `others` are from; empty if none is chosen.
export function Indicators(props: { own: Indicator[]; file: string; others: Figure[] }) {
  const { own, file, others } = props;
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
            {own.map((one) => (
              <tr key={one.indicator}>
                <th scope="row" data-label="Indikator">{one.indicator}<span class="meaning">{one.explanation}</span></th>
                <td data-label="Periode">{periodText(one.period)}</td>
                <td data-label="Tal">{one.withheld ? 'skjult' : one.value}</td>
                <td data-label="Kilde">{one.source}</td>
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
