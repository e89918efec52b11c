// People: what stands on the page of a name, one's own data, notifications,
// invitations and leaving, with and without script.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import zlib from 'node:zlib';
import { look } from './judge.mjs';
import { readers } from './reader.mjs';
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

/** png is a picture of one colour. */
function png(width, height, [r, g, b] = [180, 40, 30]) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(zlib.crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([r, g, b]))]);
  const rows = Buffer.concat(Array(Math.min(height, 400)).fill(row));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', zlib.deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}

const main = (page) => page.locator('main');
const press = (page, name) => main(page).getByRole('button', { name, exact: true }).click();
const go = (page, path) => page.goto(site.url + path);

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with script' : 'without script';
  const checked = (page, name) => look(page, name, { script: javaScriptEnabled, widths: [320, 390] });

  describe(`people ${how}`, () => {
    test('say who they are, are told, take their data along, and leave', async () => {
      const name = javaScriptEnabled ? 'ada-script' : 'ada-plain';
      await as(name, 'member', { javaScriptEnabled, acceptDownloads: true }, async (page) => {
        await go(page, '/account');
        await checked(page, 'profile');
        await page.fill('#name', 'Ada Example');
        await page.fill('#affiliation', 'The Tea Laboratory');
        await page.fill('#bio', 'I count gulls.\n<img src=x onerror=document.title="boom">');
        await page.fill('[name="links"] >> nth=0', 'http://gulls.example');
        await press(page, 'Save');
        assert.match(await main(page).textContent(), /begins with https/);
        assert.equal(await page.inputValue('#name'), 'Ada Example');
        await checked(page, 'profile-wrong');
        await page.fill('[name="links"] >> nth=0', 'https://gulls.example/ada');
        await press(page, 'Save');
        assert.match(await main(page).textContent(), /It is saved/);

        const file = (buffer) => ({ name: 'me.png', mimeType: 'image/png', buffer });
        await page.setInputFiles('#file', file(png(50_000, 50_000)));
        await press(page, 'Use this picture');
        assert.match(await main(page).textContent(), /too large: 50000 × 50000/);
        await page.setInputFiles('#file', file(Buffer.from('<svg onload=boom()>')));
        await press(page, 'Use this picture');
        assert.match(await main(page).textContent(), /is no PNG/);
        await page.setInputFiles('#file', file(png(300, 200)));
        await press(page, 'Use this picture');
        assert.match(await main(page).textContent(), /The picture is yours now/);

        await go(page, '/papers');
        await Promise.all([page.waitForResponse((r) => r.url().endsWith('/votes')), page.locator('button[name="up"]').first().click()]);
        await go(page, `/people/${name}`);
        const text = await main(page).textContent();
        for (const want of ['Ada Example', 'The Tea Laboratory', 'I count gulls.', 'onerror', 'gulls.example/ada', 'Votes']) assert.ok(text.includes(want), `the page says ${want}`);
        assert.match(await main(page).locator('h1 img').getAttribute('src'), /^\/portraits\//);
        await checked(page, 'person');

        await go(page, '/notifications');
        assert.match(await main(page).textContent(), /Nothing has happened yet/);
        await go(page, '/notifications/choices');
        await page.selectOption('#n-reply', 'off');
        await press(page, 'Save');
        assert.equal(await page.inputValue('#n-reply'), 'off');
        await press(page, 'Make a private feed');
        const feed = await main(page).locator('code').textContent();
        assert.match(await (await fetch(feed)).text(), /<feed xmlns="http:\/\/www.w3.org\/2005\/Atom">/);
        await checked(page, 'choices');
        await go(page, '/notifications/choices');
        assert.equal(await main(page).locator('code').count(), 0, 'the address is shown once');

        await go(page, '/account/invites');
        assert.match(await main(page).textContent(), /no invitation is needed/);
        await checked(page, 'invites');

        await go(page, '/account/data');
        await checked(page, 'data');
        const waiting = page.waitForEvent('download');
        await main(page).getByRole('link', { name: 'Download the file' }).click();
        const data = JSON.parse(await readFile(await (await waiting).path(), 'utf8'));
        assert.deepEqual([data.account[0].fullName, data.votes.length, data.sessions.length], ['Ada Example', 1, 1]);

        await main(page).getByRole('link', { name: 'Delete your account' }).click();
        await checked(page, 'delete');
        await page.check('[value="remove"]');
        await page.fill('#name', 'somebody');
        await press(page, 'Delete it for good');
        assert.match(await main(page).textContent(), /not the name of your account/);
        await page.fill('#name', name);
        await press(page, 'Delete it for good');
        assert.match(await main(page).textContent(), /Your account is deleted/);
        assert.equal((await go(page, `/people/${name}`)).status(), 404);
        assert.equal((await fetch(feed)).status, 404, 'the private feed is gone');
        await go(page, '/account');
        assert.match(page.url(), /\/sign-in\?/);
      });
    });
  });
}
