// Subscribing by mail, as readers do it: with and without script, through a relay.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { heading, readers } from './reader.mjs';
import { order, startRelay } from './relay.mjs';
import { startBrowser, startSite } from './site.mjs';

let relay, site, browser, open;

before(async () => {
  relay = await startRelay();
  site = await startSite({ relay, today: true });
  browser = await startBrowser();
  ({ open } = readers(site, browser, { timezoneId: 'America/St_Johns' }));
  // Its first edition is due at once, and planned within a minute: see the last test.
  for (const to of ['dot@reader.example', 'eve@reader.example']) {
    await order(site, '/subscribe', { address: to, rhythm: 'comes' });
    await order(site, await relay.link(to, '/confirm?'), {});
  }
});

after(async () => {
  await browser?.close();
  await site?.stop();
  await relay?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'script' : 'no script';
  const address = `ada-${javaScriptEnabled}@reader.example`;

  describe(how, () => {
    test('subscribe on the front page, confirm, change, pause, end', () => open('/papers', { javaScriptEnabled }, async (page) => {
      await page.getByLabel('The day’s hot papers by mail').fill(address);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/subscribe/sent');
      assert.equal(await heading(page), 'Look into your mailbox');

      await page.goto(site.url + (await relay.link(address, '/confirm?')));
      assert.equal(await heading(page), 'Start this subscription?');
      const zone = javaScriptEnabled ? 'St Johns time' : 'UTC';
      assert.match(await page.locator('.deck').textContent(), new RegExp(`Hot papers, every day at 08:00, ${zone}`));
      await page.getByRole('button', { name: 'Start it' }).click();
      assert.equal(await heading(page), 'You are subscribed');

      await page.goto(site.url + '/preferences');
      await page.getByLabel('Your mail address').fill(address);
      await page.getByRole('button', { name: 'Send me the link' }).click();
      await page.waitForURL('**/preferences/sent');
      const preferences = await relay.link(address, '/preferences/');
      await page.goto(site.url + preferences);
      await page.locator('summary', { hasText: 'Change' }).click();
      await page.getByLabel('Once a week, on').check();
      await page.getByLabel('Day of the weekly edition').selectOption('Friday');
      await page.getByLabel('Hour', { exact: true }).selectOption('17');
      await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
      await page.getByLabel('Papers at most').fill('25');
      await page.getByRole('button', { name: 'Save Hot papers' }).click();
      assert.equal(await page.locator('main [role=status]').textContent(), 'The change is saved.');
      assert.match(await page.locator('.mine section').first().textContent(), /Every Friday at 17:00, Tokyo time/);

      await page.getByRole('button', { name: 'Pause Hot papers' }).click();
      assert.match(await page.locator('.mine section').first().textContent(), /Paused\./);
      await page.getByRole('button', { name: 'Go on with Hot papers' }).click();
      await page.getByRole('button', { name: 'End Hot papers' }).click();
      assert.match(await page.locator('main').textContent(), /Nothing is subscribed/);

      await page.getByRole('link', { name: 'Erase everything' }).click();
      await page.getByRole('button', { name: 'Erase everything' }).click();
      assert.equal(await heading(page), 'Everything is erased');
      await page.goto(site.url + preferences);
      assert.equal(await heading(page), 'This link does not work');
    }));

    test('a search by mail, from its page, by keyboard', () => open('/search?q=gulls', { javaScriptEnabled }, async (page) => {
      await page.getByRole('link', { name: 'By mail' }).first().click();
      assert.match(await heading(page), /Papers found by “gulls”/);
      await page.locator('#address').focus();
      await page.keyboard.type(`bo-${address}`);
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/subscribe/sent');
      const mail = await relay.link(`bo-${address}`, '/confirm?');
      await page.goto(site.url + mail);
      assert.match(await page.locator('.deck').textContent(), /“gulls”, Monday to Friday/);
      assert.equal(await page.evaluate(() => document.activeElement.tagName), 'BODY');
    }));

    test('what is wrong is said beside its field, and nothing typed is lost', () => open('/subscribe', { javaScriptEnabled }, async (page) => {
      await page.locator('#address').fill('ada@nowhere');
      await page.getByLabel('On these days').check();
      await page.locator('.week').getByLabel('Tue').check();
      await page.getByLabel('Papers at most').fill('33');
      await page.getByRole('button', { name: 'Subscribe' }).click();
      const field = page.locator('#address');
      assert.equal(await field.inputValue(), 'ada@nowhere');
      assert.equal(await page.locator(`#${await field.getAttribute('aria-describedby')}`).textContent(), await page.locator('.problem').textContent().then((text) => text.replace('Address. ', '')));
      assert.match(await page.title(), /^Error: /);
      assert.ok(await page.locator('.week').getByLabel('Tue').isChecked(), 'the day');
      assert.equal(await page.getByLabel('Papers at most').inputValue(), '33');
    }));
  });
}

test('people and screen readers never meet the trap', () => open('/subscribe', {}, async (page) => {
  assert.equal(await page.locator('input[name=website]').isVisible(), false);
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press('Tab');
    assert.notEqual(await page.evaluate(() => document.activeElement.name), 'website');
  }
  const before = relay.mails.length;
  assert.equal((await order(site, '/subscribe', { address: 'bot@reader.example', website: 'https://spam.example' })).status, 303);
  await order(site, '/subscribe', { address: 'after@reader.example' });
  await relay.link('after@reader.example', '/confirm?');
  assert.deepEqual(relay.mails.slice(before).map((m) => m.to), ['after@reader.example']);
}));

test('the banner goes away for who sent it away or subscribed, and only for them', () => open('/papers', {}, async (page, context) => {
  const banner = page.locator('form.letter');
  assert.ok(await banner.isVisible());
  await page.getByRole('button', { name: 'Do not show this again' }).click();
  assert.equal(await banner.isVisible(), false);
  await page.reload();
  assert.equal(await banner.isVisible(), false, 'after a reload');
  assert.deepEqual(await context.cookies(), []);
  await open('/subscribe/sent', {}, async (other) => {
    await other.goto(site.url + '/papers');
    assert.equal(await other.locator('form.letter').isVisible(), false, 'after subscribing');
  });
  await open('/papers', { javaScriptEnabled: false }, async (other) => assert.ok(await other.locator('form.letter').isVisible(), 'without script'));
}));

test('the reader’s own time zone is chosen where nobody has chosen one', () => open('/subscribe', { timezoneId: 'Pacific/Chatham' }, async (page) => {
  assert.equal(await page.getByLabel('Time zone').inputValue(), 'Pacific/Chatham');
}));

test('an edition comes, has a page, and ends by its link or by one click', async () => {
  const link = await relay.link('dot@reader.example', '/unsubscribe?', 90_000);
  await open(link, {}, async (page) => {
    assert.equal(await heading(page), 'End this subscription?');
    await page.getByRole('button', { name: 'End it' }).click();
    assert.equal(await heading(page), 'This subscription has ended');
    await page.goto(site.url + link);
    assert.equal(await heading(page), 'This subscription has ended');
  });

  await relay.link('eve@reader.example', '/unsubscribe?', 10_000);
  const { text } = relay.mails.find((m) => m.to === 'eve@reader.example' && m.text.includes('List-Unsubscribe'));
  const [, url] = /^List-Unsubscribe:\s*<([^>]+)>/im.exec(text.replace(/\r\n[ \t]+/g, ''));
  assert.match(text, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click/im);
  for (let i = 0; i < 2; i++) {
    const answer = await fetch(url, {
      method: 'POST', body: 'List-Unsubscribe=One-Click', redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://mail.example', 'sec-fetch-site': 'cross-site' },
    });
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /This subscription has ended/);
  }

  const edition = await relay.link('eve@reader.example', '/editions/', 1_000);
  await open(edition, {}, async (page) => {
    assert.equal(await heading(page), 'Hot papers');
    assert.ok(await page.locator('article h3 a').count() > 0, 'papers');
    await page.getByRole('link', { name: 'Get this by mail' }).click();
    await page.waitForURL('**/subscribe');
  });
});
