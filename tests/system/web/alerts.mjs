// Stories of a coordinator with alerts: in, list, filter, hostile texts, a change.
// tests/system/web_test.py runs the servers.
import {
  accessible, accessibleHere, ask, assert, closeBrowsers, logIn, openBrowser, origin, personAt, picture, save, step, story,
  wellBehaved,
} from './browser.mjs';

const BY_HAND = 'Ret tilstanden i hånden', OUTSIDE = 'konference planlagt: konferencen holdes uden for planlæggeren';
const browser = await openBrowser();
try {
  const anna = await personAt(browser, 'anna');

  await story('the first load is small and only from here', async () => {
    let bytes = 0;
    const session = await anna.context().newCDPSession(anna);
    await session.send('Network.enable');
    session.on('Network.loadingFinished', (event) => { bytes += event.encodedDataLength; });
    await logIn(anna);
    await anna.getByRole('heading', { name: 'Nye advis' }).waitFor();
    await anna.getByRole('table').first().waitFor();
    console.log(`first load: ${bytes} bytes`);
    assert.ok(bytes > 5000 && bytes < 200_000, `${bytes} bytes`);
    assert.equal(await anna.locator('.counts .explanation').count(), 6);
    assert.equal(await anna.locator('.counts li').count(), 6);
    for (const text of await anna.locator('.counts .explanation').allTextContents()) assert.ok(text.length > 20, text);
    await accessible(anna, 'today');
  });

  await story('alerts are listed, filtered and paged at addresses of their own', async () => {
    await anna.getByRole('link', { name: 'Advis', exact: true }).click();
    await anna.getByRole('heading', { name: 'Advis', level: 1 }).waitFor();
    assert.equal(new URL(anna.url()).pathname, '/advis');
    await anna.locator('tbody tr').first().waitFor();
    assert.equal(await anna.locator('tbody tr').count(), 50);
    await accessible(anna, 'alerts');
    await picture(anna, 'advis-liste');
    const first = await anna.locator('tbody th a').first().textContent();
    await anna.getByRole('link', { name: 'Ældre advis' }).click();
    await anna.waitForFunction((before) => document.querySelector('tbody th a')?.textContent !== before
      && document.querySelector('tbody th a'), first);
    const older = await anna.locator('tbody th a').first().textContent();
    await anna.reload();
    await anna.locator('tbody tr').first().waitFor();
    assert.equal(await anna.locator('tbody th a').first().textContent(), older);
    await anna.goBack();
    await anna.waitForFunction((before) => document.querySelector('tbody th a')?.textContent === before, first);
    await anna.getByLabel('Tilstand').selectOption({ label: 'afsluttet' });
    await anna.getByText('Der er ingen advis, som passer til det valgte.').waitFor();
    assert.ok(anna.url().endsWith('?tilstand=ALERT_STATE_CLOSED'));
    await anna.getByLabel('Tilstand').selectOption({ label: 'Alle åbne' });
    await anna.locator('tbody tr').first().waitFor();
  });

  await story('an address without anything behind it says so', async () => {
    for (const [path, heading] of [['/findes/ikke', 'Siden findes ikke'], ['/advis/A-0000-0000', 'Adviset kan ikke vises'],
      ['/konferencer/K-0000-0000', 'Konferencen kan ikke vises']]) {
      await anna.goto(origin + path);
      await anna.getByRole('heading', { name: heading, level: 1 }).waitFor();
      await accessible(anna, heading);
    }
  });

  await story('texts of departments are only texts', async () => {
    const refs = new Set();
    await anna.goto(`${origin}/advis?afdeling=familie`);
    await anna.locator('tbody th a').first().waitFor();
    for (const link of await anna.locator('tbody th a').evaluateAll((all) => all.map((a) => a.href))) {
      await anna.goto(link);
      await anna.locator('.cases').waitFor();
      await anna.locator('.cases tbody tr').nth(2).waitFor();
      for (const text of await anna.locator('.cases td[data-label=Sagsnummer]').allTextContents()) refs.add(text);
      assert.equal(await anna.locator('.cases img').count(), 0);
      await accessible(anna, 'an alert with hostile texts', [[320, 640]]);
    }
    const all = [...refs];
    assert.ok(all.some((text) => text.includes('<img src=x onerror=alert(1)>')), all.join('\n'));
    assert.ok(all.some((text) => text.includes('\\u{200F}')), `a mark of direction is shown as its number: ${all.join(' ')}`);
    assert.ok(all.some((text) => text.length === 64), 'a very long one is whole');
  });

  await story('an alert is found by its number, and by a department\'s number of the case', async () => {
    await anna.goto(`${origin}/advis`);
    const field = anna.getByLabel('Find et nummer (A-… eller sagsnummer)'), find = anna.getByRole('button', { name: 'Find' });
    await find.click();
    await anna.getByText('Skriv et nummer', { exact: true }).waitFor();
    await field.fill('findes-ikke');
    await find.click();
    await anna.getByText('Intet åbent advis har sagsnummeret findes-ikke.').waitFor();
    await field.fill('s-69');
    await find.click();
    await anna.getByText('1 åbent advis med sagsnummeret s-69.').waitFor();
    await accessible(anna, 'alerts, found by a number');
    const id = await anna.locator('form.find tbody th a').textContent();
    await field.fill(id.toLowerCase().replace(/-/g, ''));
    await find.click();
    await anna.getByRole('heading', { name: `Advis ${id}` }).waitFor();
    await anna.locator('.cases', { hasText: 'S-69' }).waitFor();
  });

  await story('a coordinator sets a state with a note', async () => {
    await anna.goto(`${origin}/advis`);
    await anna.locator('tbody th a').first().click();
    await anna.locator('.cases').waitFor();
    await accessible(anna, 'one alert');
    // Only what the facts allow: nothing was offered or nominated, nobody is the guide, there is no plan.
    let form = await step(anna, BY_HAND);
    assert.deepEqual(await form.locator('option').allTextContents(), ['Vælg …', OUTSIDE, 'afsluttet', 'afslået']);
    await save(form);
    await anna.getByText('Vælg en tilstand').waitFor();
    await accessibleHere(anna, 'a form with a mistake');
    await form.getByText('brug «Sæt på en ungekonference»').waitFor();
    await form.getByLabel('Ny tilstand').selectOption({ label: OUTSIDE });
    await form.getByLabel('Note').fill('Skal tales igennem <b>nu</b>');
    await save(form);
    await anna.getByText('Gemt: konference planlagt.').waitFor();
    await anna.getByText('Konferencen holdes uden for planlæggeren').first().waitFor();
    await anna.locator('.history li', { hasText: 'Sat til konference planlagt, af anna' }).waitFor();
    assert.equal(await anna.locator('.history .note').first().textContent(), 'Skal tales igennem <b>nu</b>');
    form = await step(anna, BY_HAND);
    await form.getByLabel('Ny tilstand').selectOption({ label: 'identificeret' });
    await form.getByLabel('Note').fill(await ask('a-number'));
    await save(form);
    await anna.getByText('teksten indeholder et CPR-nummer').waitFor();
    // The way to a step is beside what comes next.
    await anna.getByRole('button', { name: 'Sæt på en ungekonference' }).click();
    await anna.locator('#step-seat[open] form').waitFor();
    assert.equal(await anna.evaluate(() => document.activeElement.textContent), 'Sæt på en ungekonference');
    wellBehaved(anna);
  });
} finally {
  await closeBrowsers();
}
process.exit(0);
