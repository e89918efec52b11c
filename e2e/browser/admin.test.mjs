// The operator's page, opened by the link that the command line prints: with and without script.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { wider } from './judge.mjs';
import { heading, readers, told } from './reader.mjs';
import { order, startRelay } from './relay.mjs';
import { adminLink, startBrowser, startSite } from './site.mjs';

let relay, site, browser, open, link;

before(async () => {
  relay = await startRelay();
  site = await startSite({ relay, today: true });
  browser = await startBrowser();
  ({ open } = readers(site, browser));
  for (const to of ['ada@reader.example', 'full@reader.example']) {
    await order(site, '/subscribe', { address: to, rhythm: 'comes' });
    await order(site, await relay.link(to, '/confirm?'), {});
  }
  relay.refuse('full@reader.example', '552 5.2.2 mailbox full of <gulls>');
  await relay.link('ada@reader.example', '/unsubscribe?', 90_000); // the edition: planned within a minute
  link = await adminLink(site);
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await relay?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  describe(javaScriptEnabled ? 'script' : 'no script', () => {
    test('pause and resume everything', () => open(link, { javaScriptEnabled }, async (page) => {
      await page.getByRole('button', { name: 'Pause planning and sending' }).click();
      assert.equal(await told(page), 'Planning and sending are paused.');
      await page.reload();
      assert.match(await page.locator('main').textContent(), /Planning and sending are paused since/);
      await page.getByRole('button', { name: 'Let them go on' }).click();
      assert.equal(await told(page), 'Planning and sending go on.');
    }));

    test('look at why a delivery failed, and send it again', () => open(link, { javaScriptEnabled }, async (page) => {
      await page.getByRole('link', { name: 'failed', exact: true }).click();
      const rows = page.getByRole('region', { name: 'Deliveries' }).locator('tbody tr');
      assert.equal(await rows.count(), 1);
      assert.match(await rows.first().textContent(), /full@reader\.example.*failed.*552 5\.2\.2 mailbox full of <gulls>/s);
      const tried = relay.refused;
      await rows.first().getByRole('button', { name: /Send again/ }).click();
      assert.equal(await told(page), 'They are planned again.');
      for (const end = Date.now() + 20_000; relay.refused === tried; await new Promise((resolve) => setTimeout(resolve, 50))) {
        assert.ok(Date.now() < end, 'the relay was not asked again');
      }
      for (const end = Date.now() + 20_000; ; await page.waitForTimeout(100)) { // until its answer is stored
        await page.goto(site.url + link + '&state=failed');
        if (await page.getByRole('region', { name: 'Deliveries' }).isVisible()) break;
        assert.ok(Date.now() < end, 'it did not fail again');
      }
    }));

    test('find a subscriber, pause it and let it go on', () => open(link, { javaScriptEnabled }, async (page) => {
      await page.getByLabel('Part of the address').fill('ADA@');
      await page.getByRole('button', { name: 'Find' }).click();
      const row = page.getByRole('region', { name: 'Subscribers' }).locator('tbody tr');
      assert.equal(await row.count(), 1);
      await row.getByRole('button', { name: /^Pause/ }).click();
      assert.equal(await told(page), 'The subscription is changed.');
      await page.getByRole('region', { name: 'Subscribers' }).getByRole('button', { name: /^Go on/ }).click();
      assert.equal(await told(page), 'The subscription is changed.');
      assert.equal(await page.getByRole('region', { name: 'Subscribers' }).getByRole('button', { name: /^Go on/ }).count(), 0);
    }));
  });
}

test('nothing is scrolled sideways but the tables, and each can be reached by keyboard', () => open(link, {}, async (page) => {
  assert.equal(await wider(page), 0);
  for (const region of await page.locator('.scroll').all()) assert.equal(await region.getAttribute('tabindex'), '0');
}));

test('without the whole link there is nothing', () => open(link.slice(0, -1), {}, async (page) => {
  assert.equal(await heading(page), 'This page is shut');
  assert.doesNotMatch(await page.content(), /reader\.example/);
}));
