// Submitting papers and choosing them, as people do it: with and without script.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { kept, look, noJava, vnu } from './judge.mjs';
import { heading, readers } from './reader.mjs';
import { startBrowser, startSite } from './site.mjs';
import { startSource } from './source.mjs';

let source, site, browser, as;

before(async () => {
  source = await startSource({ '2606.10001': 'Fine papers found by members', '2606.10002': 'Other papers found without script', '2606.10003': 'What takes long to answer' });
  site = await startSite({ today: true, env: source.env });
  browser = await startBrowser();
  ({ as } = readers(site, browser));
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await source?.stop();
});

// It is asked again beside the page after half a minute, which the other tests use.
let found;

test('a slow source is waited for beside the page', () => new Promise((resolve) => {
  source.slow(9000);
  found = as('otto', 'member', {}, async (tab) => {
    await tab.goto(site.url + '/submit');
    await tab.getByLabel('Paper', { exact: true }).fill('2606.10003');
    await tab.getByRole('button', { name: 'Look it up' }).click();
    await tab.getByRole('heading', { name: 'Looking for it' }).waitFor();
    await look(tab, 'looking');
    source.slow(0);
    resolve();
    await tab.getByRole('heading', { name: 'Is this it?' }).waitFor({ timeout: 90_000 });
    await tab.getByRole('button', { name: 'discard' }).click();
    assert.equal(await heading(tab), 'Your submissions');
  });
  found.catch(resolve); // the last test fails by it
}));

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'script' : 'no script';
  const [id, title, member] = javaScriptEnabled ? ['2606.10001', 'Fine papers found by members', 'mary'] : ['2606.10002', 'Other papers found without script', 'nora'];

  describe(how, () => {
    test('a member submits a paper, a curator accepts it, it is on the front page', async () => {
      let page;
      await as(member, 'member', { javaScriptEnabled }, async (tab) => {
        await tab.goto(`${site.url}/submit?url=https://arxiv.org/abs/${id}v1`);
        assert.equal(await tab.getByLabel('Paper', { exact: true }).inputValue(), `https://arxiv.org/abs/${id}v1`);
        await look(tab, 'submit', { script: javaScriptEnabled });
        await tab.getByRole('button', { name: 'Look it up' }).click();
        assert.equal(await heading(tab), 'Is this it?');
        assert.match(await tab.locator('article').textContent(), new RegExp(`${title}.*Ada Example and Bo Other`));
        await look(tab, 'draft', { script: javaScriptEnabled });
        await tab.getByLabel('Comment').fill('Read *this*, it is **short**.');
        await tab.getByRole('button', { name: 'Submit this paper' }).click();
        assert.equal(await heading(tab), 'It waits for a curator');
        page = tab.url();
        await tab.goto(site.url + '/submissions');
        await look(tab, 'submissions', { script: javaScriptEnabled });
        assert.match(await tab.locator('main').textContent(), new RegExp(`${title}.*waits for a curator`));
      });
      await as('carl', 'curator', { javaScriptEnabled }, async (tab) => {
        await tab.goto(site.url + '/queue');
        await look(tab, 'queue', { script: javaScriptEnabled });
        await tab.getByRole('button', { name: 'Reject' }).click();
        assert.match(await tab.getByRole('alert').textContent(), /say why, in a sentence/i);
        await tab.getByRole('button', { name: 'Put it on the front page' }).click();
        assert.equal(await heading(tab), 'Queue');
        assert.match(await tab.locator('main').textContent(), /Nothing is waiting/);
        await tab.goto(page);
        assert.equal(await heading(tab), 'It is on the front page');
      });
      await as(member, 'member', { javaScriptEnabled }, async (tab) => {
        await tab.goto(site.url + '/papers');
        const card = tab.locator('article', { hasText: title });
        assert.match(await card.textContent(), new RegExp(`via ${member}`));
        await tab.goto(page);
        await look(tab, 'accepted', { script: javaScriptEnabled });
      });
      const answer = await (await fetch(`${site.url}/api/daily_papers`)).json();
      const entry = answer.find((x) => x.paper.id === id);
      assert.equal(entry?.submittedBy?.name, member, 'submittedBy of the Daily Papers API');
      assert.equal(entry.paper.upvotes, 1);
    });

    test('a curator puts any paper on the front page, and takes it off', () => as('carl', 'curator', { javaScriptEnabled }, async (tab) => {
      await tab.goto(site.url + '/papers/hot');
      const path = await tab.locator('article', { has: tab.getByRole('button', { name: 'Take off' }) }).last().locator('h3 a').getAttribute('href');
      await tab.goto(site.url + path);
      await look(tab, 'feature', { script: javaScriptEnabled });
      await tab.getByRole('button', { name: 'Take off today' }).click();
      await tab.getByRole('button', { name: 'Feature today' }).click();
      await tab.getByRole('button', { name: 'Take off today' }).waitFor();
      assert.equal(new URL(tab.url()).pathname, path);
      assert.match(await tab.locator('.now').textContent(), /brought by carl/);
      await tab.goto(site.url + '/papers');
      await look(tab, 'front', { script: javaScriptEnabled });
      await tab.goto(site.url + '/log');
      assert.match(await tab.locator('main').textContent(), /carl unfeatured the paper/);
    }));

    test('what cannot be is refused in the form', () => as(member, 'member', { javaScriptEnabled }, async (tab) => {
      for (const [typed, why] of [[`${source.url}/secret`, /not on the public Internet/], ['http://169.254.169.254/latest/meta-data/', /not on the public Internet/], ['javascript:alert(1)', /not taken/], ['2606.19999', /no paper/]]) {
        await tab.goto(site.url + '/submit');
        await tab.getByLabel('Paper', { exact: true }).fill(typed);
        await tab.getByRole('button', { name: 'Look it up' }).click();
        assert.match(await tab.locator('main').textContent(), why, typed);
        await look(tab, `refused ${typed.slice(0, 4)}`, { script: javaScriptEnabled });
      }
      assert.ok(!source.asked.includes('/secret'), 'an address of this machine was asked');
    }));
  });
}

test('what a slow source has told shows itself', () => found);

test('vnu finds no error', { skip: noJava }, async () => {
  assert.ok(kept.size > 5, `${kept.size} pages were kept`);
  assert.deepEqual(await vnu(kept), []);
});
