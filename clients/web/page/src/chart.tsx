// Bars, with the numbers beside them; a table below says the same for those who do not see it.
import { scaleLinear } from 'd3-scale';
import { safe } from './words';

// `second`: the other of two that belong together, drawn otherwise.
export interface Bar { label: string; value: number; text: string; second?: boolean }
const BAR = 26, GAP = 12, LABELS = 260, WIDTH = 900, ROOM = 110;

export function Bars(props: { bars: Bar[]; title: string }) {
  const { bars } = props;
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  const x = scaleLinear().domain([0, most]).nice(5).range([0, WIDTH - LABELS - ROOM]);
  const height = bars.length * (BAR + GAP) + 24;
  return (
    <figure class="chart">
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

function shorten(text: string): string {
  return text.length > 32 ? `${text.slice(0, 31)}…` : text;
}
