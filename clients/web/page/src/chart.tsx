// Bars and lines, with the numbers beside them; a table below says the same for those who do not
// see it. On a phone a chart is wider than the window, and scrolls by itself: also by keyboard.
import { scaleLinear } from 'd3-scale';
import { safe } from './words';

// `second`: the other of two that belong together, drawn otherwise.
export interface Bar { label: string; value: number; text: string; second?: boolean }
const BAR = 26, GAP = 12, LABELS = 320, WIDTH = 900, ROOM = 110;

export function Bars(props: { bars: Bar[]; title: string }) {
  const { bars } = props;
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  const x = scaleLinear().domain([0, most]).nice(5).range([0, WIDTH - LABELS - ROOM]);
  const height = bars.length * (BAR + GAP) + 24;
  return (
    <figure class="chart" tabIndex={0} aria-label={props.title}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${props.title}. Tallene står i tabellen.`}>
        {x.ticks(5).filter(Number.isInteger).map((tick) => (
          <g key={tick}>
            <line class="tick" x1={LABELS + x(tick)} x2={LABELS + x(tick)} y1={0} y2={height - 22} />
            <text class="quiet" x={LABELS + x(tick)} y={height - 6} text-anchor="middle">{tick}</text>
          </g>
        ))}
        {bars.map((bar, i) => {
          const y = i * (BAR + GAP);
          return (
            <g key={i}>
              <text x={LABELS - 12} y={y + BAR * 0.72} text-anchor="end">{shorten(safe(bar.label))}</text>
              <rect class={bar.second ? 'bar second' : 'bar'} x={LABELS} y={y} width={x(bar.value)} height={BAR} />
              <text x={LABELS + x(bar.value) + 8} y={y + BAR * 0.72}>{bar.text}</text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

// Lines over time, each with its name at its end; drawn otherwise, too, so that colour is not needed.
export interface Line { name: string; values: number[]; second?: boolean }
const HEIGHT = 300, LEFT = 60, BOTTOM = 30, NAMES = 170;

export function Lines(props: { title: string; labels: string[]; lines: Line[] }) {
  const { labels, lines } = props, last = Math.max(1, labels.length - 1);
  const y = scaleLinear().domain([0, Math.max(1, ...lines.flatMap((line) => line.values))]).nice(5).range([HEIGHT - BOTTOM, 10]);
  const x = scaleLinear().domain([0, last]).range([LEFT, WIDTH - NAMES]);
  const every = Math.ceil(labels.length / 8);
  // Names that would stand on one another are moved apart.
  const ends = lines.map((line) => y(line.values[line.values.length - 1] ?? 0));
  const apart = ends.length === 2 && Math.abs(ends[0] - ends[1]) < 22 ? (ends[0] <= ends[1] ? [-11, 11] : [11, -11]) : [0, 0];
  return (
    <figure class="chart" tabIndex={0} aria-label={props.title}>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${props.title}. Tallene står i tabellen.`}>
        {y.ticks(5).filter(Number.isInteger).map((tick) => (
          <g key={tick}>
            <line class="tick" x1={LEFT} x2={WIDTH - NAMES} y1={y(tick)} y2={y(tick)} />
            <text class="quiet" x={LEFT - 10} y={y(tick) + 5} text-anchor="end">{tick}</text>
          </g>
        ))}
        {labels.map((label, i) => (labels.length - 1 - i) % every === 0
          && <text class="quiet" key={label} x={x(i)} y={HEIGHT - 6} text-anchor="middle">{label}</text>)}
        {lines.map((line, n) => (
          <g key={line.name}>
            <polyline class={line.second ? 'line second' : 'line'}
              points={line.values.map((value, i) => `${x(i)},${y(value)}`).join(' ')} />
            {line.values.map((value, i) => <circle class={line.second ? 'dot second' : 'dot'} cx={x(i)} cy={y(value)} r={4} />)}
            <text x={x(line.values.length - 1) + 12} y={ends[n] + 5 + (apart[n] ?? 0)}>{line.name}</text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

function shorten(text: string): string {
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}
