// Stories of the whole work on one alert: from login to a guide, with two coordinators at once.
// tests/system/web_test.py runs the servers.
import {
  accessible, accessibleHere, assert, closeBrowsers, logIn, openBrowser, origin, personAt, picture, save, step, story, tabTo,
  wellBehaved,
} from './browser.mjs';

try {
  const anna = await personAt(await openBrowser(), 'anna');
  const bo = await personAt(await openBrowser(), 'bo', { viewport: { width: 390, height: 800 } });
  let id = '';
  const guide = (page) => page.locator('section', { has: page.getByRole('heading', { name: 'Ungeguide', exact: true }) });

  await story('from login to guide assigned', async () => {
    await logIn(anna);
    await anna.getByRole('link', { name: /nye/ }).click();
    await anna.locator('tbody th a').first().click();
    await anna.locator('.cases').waitFor();
    id = new URL(anna.url()).pathname.split('/').pop();
    await anna.getByText('Fundet af reglen; ingen afdeling har indstillet den unge.').waitFor();
    await anna.getByRole('button', { name: 'Skriv, at indsatsen er tilbudt' }).click();
    await save(await step(anna, 'Skriv, at indsatsen er tilbudt'));
    await anna.getByText('Gemt: den samlede indsats er tilbudt.').waitFor();
    await anna.locator('.facts', { hasText: 'tilbudt' }).waitFor();

    const form = await step(anna, 'Skriv ungeguiden på');
    await save(form);
    await form.getByText('Skriv et navn').waitFor();
    assert.equal(await anna.evaluate(() => document.activeElement.id), 'guide-name');
    await accessibleHere(anna, 'a step with mistakes');
    await form.getByLabel('Navn').fill('Mette H.');
    await form.getByLabel('Enhed').selectOption({ label: 'Team Unge' });
    await form.getByLabel('Hvor langt er I?').selectOption({ label: 'Guiden er spurgt' });
    await form.getByLabel('Den unge har selv ønsket denne guide').check();
    await picture(anna, 'find-ungeguide', { part: form });
    await form.getByLabel('Navn').fill('Mette <b>H.</b>');
    await save(form);
    await anna.getByText('Gemt: ungeguiden er spurgt.').waitFor();
    await guide(anna).getByText('Mette <b>H.</b> (Jobcenter, Team Unge)').waitFor();
    await guide(anna).getByText('har ikke svaret endnu').waitFor();
    const answer = await step(anna, 'Skriv ungeguidens svar');
    await answer.getByLabel('Ungeguidens svar').selectOption({ label: 'ja' });
    await save(answer);
    await anna.getByText('Gemt: ungeguiden har sagt ja.').waitFor();
    await anna.locator('.facts', { hasText: 'ungeguide tildelt' }).waitFor();
  });

  await story('the caseworker is suggested with a reason, and a person decides', async () => {
    await anna.getByText('Forslag efter kommunens politik').waitFor();
    await anna.getByText('Enheden har den længst løbende åbne sag').waitFor();
    const form = await step(anna, 'Udpeg en koordinerende sagsbehandler');
    assert.equal(await form.getByLabel('Enhed').inputValue(), 'grund/Enhed');
    await form.getByLabel('Navn').fill('Lars K.');
    await save(form, 'Udpeg');
    await anna.getByText('Gemt: den koordinerende sagsbehandler er udpeget.').waitFor();
    await anna.getByText('besluttet af anna').waitFor();
  });

  await story('a measure joins after the young person\'s yes, and a no takes it out', async () => {
    const consents = anna.locator('section', { has: anna.getByRole('heading', { name: 'Samtykker', exact: true }) }).last();
    assert.equal(await anna.getByText('Tag en indsats med').count(), 0);
    const say = async (answer) => {
      const form = await step(anna, 'Skriv den unges svar om en indsats');
      await form.getByLabel('Indsats').fill('støtte <i>hjemme</i>');
      await form.getByLabel('Den unges svar').selectOption({ label: answer });
      await save(form);
      await anna.getByText('Gemt: den unges svar er skrevet.').waitFor();
    };
    await say('ja');
    await consents.getByText('ikke taget med endnu').waitFor();
    const join = await step(anna, 'Tag en indsats med');
    await join.getByLabel('Hvilken indsats?').selectOption({ label: 'støtte <i>hjemme</i>' });
    await accessibleHere(anna, 'a measure to join');
    await save(join);
    await anna.getByText('Gemt: indsatsen er med.').waitFor();
    await consents.getByText('med i den samlede indsats siden').waitFor();
    await say('nej');
    await consents.getByText('med i den samlede indsats siden').waitFor({ state: 'detached' });
    assert.equal(await anna.getByText('Tag en indsats ud igen').count(), 0);
  });

  await story('two coordinators at once: one wins, the other is told and loses nothing', async () => {
    await logIn(bo, `/advis/${id}`);
    await bo.locator('.cases').waitFor();
    const bos = await step(bo, 'Udpeg en kontaktperson');
    await bos.getByLabel('Navn').fill('Bos kontakt');
    await bos.getByLabel('Enhed').selectOption({ label: 'Uden for kommunen' });
    await bos.getByLabel('Hvor arbejder vedkommende?').fill('Foreningen');
    await bos.getByLabel('Note').fill('Bos egne ord');
    const halfYear = await step(bo, 'Planlæg et halvår');
    await halfYear.getByLabel('Note').fill('Noget andet');
    const annas = await step(anna, 'Udpeg en kontaktperson');
    await annas.getByLabel('Navn').fill('Kirsten P.');
    await annas.getByLabel('Enhed').selectOption({ label: 'Team Unge' });
    await save(annas, 'Udpeg');
    await anna.getByText('Gemt: kontaktpersonen er udpeget.').waitFor();
    // The step that is no longer possible keeps what was written.
    await bo.getByText('kan ikke gemmes længere').waitFor();
    for (const text of ['Bos kontakt', 'Foreningen', 'Bos egne ord']) await bo.getByText(text).waitFor();
    // The one that is says who was first, and is saved when it is looked at again.
    await halfYear.getByText('anna var først').waitFor();
    await halfYear.getByText('kontaktperson udpeget').waitFor();
    await accessibleHere(bo, 'a lost race on a phone');
    await picture(bo, 'samtidig', { part: halfYear });
    await save(halfYear);
    await halfYear.getByText('Det, du skrev, er bevaret').waitFor();
    assert.equal(await halfYear.getByLabel('Note').inputValue(), 'Noget andet');
    await halfYear.getByLabel('Halvår').selectOption({ index: 1 });
    await bo.getByRole('button', { name: 'Kassér det' }).click();
    await save(halfYear);
    await bo.getByText(/^Gemt: 1\. halvår/).waitFor();
    await anna.locator('.history li', { hasText: 'Halvår planlagt, af bo' }).waitFor();
  });

  await story('nobody is released before the successor has accepted', async () => {
    const ask = async () => {
      const form = await step(anna, 'Overdrag opgaven som ungeguide');
      await form.getByLabel('Navn').fill('Nina S.');
      await form.getByLabel('Enhed').selectOption({ label: 'Team Nord' });
      await save(form, 'Bed om overdragelse');
      await anna.getByText('Gemt: der er bedt om en overdragelse.').waitFor();
    };
    const settle = async (answer) => {
      const form = await step(anna, 'Skriv svaret, eller træk den tilbage');
      await form.getByLabel('Svar').selectOption({ label: answer });
      await save(form);
    };
    await ask();
    await guide(anna).getByText('Mette').waitFor();
    const state = await step(anna, 'Ret tilstanden i hånden');
    assert.deepEqual(await state.locator('option').allTextContents(), ['Vælg …', 'afsluttet', 'afslået']);
    await state.getByLabel('Ny tilstand').selectOption({ label: 'afsluttet' });
    await save(state);
    await anna.getByText('Ingen slippes, før efterfølgeren har sagt ja').waitFor();
    await state.getByRole('button', { name: 'Fortryd' }).click();
    // Whose answer is waited for, and by when, stands at the alert and on the first page.
    await anna.locator('li', { hasText: 'Nina S. (Jobcenter, Team Nord) skal svare på overdragelsen som ungeguide, senest ' }).waitFor();
    await bo.goto(origin);
    const waiting = bo.locator('section', { has: bo.getByRole('heading', { name: 'Overdragelser, der venter på svar' }) });
    await waiting.getByRole('row', { name: new RegExp(`${id}.*Nina S\\.`) }).waitFor();
    await bo.getByRole('link', { name: '1 overdragelse venter på svar' }).waitFor();
    await accessible(bo, 'today with a handover');
    await bo.goto(`${origin}/advis/${id}`);
    await bo.locator('.cases').waitFor();
    await settle('vi trækker den tilbage');
    await anna.getByText('Gemt: trukket tilbage.').waitFor();
    await ask();
    await settle('efterfølgeren har sagt ja');
    await anna.getByText('Gemt: taget imod.').waitFor();
    await guide(anna).getByText('Nina S. (Jobcenter, Team Nord)').waitFor();
  });

  await story('the plan, a consent, a mark; what is overdue stands on the first page', async () => {
    const plan = await step(anna, 'Skriv, hvordan det står med planen');
    await plan.getByLabel('Planen findes').check();
    await plan.getByLabel('Sidst gennemgået').fill('2020');
    await save(plan);
    await plan.getByText('Skriv måneden som 2026-11').waitFor();
    await plan.getByLabel('Sidst gennemgået').fill('2020-01');
    await save(plan);
    await anna.getByText('Gemt: planen findes.').waitFor();
    await anna.getByText('ejes af ungeguiden').waitFor();
    await anna.locator('.overdue', { hasText: 'gennemgå planen' }).waitFor();
    await anna.locator('.facts', { hasText: 'plan i gang' }).waitFor();
    const consent = await step(anna, 'Skriv den unges svar om en indsats');
    await consent.getByLabel('Indsats').fill('Støtte i hjemmet');
    await consent.getByLabel('Den unges svar').selectOption({ label: 'ja' });
    await save(consent);
    await anna.getByText('Gemt: den unges svar er skrevet.').waitFor();
    await save(await step(anna, 'Sæt mærket STU'));
    await anna.getByText('Gemt: STU er bevilget.').waitFor();
    await accessible(anna, 'an alert with everything');
    await picture(anna, 'advis');
    await picture(bo, 'advis-telefon');
    await anna.goto(origin);
    const overdue = anna.locator('section', { has: anna.getByRole('heading', { name: 'Frist overskredet' }) });
    await overdue.getByRole('link', { name: id }).waitFor();
    await overdue.getByText('Overskredet: gennemgå planen').waitFor();
    await anna.getByRole('link', { name: /1 frist overskredet/ }).waitFor();
    await accessible(anna, 'today with everything');
  });

  await story('a contact person ends with a reason and can be established again', async () => {
    await anna.goto(`${origin}/advis/${id}`);
    const end = await step(anna, 'Afslut kontaktpersonen');
    await end.getByLabel('Hvorfor').fill('forankret i job');
    await save(end);
    await anna.getByText('Gemt: kontaktpersonen er ophørt.').waitFor();
    await anna.getByText('forankret i job').waitFor();
    const again = await step(anna, 'Genetablér en kontaktperson');
    await again.getByLabel('Navn').fill('Kirsten P.');
    await again.getByLabel('Enhed').selectOption({ label: 'Uden for kommunen' });
    await again.getByLabel('Hvor arbejder vedkommende?').fill('Foreningen');
    await again.getByLabel('Udvidet behov').check();
    await again.getByLabel('Fortsætter ud over aldersgrænsen').check();
    await save(again, 'Udpeg');
    await anna.getByText('genetableret 1 gang').waitFor();
    await anna.getByText('Kirsten P. (Foreningen)').waitFor();
  });

  await story('guides over units, with those without one, and the backlog', async () => {
    await anna.getByRole('link', { name: 'Fordeling' }).click();
    const row = anna.getByRole('row', { name: /Jobcenter, Team Nord/ });
    assert.equal(await row.getByRole('cell').textContent(), '1');
    await anna.getByRole('row', { name: /\(ingen\)/ }).waitFor();
    await anna.getByRole('row', { name: /1\. halvår/ }).waitFor();
    await anna.getByRole('heading', { name: 'Efterslæb og tildelte over tid' }).waitFor();
    assert.equal(await anna.locator('.chart svg').count(), await anna.locator('section.group').count());
    assert.equal(await anna.locator('section.group .explanation').count(), await anna.locator('section.group').count());
    await accessible(anna, 'distribution');
    await picture(anna, 'fordeling', { last: anna.locator('section.group').nth(1) });
    await row.getByRole('link').click();
    await anna.getByText('Kun ungeguide fra Jobcenter, Team Nord.').waitFor();
    await anna.getByRole('link', { name: id }).waitFor();
    assert.equal(await anna.locator('tbody tr').count(), 1);
  });

  await story('the keyboard is enough to find and ask a guide', async () => {
    await anna.goto(origin);
    await anna.getByRole('heading', { name: 'Nye advis' }).waitFor();
    await anna.getByRole('table').first().waitFor();
    await anna.keyboard.press('Tab');
    assert.equal(await anna.evaluate(() => document.activeElement.textContent), 'Spring til indhold');
    await anna.keyboard.press('Enter');
    assert.equal(await anna.evaluate(() => document.activeElement.id), 'main');
    await tabTo(anna, (state) => document.activeElement?.closest('tr')?.textContent.includes(state)
      && document.activeElement.tagName === 'A', 'identificeret');
    await anna.keyboard.press('Enter');
    await anna.getByRole('heading', { level: 1, name: /Advis A-/ }).waitFor();
    await anna.waitForFunction(() => document.activeElement.tagName === 'H1');
    await tabTo(anna, (text) => document.activeElement?.tagName === 'SUMMARY' && document.activeElement.textContent === text, 'Skriv ungeguiden på');
    await anna.keyboard.press('Enter');
    await anna.locator('#guide-name').waitFor();
    await tabTo(anna, (wanted) => document.activeElement?.id === wanted, 'guide-name');
    await anna.keyboard.type('Tasta Tur');
    await anna.keyboard.press('Tab');
    await anna.keyboard.type('Team Unge');
    await tabTo(anna, (wanted) => document.activeElement?.id === wanted, 'guide-accepted');
    await anna.keyboard.type('guiden har');
    await anna.keyboard.press('Tab');
    await tabTo(anna, (text) => document.activeElement?.textContent === text, 'Gem');
    await anna.keyboard.press('Enter');
    await anna.getByText('Gemt: den unge har en ungeguide.').waitFor();
    assert.notEqual(await anna.evaluate(() => document.activeElement.tagName), 'BODY');
    wellBehaved(anna);
    wellBehaved(bo);
  });
} finally {
  await closeBrowsers();
}
process.exit(0);
