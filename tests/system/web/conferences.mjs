// Stories of conferences, questions and reports: planned, filled, changed by two at once, held,
// printed, kept as files. tests/system/web_test.py runs the servers.
import { readFileSync } from 'node:fs';
import {
  accessible, accessibleHere, ask, assert, closeBrowsers, logIn, openBrowser, origin, personAt, picture, save, step, story,
  wellBehaved,
} from './browser.mjs';

// Its title changes when there is one.
const ACTION = /^(Skriv|Ret) handlingen$/;
const DAY_MS = 24 * 3600 * 1000;
const two = (number) => String(number).padStart(2, '0');
const dayField = (at) => `${two(at.getDate())}.${two(at.getMonth() + 1)}.${at.getFullYear()}`;
const dateField = (at) => dayField(at).split('.').reverse().join('-');
const tomorrow = new Date(Date.now() + DAY_MS);

// The logical lines of an iCalendar: [name, value]; BEGIN and END must fit.
function readCalendar(text) {
  assert.ok(text.endsWith('\r\n') && !/[^\r]\n/.test(text), 'lines end in CRLF');
  const lines = text.replace(/\r\n[ \t]/g, '').trim().split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]);
  const open = [];
  for (const [name, value] of lines) {
    if (name === 'BEGIN') open.push(value);
    if (name === 'END') assert.equal(open.pop(), value);
  }
  assert.deepEqual(open, []);
  return lines;
}
const valuesOf = (lines, name) => lines.filter(([one]) => one === name).map(([, value]) => value);

async function download(page, button) {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: button }).click()]);
  return { name: file.suggestedFilename(), text: readFileSync(await file.path(), 'utf8') };
}

const browser = await openBrowser();
try {
  const anna = await personAt(browser, 'anna');
  const bo = await personAt(await openBrowser(), 'bo', { viewport: { width: 390, height: 800 } });
  const cases = (page) => page.locator('.agenda > li');
  const caseOf = (page, id) => cases(page).filter({ hasText: id });
  // A form of one case.
  const caseStep = async (page, id, title) => {
    const form = caseOf(page, id).locator('details', { has: page.locator('summary', { hasText: title }) });
    if (!await form.evaluate((details) => details.open)) await form.locator('summary').click();
    await form.locator('form').waitFor();
    return form;
  };
  const fillAction = async (form, text) => {
    await form.getByLabel('Én konkret handling').fill(text);
    await form.getByLabel('Hvem gør det').selectOption({ index: 1 });
    await form.getByLabel('Senest').fill(dayField(new Date(Date.now() + 8 * DAY_MS)));
  };
  let address = '';
  const ids = [];

  await story('the first page leads to planning, and a row is planned in the policy\'s rhythm', async () => {
    await logIn(anna);
    await anna.getByText('Ingen ungekonference er planlagt.').waitFor();
    await anna.getByRole('link', { name: 'Planlæg den næste' }).click();
    await anna.getByRole('heading', { name: 'Konferencer', level: 1 }).waitFor();
    const form = await step(anna, 'Planlæg de næste konferencer');
    await save(form, 'Planlæg');
    await form.getByText('Skriv en dato').waitFor();
    await accessibleHere(anna, 'planning with mistakes');
    await form.getByLabel('Dato').fill(dayField(tomorrow));
    await form.getByLabel('Klokkeslæt').fill('09:00');
    await form.getByLabel('Sted').fill('Rådhuset, lokale 2');
    await form.getByLabel('Mødeleder').fill('Anna H.');
    await form.getByLabel('Fast team').fill('Jobcentret\nPPR\n\nSocialafdelingen');
    await form.getByLabel('Hvor mange').fill('3');
    await form.getByText('hver 14. dag').waitFor();
    await save(form, 'Planlæg');
    await anna.getByText('Gemt: 3 konferencer er planlagt').waitFor();
    await anna.locator('tbody tr').nth(2).waitFor();
    const starts = await anna.evaluate(async () => (await (await fetch('/api/conferences')).json()).conferences
      .map((one) => [one.details.start, one.details.team, one.details.leader]));
    assert.equal(starts.length, 3);
    assert.deepEqual(starts[0].slice(1), [['Jobcentret', 'PPR', 'Socialafdelingen'], 'Anna H.']);
    const days = starts.map(([start]) => Math.round(Date.parse(start) / DAY_MS));
    assert.deepEqual([days[1] - days[0], days[2] - days[0]], [14, 28]);
    // What is planned already is not planned twice, and says so.
    const again = await step(anna, 'Planlæg de næste konferencer');
    assert.equal(await again.getByLabel('Mødeleder').inputValue(), 'Anna H.');
    await again.getByLabel('Dato').fill(dayField(tomorrow));
    await save(again, 'Planlæg');
    await again.getByText('Intet er planlagt.').waitFor();
    await again.getByRole('button', { name: 'Fortryd' }).click();
    await accessible(anna, 'conferences');
    await picture(anna, 'konferencer');
  });

  await story('cases come onto the agenda, from the conference and from the alert', async () => {
    await anna.locator('tbody th a').first().click();
    await anna.getByRole('heading', { name: /^Ungekonference / }).waitFor();
    address = anna.url();
    await anna.getByText('Der er ingen sager på dagsordenen endnu.').waitFor();
    for (let number = 0; number < 2; ++number) {
      const form = await step(anna, 'Sæt en sag på dagsordenen');
      await form.locator('option').nth(1).waitFor({ state: 'attached' });
      await form.getByLabel('Sag', { exact: true }).selectOption({ index: 1 });
      ids.push(await form.getByLabel('Sag', { exact: true }).inputValue());
      await save(form, 'Sæt på');
      await anna.getByText(`Gemt: ${ids[number]} er på dagsordenen som nummer ${number + 1}.`).waitFor();
    }
    assert.equal(await cases(anna).count(), 2);
    assert.notEqual(ids[0], ids[1]);
    const wrong = await step(anna, 'Sæt en sag på dagsordenen');
    await wrong.getByLabel('Eller skriv advisets nummer').fill('nummer et');
    await save(wrong, 'Sæt på');
    await wrong.getByText('Et nummer ser ud som A-7K3M-9QXD').waitFor();
    await wrong.getByLabel('Eller skriv advisets nummer').fill(ids[0]);
    await save(wrong, 'Sæt på');
    await wrong.getByText('Sagen er allerede på en konference.').waitFor();
    await wrong.getByRole('button', { name: 'Fortryd' }).click();

    // From an alert, and back to the conference.
    await anna.goto(`${origin}/advis?tilstand=ALERT_STATE_IDENTIFIED`);
    await anna.locator('tbody th a').nth(3).click();
    await anna.locator('.cases').waitFor();
    ids.push(new URL(anna.url()).pathname.split('/').pop());
    const seat = await step(anna, 'Sæt på en ungekonference');
    await seat.locator('option').nth(1).waitFor({ state: 'attached' });
    await accessibleHere(anna, 'putting an alert on a conference');
    await seat.getByLabel('Konference').selectOption({ index: 1 });
    await save(seat, 'Sæt på');
    await anna.getByText('Gemt: på konferencen').waitFor();
    await anna.locator('.facts', { hasText: 'konference planlagt' }).waitFor();
    await anna.locator('section', { has: anna.getByRole('heading', { name: 'Ungekonference', exact: true }) })
      .getByRole('link').click();
    await cases(anna).nth(2).waitFor();
    assert.equal(anna.url(), address);
    await caseOf(anna, ids[2]).getByRole('link', { name: ids[2] }).click();
    await anna.getByRole('heading', { name: `Advis ${ids[2]}` }).waitFor();
    await anna.goBack();
    await cases(anna).nth(2).waitFor();
  });

  await story('two at one agenda: the second is told who and what, and keeps the typed text', async () => {
    await logIn(bo, new URL(address).pathname);
    await cases(bo).nth(2).waitFor();
    const bos = await caseStep(bo, ids[0], ACTION);
    await fillAction(bos, 'Ring til forældrene');
    const other = await caseStep(bo, ids[1], ACTION);
    await fillAction(other, 'Ring til skolen');
    const annas = await caseStep(anna, ids[0], ACTION);
    await fillAction(annas, 'Aftal praktik');
    await save(annas);
    await anna.getByText('Gemt: handlingen er skrevet.').waitFor();
    await bos.getByText('Konferencen blev ændret, mens du skrev.').waitFor();
    await bos.getByText('anna var først').waitFor();
    await bos.getByText('Aftal praktik').waitFor();
    assert.equal(await bos.getByLabel('Én konkret handling').inputValue(), 'Ring til forældrene');
    await accessibleHere(bo, 'a lost race about an action on a phone');
    await picture(bo, 'samtidig-dagsorden', { part: bos.locator('.alert-warning') });
    // Another case was not touched: that is no conflict, and is saved at once.
    assert.equal(await other.getByText('Konferencen blev ændret').count(), 0);
    await save(other);
    await bo.getByText('Gemt: handlingen er skrevet.').waitFor();
    await caseOf(anna, ids[1]).getByText('Ring til skolen').waitFor();
    await save(bos);
    await bos.getByText('Det, du skrev, er bevaret').waitFor();
    await caseOf(anna, ids[0]).getByText('Aftal praktik').waitFor();
    await save(bos);
    await caseOf(bo, ids[0]).getByText(/Ring til forældrene \(.*, Enhed; senest/).waitFor();
    await caseOf(anna, ids[0]).getByText(/Ring til forældrene \(.*, Enhed; senest/).waitFor();

    // A case that another takes off while one writes about it: what was written is still there.
    const third = await caseStep(bo, ids[2], ACTION);
    await third.getByLabel('Én konkret handling').fill('Ord, der ikke må gå tabt');
    await save(await caseStep(anna, ids[2], 'Tag af dagsordenen'), 'Tag af');
    await anna.getByText(`${ids[2]} er ikke`).or(cases(anna).nth(1)).first().waitFor();
    await bo.getByText('fordi sagen ikke længere er på denne dagsorden').waitFor();
    await bo.getByText('Ord, der ikke må gå tabt').waitFor();
    await bo.getByRole('button', { name: 'Kassér det' }).click();
    assert.equal(await cases(bo).count(), 2);
  });

  await story('who takes a case off at the alert is told first of the action that a colleague has written', async () => {
    await bo.goto(`${origin}/advis/${ids[1]}`);
    const off = await step(bo, 'Tag af ungekonferencen');
    await off.getByLabel('Note').fill('Skal ikke med');
    const action = await caseStep(anna, ids[1], ACTION);
    await action.getByLabel('Én konkret handling').fill('Ring til mentoren');
    await save(action);
    await caseOf(anna, ids[1]).getByText('Ring til mentoren').first().waitFor();
    await off.getByText('Adviset blev ændret, mens du skrev.').waitFor();
    // What was seen when it was begun is what is sent: the matcher refuses it.
    const [answer] = await Promise.all([
      bo.waitForResponse((response) => response.request().method() === 'POST'), save(off, 'Tag af')]);
    assert.equal(answer.status(), 409);
    await off.getByText('Det, du skrev, er bevaret').waitFor();
    await caseOf(anna, ids[1]).getByText('Ring til mentoren').first().waitFor();
    await off.getByRole('button', { name: 'Fortryd' }).click();
    await bo.goto(address);
    await cases(bo).nth(1).waitFor();
  });

  await story('the morning: one click leads to the cases of the next conference', async () => {
    const add = await step(anna, 'Sæt en sag på dagsordenen');
    await add.getByLabel('Eller skriv advisets nummer').fill(ids[2].toLowerCase());
    await save(add, 'Sæt på');
    await cases(anna).nth(2).waitFor();
    await ask('three-questions');
    await anna.goto(origin);
    const panel = anna.locator('.panel', { has: anna.getByRole('heading', { name: 'Næste ungekonference' }) });
    await panel.getByText('kl. 09.00').waitFor();
    await panel.getByRole('link', { name: 'Åbn dagsordenen: 3 sager' }).waitFor();
    await anna.getByRole('link', { name: '3 spørgsmål venter på svar' }).waitFor();
    await anna.getByRole('table').first().waitFor();
    await accessible(anna, 'today with a conference');
    await picture(anna, 'i-dag');
    await picture(anna, 'i-dag-moerk', { dark: true });
    await panel.getByRole('link', { name: 'Åbn dagsordenen: 3 sager' }).click();
    await cases(anna).nth(2).waitFor();
    for (const id of ids) assert.equal(await caseOf(anna, id).count(), 1);
    await accessible(anna, 'one conference');
    await picture(anna, 'konference');
  });

  await story('on paper there is the agenda, with room to write, and nothing to press', async () => {
    await anna.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const gone of ['Log ud', 'Udskriv dagsordenen', 'Hent til kalenderen']) {
      assert.equal(await anna.getByRole('button', { name: gone }).count(), 0, gone);
    }
    assert.equal(await anna.locator('summary:visible').count(), 0);
    await anna.getByText('Ring til forældrene').waitFor();
    assert.equal(await anna.locator('.write-here:visible').count(), 1);
    assert.ok(await caseOf(anna, ids[2]).locator('.write-here').isVisible());
    await picture(anna, 'konference-udskrift');
    await anna.emulateMedia({ media: 'screen', colorScheme: 'light' });
    const sheet = await anna.pdf({ format: 'A4' });
    assert.ok(sheet.length > 1000);
  });

  await story('the calendar has the conferences and nobody\'s name', async () => {
    const one = await download(anna, 'Hent til kalenderen');
    assert.equal(one.name, `ungekonference-${dateField(tomorrow)}.ics`);
    assert.equal(valuesOf(readCalendar(one.text), 'UID').length, 1);
    await anna.goto(`${origin}/konferencer`);
    await anna.locator('tbody tr').nth(2).waitFor();
    const { name, text } = await download(anna, 'Hent til kalenderen');
    assert.equal(name, 'ungekonferencer.ics');
    const lines = readCalendar(text);
    assert.equal(valuesOf(lines, 'UID').length, 3);
    const start = await anna.evaluate((day) => new Date(`${day}T09:00`).toISOString(), dateField(tomorrow));
    assert.equal(valuesOf(lines, 'DTSTART')[0], start.replace(/[-:]|\.000/g, ''));
    assert.deepEqual(valuesOf(lines, 'LOCATION'), Array(3).fill('Rådhuset\\, lokale 2'));
    for (const word of ['Anna', 'PPR', ...ids]) assert.ok(!text.includes(word), word);
  });

  await story('a conference is held when each case has its action', async () => {
    await anna.goto(address);
    await anna.getByText(`1 sag mangler en: ${ids[2]}`).waitFor();
    assert.equal(await anna.locator('summary', { hasText: 'Luk konferencen' }).count(), 0);
    await fillAction(await caseStep(anna, ids[2], ACTION), `om ${await ask('a-number')}`);
    await save(await caseStep(anna, ids[2], ACTION));
    await anna.getByText('teksten indeholder et CPR-nummer').waitFor();
    const mentor = await caseStep(anna, ids[2], ACTION), due = dayField(new Date(Date.now() + 8 * DAY_MS));
    await fillAction(mentor, 'Mentor fra mandag');
    // A day that cannot be, and one before the conference, are said before anything is saved.
    await mentor.getByLabel('Senest').fill('31.02.2027');
    await save(mentor);
    await mentor.getByText('Skriv datoen som dd.mm.åååå, for eksempel 04.12.2026', { exact: true }).waitFor();
    await mentor.getByLabel('Senest').fill(dayField(new Date()));
    await mentor.locator('.doubt', { hasText: 'Datoen ligger før konferencen.' }).waitFor();
    await save(mentor);
    await mentor.getByText('Ret datoen, eller sæt kryds ved, at den er rigtig').waitFor();
    await accessibleHere(anna, 'a day in doubt');
    await mentor.getByLabel('Senest').fill(due.replaceAll('.', '-'));
    await mentor.getByText(new Intl.DateTimeFormat('da-DK', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
      .format(new Date(`${due.split('.').reverse().join('-')}T12:00`))).waitFor();
    await save(mentor);
    await caseOf(anna, ids[2]).getByText(`senest ${due}`).waitFor();
    await caseOf(anna, ids[2]).getByText('Ungeguide: mangler').waitFor();
    await caseOf(anna, ids[2]).getByText('Mentor fra mandag').first().waitFor();
    await save(await step(anna, 'Luk konferencen: den er holdt'), 'Luk konferencen');
    await anna.getByText('Gemt: konferencen er holdt.').waitFor();
    await bo.getByText('Konferencen er holdt.').waitFor();
    assert.equal(await cases(bo).count(), 3);
    await accessible(anna, 'a conference that was held');
    await caseOf(anna, ids[0]).getByRole('link', { name: ids[0] }).click();
    await anna.getByText('; holdt').waitFor();
    await anna.getByText('Aftalt handling: Ring til forældrene').last().waitFor();
    // The same action twice in the history: which one holds, and until when.
    await anna.locator('.history li', { hasText: /Senest .* 20\d\d\./ }).first().waitFor();
    await anna.locator('.history li', { hasText: 'Erstattet af en senere.' }).first().waitFor();
    // It can go onto the next.
    const seat = await step(anna, 'Sæt på en ungekonference');
    await seat.locator('option').nth(1).waitFor({ state: 'attached' });
    await seat.getByLabel('Konference').selectOption({ index: 1 });
    await save(seat, 'Sæt på');
    await anna.getByText('Gemt: på konferencen').waitFor();
  });

  await story('a case and a conference move, and one is called off', async () => {
    await anna.locator('section', { has: anna.getByRole('heading', { name: 'Ungekonference', exact: true }) })
      .getByRole('link').click();
    await cases(anna).first().waitFor();
    const details = await step(anna, 'Flyt den, eller ret sted og deltagere');
    await details.getByLabel('Klokkeslæt').fill('13:30');
    await details.getByLabel('Sted').fill('<img src=x onerror=alert(3)>');
    await details.getByLabel('Note').fill('Lokalet er optaget');
    await save(details);
    await anna.getByText('kl. 13.30, 60 minutter').waitFor();
    await anna.getByText('<img src=x onerror=alert(3)>', { exact: true }).waitFor();
    const move = await caseStep(anna, ids[0], 'Flyt til en anden konference');
    await move.locator('option').nth(1).waitFor({ state: 'attached' });
    await move.getByLabel('Konference').selectOption({ index: 1 });
    await save(move, 'Flyt');
    await anna.getByText('Der er ingen sager på dagsordenen endnu.').waitFor();
    await save(await step(anna, 'Aflys konferencen'), 'Aflys konferencen');
    await anna.getByText('Konferencen er aflyst.').waitFor();
    await anna.getByRole('link', { name: 'Alle konferencer' }).click();
    await anna.getByRole('link', { name: 'Vis også holdte og aflyste' }).click();
    await anna.getByRole('heading', { name: 'Holdte og aflyste' }).waitFor();
    await anna.getByRole('cell', { name: 'aflyst' }).waitFor();
    await anna.getByRole('cell', { name: 'holdt', exact: true }).waitFor();
    await accessible(anna, 'all conferences');
    assert.equal(await anna.getByText('K-').count(), 0, 'people need no number of a conference here');
  });

  await story('one answer goes to several questions, the oldest first', async () => {
    await anna.goto(origin);
    const panel = anna.locator('.panel', { has: anna.getByRole('heading', { name: 'Spørgsmål fra afdelingerne' }) });
    await panel.getByRole('link', { name: '3 spørgsmål venter på svar' }).click();
    const questions = anna.locator('.inquiries > li');
    await questions.nth(2).waitFor();
    assert.match(await questions.first().innerText(), /Hører en elev på FGU/);
    assert.match(await questions.nth(1).innerText(), /Må en ung på 29/);
    await anna.getByRole('button', { name: 'Send svaret' }).click();
    await anna.getByText('Vælg mindst ét spørgsmål').waitFor();
    await accessibleHere(anna, 'questions with a mistake');
    await anna.getByLabel(/Hører en elev på FGU/).check();
    await anna.getByLabel(/Hvem følger op/).check();
    await anna.getByLabel('Svar på 2 spørgsmål').fill('Ja, under 30.\nSkriv til os ved tvivl.');
    await accessible(anna, 'questions');
    await picture(anna, 'spoergsmaal', { last: anna.getByRole('button', { name: 'Send svaret' }) });
    await anna.getByLabel('Svar på 2 spørgsmål').fill('Ja, under 30.\nSkriv til os <script>ved</script> tvivl.');
    // A colleague is quicker with one of them: nothing is sent twice, and nothing that was written is lost.
    await bo.goto(`${origin}/spoergsmaal`);
    await bo.getByLabel(/Hvem følger op/).check();
    await bo.getByLabel('Svar', { exact: true }).fill('Jobcentret');
    await bo.getByRole('button', { name: 'Send svaret' }).click();
    await bo.getByText('Svaret er sendt til 1 spørgsmål.').waitFor();
    await anna.getByRole('button', { name: 'Send svaret' }).click();
    await anna.getByText('Et af spørgsmålene er besvaret imens').waitFor();
    await questions.nth(2).waitFor({ state: 'detached' });
    assert.equal(await anna.getByLabel('Svar', { exact: true }).inputValue(), 'Ja, under 30.\nSkriv til os <script>ved</script> tvivl.');
    await anna.getByLabel(/Må en ung på 29/).check();
    await anna.getByRole('button', { name: 'Send svaret' }).click();
    await anna.getByText('Svaret er sendt til 2 spørgsmål.').waitFor();
    await anna.getByText('Ingen spørgsmål venter.').waitFor();
    await anna.getByRole('link', { name: 'Vis også besvarede spørgsmål' }).click();
    await anna.getByText('Jobcentret').waitFor();
    assert.equal(await anna.locator('.answer').count(), 3);
    assert.equal(await anna.getByText('Skriv til os <script>ved</script> tvivl.').count(), 2);
    await accessible(anna, 'answered questions');
    // Words that name somebody after all go; that it was asked stays.
    const remove = await step(anna, 'Slet ordene i et spørgsmål');
    await save(remove, 'Slet ordene');
    await remove.getByText('Vælg et spørgsmål').waitFor();
    await remove.getByLabel('Spørgsmål').selectOption({ index: 3 });
    await remove.getByLabel('Hvorfor').fill('Nævner en skole');
    await save(remove, 'Slet ordene');
    await anna.getByText('Gemt: ordene er slettet').waitFor();
    await anna.getByText(/^Ordene er slettet/).waitFor();
    assert.equal(await anna.locator('.answer').count(), 2);
    assert.equal(await anna.getByText('Jobcentret').count(), 0);
    const inbox = await ask('answers');
    assert.match(inbox, /<script>ved<\/script> tvivl/);
  });

  await story('reports are kept as files, with figures from elsewhere beside their source', async () => {
    await anna.getByRole('link', { name: 'Tal og rapporter' }).click();
    await anna.getByRole('heading', { name: 'Hent en rapport' }).waitFor();
    const choose = (text) => anna.getByLabel('Tal fra andre kilder (CSV-fil)').setInputFiles({
      name: 'tal.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1'),
    });
    await choose('periode;tal\n2026;3\n');
    await anna.getByText('overskrifterne mangler').waitFor();
    const section = (name) => anna.locator('section', { has: anna.getByRole('heading', { name, exact: true }) });
    await choose('indikator;periode;tal;kilde\nUnge i uddannelse;2026 K3;61,4 %;Jobindsats\n');
    await anna.getByRole('cell', { name: 'Jobindsats' }).waitFor();
    await picture(anna, 'rapporter', { part: section('Hent en rapport') });
    await picture(anna, 'indikatorer', { part: section('Indikatorer') });
    // As a Danish spreadsheet saves it.
    await choose('indikator;periode;tal;kilde\nUnge i uddannelse;2026 K3;61,4 %;Jobindsats <b>æøå</b>\n');
    await anna.getByRole('cell', { name: 'Jobindsats <b>æøå</b>' }).waitFor();
    await accessible(anna, 'numbers with figures from elsewhere');
    // Beside ours, each with its source.
    const indicators = section('Indikatorer').getByRole('row');
    await indicators.filter({ hasText: 'Unge med et åbent advis, der har en ungeguide' })
      .getByRole('cell', { name: 'Samkør', exact: true }).waitFor();
    for (const text of await section('Indikatorer').locator('.meaning').allTextContents()) assert.ok(text.length > 40, text);
    await indicators.filter({ hasText: 'Unge i uddannelse' }).getByText('Jobindsats <b>æøå</b>').waitFor();
    const html = await download(anna, 'Hent som HTML');
    assert.match(html.name, /^ungeindsats-\d{4}-\d{2}\.html$/);
    assert.ok(html.text.includes('Jobindsats &lt;b&gt;æøå') && !html.text.includes('<script'));
    const csv = await download(anna, 'Som regneark');
    assert.ok(csv.text.includes('"61,4 %";"Jobindsats <b>æøå</b>"'));
    const json = JSON.parse((await download(anna, 'Som data')).text);
    assert.equal(json.report, 'samkoer-status-report');
    assert.equal(json.figures[0].source, 'Jobindsats <b>æøå</b>');
    assert.equal(await anna.locator('section.group .explanation').count(), await anna.locator('section.group').count());
    const paper = await (await browser.newContext()).newPage();
    await paper.setContent(html.text);
    await paper.getByRole('heading', { name: /^Status for / }).waitFor();
    await accessibleHere(paper, 'the report itself');
    await anna.getByLabel('Rapport', { exact: true }).selectOption({ index: 1 });
    const quarter = await download(anna, 'Hent som HTML');
    assert.match(quarter.name, /^ungeindsats-\d{4}-k[1-4]\.html$/);
    assert.ok(quarter.text.includes('Jobindsats &lt;b&gt;æøå'));
    await paper.setContent(quarter.text);
    await paper.getByRole('heading', { level: 1, name: /[1-4]\. kvartal \d{4}/ }).waitFor();
    await accessibleHere(paper, 'the quarter itself');
    await paper.close();
    wellBehaved(anna);
    wellBehaved(bo);
  });
} finally {
  await closeBrowsers();
}
process.exit(0);
