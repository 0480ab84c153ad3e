// How the open alerts are spread: guides over units, with and without a guide by half-year,
// where they come from, and states. By name or in time, never by number: nothing is ranked.
import { get } from './api';
import { type Bar, Bars, type Line, Lines } from './chart';
import { halfYearText } from './coordination_words';
import { cursorOf, startLive } from './live';
import { Heading, Problem, Text, useLoaded, Waiting } from './parts';
import { Link } from './router';
import type { Overview } from './types';
import { departmentNamed, unitText, useUnits } from './units';
import { isEnded, monthText, stateText } from './words';

interface Row { label: string; short?: string; numbers: string[]; to?: string }

function Section(props: {
  title: string; explanation: string; first: string; columns: string[]; rows: Row[]; bars?: Bar[]; lines?: Line[];
}) {
  return (
    <section class="group">
      <h2>{props.title}</h2>
      <p class="explanation">{props.explanation}</p>
      {props.bars && <Bars title={props.title} bars={props.bars} />}
      {props.lines && <Lines title={props.title} labels={props.rows.map((row) => row.short ?? row.label)} lines={props.lines} />}
      <div class="table--responsive-scroll" tabIndex={0} role="region" aria-label={props.title}>
        <table class="table numbers">
          <caption class="sr-only">{props.title}</caption>
          <thead><tr><th scope="col">{props.first}</th>
            {props.columns.map((column) => <th scope="col" key={column}>{column}</th>)}</tr></thead>
          <tbody>{props.rows.map((row) => (
            <tr key={row.label}>
              <th scope="row" data-label={props.first}>
                {row.to ? <Link to={row.to}><Text>{row.label}</Text></Link> : <Text>{row.label}</Text>}</th>
              {row.numbers.map((number, i) => <td data-label={props.columns[i]}>{number}</td>)}
            </tr>
          ))}</tbody>
        </table>
      </div>
    </section>
  );
}

const one = (rows: Row[]): Bar[] =>
  rows.map((row) => ({ label: row.label, value: Number(row.numbers[0]), text: row.numbers[0] }));

function guideRow(guide: Overview['guides'][number]): Row {
  if (!guide.department_name && !guide.unit) return { label: '(ingen)', numbers: [guide.alerts], to: '/advis?kun=uden-guide' };
  const department = departmentNamed(guide.department_name);
  const label = guide.unit ? unitText(guide.department_name, guide.unit) : `${guide.department_name} (uden for kommunen)`;
  const query = new URLSearchParams({ guideafdeling: department, guideenhed: guide.unit });
  return { label, numbers: [guide.alerts], to: department && guide.unit ? `/advis?${query}` : undefined };
}

export function Distribution() {
  useUnits();  // for the departments' ids
  const { value, error } = useLoaded((background) => get<Overview>('/api/overview', {}, background), '', () => true);
  if (value) startLive(cursorOf(value));
  const guides = value?.guides.map(guideRow) ?? [];
  const halves: Row[] = value?.half_years.map((half) => ({
    label: halfYearText(half.half_year), numbers: [half.assigned, half.backlog],
    to: half.half_year ? `/advis?halvaar=${half.half_year}` : undefined,
  })) ?? [];
  const months: Row[] = value?.months.map((one) => ({
    label: monthText(one.month), short: `${one.month % 100}/${Math.floor(one.month / 100)}`,
    numbers: [one.added, one.assigned, one.backlog],
  })) ?? [];
  const column = (n: number) => months.map((row) => Number(row.numbers[n]));
  const sources: Row[] = value ? [
    { label: 'Kun fundet af reglen', numbers: [value.matched_only] },
    { label: 'Kun indstillet af en afdeling', numbers: [value.nominated_only] },
    { label: 'Både fundet og indstillet', numbers: [value.matched_and_nominated] },
  ] : [];
  const states: Row[] = value?.states.map((state) => ({
    label: stateText(state.state) + (isEnded(state.state) ? ' (ikke åben)' : ''), numbers: [state.alerts],
    to: `/advis?tilstand=${state.state}`,
  })) ?? [];
  return (
    <>
      <Heading>Fordeling</Heading>
      <p class="explanation">
        Tallene er fra nu og følger med af sig selv. De tæller advis, altså unge. Enheder står efter navn og halvår efter
        tid, aldrig efter antal: tallene siger, hvor arbejdet ligger, ikke hvem der klarer det bedst.
      </p>
      {error && <Problem error={error} />}
      {!value && !error && <Waiting />}
      {value && <>
        <Section title="Unge efter ungeguidens enhed" first="Ungeguidens enhed" columns={['Unge']} rows={guides} bars={one(guides)}
          explanation="Åbne advis efter den enhed, som den unges ungeguide kommer fra. Kun en guide, der har sagt ja, tæller; resten står som (ingen), også dem, hvor en guide er spurgt." />
        <Section title="Med og uden ungeguide efter halvår" first="Planlagt halvår" columns={['Med ungeguide', 'Venter på en']}
          rows={halves} explanation="Åbne advis efter det halvår, den unge er planlagt til. Venter betyder, at ingen ungeguide har sagt ja endnu."
          bars={halves.flatMap((row) => [
            { label: row.label, value: Number(row.numbers[0]), text: `${row.numbers[0]} med ungeguide` },
            { label: '', value: Number(row.numbers[1]), text: `${row.numbers[1]} venter`, second: true },
          ])} />
        {months.length > 0 && (
          <Section title="Efterslæb og tildelte over tid" first="Måned" columns={['Nye i måneden', 'Med ungeguide', 'Venter på en']}
            rows={months} lines={[{ name: 'med ungeguide', values: column(1) }, { name: 'venter på en', values: column(2), second: true }]}
            explanation="Åbne advis ved månedens slutning, med og uden en ungeguide, der har sagt ja; den løbende måned, som den står nu. Nye er advis, der kom til i måneden, uanset hvad der siden blev af dem." />
        )}
        <Section title="Hvor de unge kommer fra" first="Kilde" columns={['Unge']} rows={sources} bars={one(sources)}
          explanation="Åbne advis efter, om kommunens regel har fundet den unge, en afdeling har indstillet den unge, eller begge dele." />
        <Section title="Advis efter tilstand" first="Tilstand" columns={['Unge']} rows={states} bars={one(states)}
          explanation="Alle advis, som stadig er gemt, også dem, der ikke er åbne." />
      </>}
    </>
  );
}
