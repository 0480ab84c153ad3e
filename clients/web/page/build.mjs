// Builds the page into the folder given (default ../dist). The result depends on
// nothing but the sources and the versions in package-lock.json.
import { build } from 'esbuild';
import { PurgeCSS } from 'purgecss';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { darken } from './dark.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, '../dist');

const script = (await build({
  entryPoints: [join(here, 'src/main.tsx')], bundle: true, minify: true, format: 'esm', target: 'es2022',
  jsx: 'automatic', jsxImportSource: 'preact', write: false, legalComments: 'eof', charset: 'utf8',
})).outputFiles[0].text;

// Of the design system only the rules whose classes the page uses; without its fonts, and
// without the pictures that the page draws otherwise.
const system = readFileSync(join(here, 'node_modules/dkfds/dist/css/dkfds.css'), 'utf8')
  .replace(/@font-face\s*\{[^}]*\}/g, '')
  .replace(/@charset[^;]*;/g, '');
const [purged] = await new PurgeCSS().purge({
  content: [{ raw: script, extension: 'js' }], css: [{ raw: system }], variables: true, keyframes: true,
  defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) ?? [],
  blocklist: [/^icon-/, /date-picker/, /navigation-menu/, /language-switcher/, /^toast/, /modal/, /step-indicator/,
    /overflow-menu/, /tooltip/, /cookie/, /accordion/, /pagination/, /^search/, /^(offset|order|col)-/],
});
const own = readFileSync(join(here, 'src/style.css'), 'utf8');
const bare = purged.css.replace(/[^{}]*\{[^{}]*\burl\([^{}]*\}/g, '');
const style = (await build({
  stdin: { contents: darken(bare) + own, loader: 'css' }, minify: true, write: false, charset: 'utf8',
  target: ['chrome123', 'firefox120', 'safari17.5'],
})).outputFiles[0].text;

const name = (text, ending) => `app-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.${ending}`;
const names = { js: name(script, 'js'), css: name(style, 'css') };
rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, 'assets'), { recursive: true });
writeFileSync(join(out, 'assets', names.js), script);
writeFileSync(join(out, 'assets', names.css), style);
writeFileSync(join(out, 'index.html'),
  readFileSync(join(here, 'index.html'), 'utf8').replace('@js@', names.js).replace('@css@', names.css));
copyFileSync(join(here, 'icon.svg'), join(out, 'icon.svg'));
