// Claims of authorship and organisations, as people meet them: with and without script.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kept, look, noJava, vnu } from './judge.mjs';
import { main, readers } from './reader.mjs';
import { startBrowser, startSite } from './site.mjs';

let site, browser, as;

before(async () => {
  site = await startSite({ today: true });
  browser = await startBrowser();
  ({ as } = readers(site, browser));
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'script' : 'no script';
  // Two papers, an author of each, who claims to be both, and another who claims the same.
  const [first, second, one, other, writer, rival, lab] = javaScriptEnabled
    ? ['2601.10003', '2601.10002', 'Ada C. Brandungsforscherin', 'Ada B. Brandungsforscherin', 'wanda', 'rolf', 'harbour-lab']
    : ['2601.10005', '2601.10004', 'Ada E. Brandungsforscherin', 'Ada D. Brandungsforscherin', 'wilma', 'rudi', 'mole-works'];
  const claim = async (tab, id, name, evidence) => {
    await tab.goto(`${site.url}/papers/${id}`);
    await tab.getByRole('link', { name: 'Claim it' }).click();
    await tab.getByLabel(name).check();
    await tab.getByLabel('What shows that?').fill(evidence);
    await look(tab, 'claim', { script: javaScriptEnabled });
    await tab.getByRole('button', { name: 'Claim it' }).click();
    assert.equal(new URL(tab.url()).pathname, '/claims');
  };

  describe(how, () => {
    test('an author claims a paper, a moderator accepts, and it shows', async () => {
      await as(writer, 'member', { javaScriptEnabled }, async (tab) => {
        await claim(tab, first, one, 'My page: <b>https://ada.example/</b>');
        await claim(tab, second, other, '');
        assert.match(await main(tab), new RegExp(`${one}, of ${first}.*waits for a moderator`));
        await look(tab, 'claims', { script: javaScriptEnabled });
      });
      await as(rival, 'member', { javaScriptEnabled }, (tab) => claim(tab, first, one, 'It is me'));
      await as('mona', 'moderator', { javaScriptEnabled }, async (tab) => {
        await tab.goto(site.url + '/moderation');
        await tab.getByRole('link', { name: /^Claims and members: 3 claims/ }).click();
        assert.match(await main(tab), new RegExp(`${rival} claims the same author`));
        await look(tab, 'claim queue', { script: javaScriptEnabled });
        for (const [name, id] of [[one, first], [other, second]]) {
          await tab.locator('section', { hasText: `${writer} claims to be ${name}` }).getByRole('button', { name: 'Accept' }).click();
          assert.match(await tab.locator('.did').textContent(), /accepted/, id);
        }
        const left = tab.locator('section', { hasText: `${rival} claims` });
        assert.match(await left.textContent(), new RegExp(`${writer} is known as this author`));
        await left.getByRole('button', { name: 'Reject' }).click();
        assert.match(await main(tab), /is missing/i);
        await tab.goBack();
        const again = tab.locator('section', { hasText: `${rival} claims` });
        await again.getByLabel('Why').fill('Somebody else is known');
        await again.getByRole('button', { name: 'Reject' }).click();
        assert.match(await main(tab), /No claim is waiting/);
      });
      await as(writer, 'member', { javaScriptEnabled }, async (tab) => {
        await tab.goto(`${site.url}/papers/${first}`);
        assert.equal(await tab.getByRole('link', { name: `@${writer}` }).getAttribute('href'), `/people/${writer}`);
        await tab.getByRole('link', { name: 'Add code, pages, media' }).click();
        const code = await tab.getByLabel('Code').inputValue();
        await tab.getByLabel('Project page').fill('http://192.168.0.1/\n');
        await tab.getByRole('button', { name: 'Save' }).click();
        assert.match(await tab.getByRole('alert').textContent(), /by its number/);
        await look(tab, 'links refused', { script: javaScriptEnabled });
        await tab.getByLabel('Code').fill('https://code.example.org/mine\n' + code);
        await tab.getByLabel('Project page').fill('https://tides.example.org/');
        await tab.getByRole('button', { name: 'Save' }).click();
        assert.equal(new URL(tab.url()).pathname, `/papers/${first}`);
        assert.equal(await tab.getByRole('link', { name: 'Code' }).first().getAttribute('href'), 'https://code.example.org/mine');
        assert.equal(await tab.getByRole('link', { name: 'Project page' }).getAttribute('href'), 'https://tides.example.org/');
        await look(tab, 'paper', { script: javaScriptEnabled });
        await tab.goto(`${site.url}/authors/${other.toLowerCase().replaceAll(/[. ]+/g, '-')}`);
        assert.match(await main(tab), /Also as Ada/);
        await look(tab, 'author', { script: javaScriptEnabled });
        await tab.goto(site.url + '/log');
        assert.match(await main(tab), /project https:\/\/tides\.example\.org\//);
      });
    });

    test('an organisation is made, and people belong to it', async () => {
      await as('carl', 'curator', { javaScriptEnabled }, async (tab) => {
        await tab.goto(site.url + '/orgs');
        await tab.getByRole('link', { name: 'Add an organisation' }).click();
        await tab.getByLabel('Handle').fill('tidai-lab');
        await tab.getByLabel('Name').fill('Another');
        await tab.getByRole('button', { name: 'Add it' }).click();
        assert.match(await tab.getByRole('alert').textContent(), /is called tidal-lab/);
        await look(tab, 'organisation refused', { script: javaScriptEnabled });
        await tab.getByLabel('Handle').fill(lab);
        await tab.getByLabel('Name').fill(`The ${lab}`);
        await tab.getByRole('button', { name: 'Add it' }).click();
        assert.match(await tab.locator('.did').textContent(), /you own it/);
        await tab.getByRole('link', { name: 'Change this page' }).click();
        await tab.getByLabel('What it is').fill('We count <i>gulls</i>.');
        await look(tab, 'organisation form', { script: javaScriptEnabled });
        await tab.getByRole('button', { name: 'Save' }).click();
        assert.match(await main(tab), /We count <i>gulls<\/i>\./);
      });
      await as(writer, 'member', { javaScriptEnabled }, async (tab) => {
        await tab.goto(`${site.url}/orgs/${lab}`);
        await look(tab, 'organisation', { script: javaScriptEnabled });
        await tab.getByRole('link', { name: 'Members' }).click();
        await tab.getByRole('button', { name: 'Ask to be a member' }).click();
        assert.match(await main(tab), /You have asked to be a member/);
      });
      await as('carl', 'curator', { javaScriptEnabled }, async (tab) => {
        await tab.goto(`${site.url}/orgs/${lab}/members`);
        await look(tab, 'members, asked', { script: javaScriptEnabled });
        await tab.getByRole('button', { name: `Accept ${writer}` }).click();
        await tab.getByRole('button', { name: 'Leave' }).click();
        assert.match(await main(tab), /last owner/i);
        await tab.goto(`${site.url}/orgs/${lab}/members`);
        await look(tab, 'members', { script: javaScriptEnabled });
      });
      await as(writer, 'member', { javaScriptEnabled }, async (tab) => {
        await tab.goto(`${site.url}/people/${writer}`);
        await tab.getByRole('link', { name: `The ${lab}` }).click();
        assert.match(await main(tab), /You are a member/);
        await tab.goto(`${site.url}/papers/${first}`);
        await tab.locator('textarea[name="text"]').first().fill('I counted them myself.');
        await tab.getByRole('button', { name: /^(Say it|Comment|Send|Post)/ }).first().click();
        await tab.getByText('author of the paper').waitFor();
        await look(tab, 'comment', { script: javaScriptEnabled });
        assert.match(await tab.locator('section.talk').textContent(), new RegExp(`The ${lab}`));
      });
    });

    test('a paper of three thousand authors can be claimed', () => as(writer, 'member', { javaScriptEnabled }, async (tab) => {
      await tab.goto(site.url + '/claims/new?paper=2601.10051');
      await tab.getByLabel('Which author are you?').selectOption('2718 Person 2717');
      await tab.getByRole('button', { name: 'Claim it' }).click();
      assert.match(await main(tab), /Person 2717, of 2601\.10051/);
      await tab.getByRole('button', { name: 'Withdraw the claim to be Person 2717, of 2601.10051' }).click();
      assert.match(await main(tab), /withdrawn/);
    }));
  });
}

test('who is not signed in is led to sign in, and back', async () => {
  const page = await browser.newPage();
  await page.goto(`${site.url}/papers/2601.10007`);
  await page.getByRole('link', { name: 'Claim it' }).click();
  const to = new URL(page.url());
  assert.equal(to.pathname, '/sign-in');
  assert.equal(to.searchParams.get('next'), '/claims/new?paper=2601.10007');
  await page.close();
});

test('vnu finds no error', { skip: noJava }, async () => {
  assert.ok(kept.size > 8, `${kept.size} pages were kept`);
  assert.deepEqual(await vnu(kept), []);
});
