// The design system has no dark colours: each of its colours gets one beside it, of the
// same hue, as light as the other was dark. light-dark() takes the one that is asked for.
const NAMED = { white: '#ffffff', black: '#000000' };

function parse(hex) {
  const full = hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex;
  return [1, 3, 5].map((i) => parseInt(full.slice(i, i + 2), 16) / 255);
}

function toHsl([r, g, b]) {
  const most = Math.max(r, g, b), least = Math.min(r, g, b), l = (most + least) / 2, d = most - least;
  if (d === 0) return [0, 0, l];
  const s = d / (1 - Math.abs(2 * l - 1));
  const h = most === r ? ((g - b) / d) % 6 : most === g ? (b - r) / d + 2 : (r - g) / d + 4;
  return [h * 60, s, l];
}

function toHex([h, s, l]) {
  const a = s * Math.min(l, 1 - l);
  const part = (n) => {
    const k = (n + h / 30 + 12) % 12;
    return Math.round(255 * (l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1)))).toString(16).padStart(2, '0');
  };
  return `#${part(0)}${part(8)}${part(4)}`;
}

export function darkOf(hex) {
  const [h, s, l] = toHsl(parse(hex));
  // From 0.09 (white's) to 0.96 (black's); coloured ones a little lighter, so that they can be read.
  const dark = 0.96 - l * 0.87;
  return toHex([h, Math.min(s, 0.85), s > 0.3 && l < 0.6 ? Math.max(dark, 0.68) : dark]);
}

export function darken(css) {
  return css.replace(/([:,\s(])(#[0-9a-f]{6}|#[0-9a-f]{3}|white|black)(?=[\s;,)!}])/gi, (whole, before, colour) => {
    const hex = NAMED[colour.toLowerCase()] ?? colour;
    return `${before}light-dark(${hex}, ${darkOf(hex)})`;
  });
}
