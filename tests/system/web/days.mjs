// Days as people write them, without a browser. tests/system/web_test.py runs it.
import assert from 'node:assert/strict';
import { build } from 'esbuild';

const { text } = (await build({ entryPoints: ['src/days.ts'], bundle: true, format: 'esm', write: false })).outputFiles[0];
const { dayField, dayInWords, doubtOf, parseDay, parseTime } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

for (const written of ['4.12.2026', '04.12.2026', '04-12-2026', ' 4/12/2026 ', '4. 12. 2026', '04122026']) {
  assert.equal(parseDay(written), '2026-12-04', written);
}
for (const no of ['', '4.12', '31.02.2027', '12.13.2026', '2026-12-04', '4.12.26', '0.1.2027', '29.02.2027', 'i morgen']) {
  assert.equal(parseDay(no), null, no);
}
assert.equal(parseDay('29.02.2028'), '2028-02-29');
for (const [written, time] of [['9', '09:00'], ['9.30', '09:30'], ['09:00', '09:00'], ['1330', '13:30'], ['kl. 8', '08:00']]) {
  assert.equal(parseTime(written), time, written);
}
for (const no of ['', '24', '9.60', '9.3', 'ni']) assert.equal(parseTime(no), null, no);
assert.equal(dayField('2026-12-04'), '04.12.2026');
assert.equal(dayInWords('2026-12-04'), 'fredag den 4. december 2026');
// Day and month exchanged is what was meant only where that day is in no doubt.
assert.equal(doubtOf('2026-04-12', '2026-11-23', '2026-11-27'), 'Datoen ligger før konferencen. Mente du 04.12.2026?');
assert.equal(doubtOf('2026-04-12', '2026-11-23'), 'Datoen ligger i fortiden. Mente du 04.12.2026?');
assert.equal(doubtOf('2026-11-25', '2026-11-23', '2026-11-27'), 'Datoen ligger før konferencen.');
assert.equal(doubtOf('2026-11-27', '2026-11-27', '2026-11-27'), '');
assert.equal(doubtOf('2026-12-04', '2026-11-23', '2026-11-27'), '');
console.log('ok: days');
