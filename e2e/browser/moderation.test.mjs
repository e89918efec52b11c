// Reporting, deciding, closing and banning, as people do it: with and without script.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { wider } from './judge.mjs';
import { heading, readers } from './reader.mjs';
import { startBrowser, startSite } from './site.mjs';

let site, browser, as, paper;

before(async () => {
  site = await startSite({ today: true });
  browser = await startBrowser();
  ({ as } = readers(site, browser));
  const [entry] = await (await fetch(`${site.url}/api/daily_papers`)).json();
  paper = `/papers/${entry.paper.id}`;
});

after(async () => {
  await browser?.close();
  await site?.stop();
});

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'script' : 'no script';
  const options = { javaScriptEnabled };
  const [reader, writer] = javaScriptEnabled ? ['rita', 'will'] : ['rosa', 'walt'];

  describe(how, () => {
    test('a member reports a comment, a moderator hides it and bans who wrote it', async () => {
      await as(writer, 'member', options, async (tab) => {
        await tab.goto(site.url + paper);
        await tab.locator('#text').fill(`Buy my gulls, says ${writer}`);
        await tab.getByRole('button', { name: 'Comment', exact: true }).click();
        await tab.getByText(`Buy my gulls, says ${writer}`).waitFor();
      });
      await as(reader, 'member', options, async (tab) => {
        await tab.goto(site.url + paper);
        await tab.locator('[id^="c-"]', { hasText: `Buy my gulls, says ${writer}` }).getByRole('link', { name: 'Report' }).click();
        assert.equal(await heading(tab), 'Report a comment');
        await tab.getByLabel('Advertising or nonsense').check();
        await tab.getByLabel(/In your words/).fill('gulls are free');
        await tab.getByRole('button', { name: 'Report it' }).click();
        assert.equal(await heading(tab), 'The moderators will look at it');
      });
      await as('moira', 'moderator', options, async (tab) => {
        await tab.goto(site.url + '/moderation');
        const found = tab.locator('section.case', { hasText: writer });
        assert.match(await found.textContent(), /Advertising or nonsense.*gulls are free/);
        await found.getByLabel('Why').fill('advertising');
        await found.getByRole('button', { name: 'Hide it' }).click();
        assert.match(await tab.locator('p.did').textContent(), /It is hidden/);
        await tab.goto(`${site.url}/moderation/object?kind=account&object=${writer}`);
        await tab.getByLabel('Why').fill('sells gulls');
        await tab.getByLabel('For how long').selectOption('a week');
        await tab.getByRole('button', { name: 'Ban' }).click();
        assert.match(await tab.locator('p.did').textContent(), /banned/);
        assert.ok(await tab.getByRole('button', { name: 'Lift the ban' }).isVisible());
      });
      const page = await (await fetch(site.url + paper)).text();
      assert.ok(!page.includes(`Buy my gulls, says ${writer}`), 'the hidden comment is on the page');
      const log = await (await fetch(site.url + '/log')).text();
      assert.ok(log.includes('sells gulls') && log.includes('moira'), 'the log tells of it');
      await as(reader, 'member', options, async (tab) => {
        await tab.goto(site.url + '/notifications');
        assert.match(await tab.locator('main').textContent(), /your report of a comment was upheld/);
        await tab.getByRole('button', { name: 'Mark all as read' }).click();
        assert.equal(await tab.getByRole('button', { name: 'Mark all as read' }).count(), 0);
      });
      await as(writer, 'member', options, async (tab) => {
        await tab.goto(site.url + '/submit');
        assert.match(await tab.locator('main').textContent(), /banned/);
        await tab.goto(site.url + '/notifications');
        assert.match(await tab.locator('main').textContent(), /your comment was hidden: advertising/);
      });
    });

    test('a moderator closes a discussion, and hides a paper and brings it back', () => as('moira', 'moderator', options, async (tab) => {
      await tab.goto(site.url + paper);
      await tab.locator('a[href*="kind=paper"]', { hasText: 'Moderate' }).click();
      for (const [button, done] of [['Close the discussion', /closed/], ['Open the discussion', /open/], ['Hide it', /hidden/], ['Show it', /shown/]]) {
        await tab.getByLabel('Why').fill('a trial');
        await tab.getByRole('button', { name: button }).click();
        assert.match(await tab.locator('p.did').textContent(), done);
        assert.ok(await wider(tab) <= 0, 'too wide');
      }
      const answer = await fetch(site.url + paper);
      assert.equal(answer.status, 200);
    }));
  });
}
