// Every feed that a page names is there, is what it says, and knows its own address.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { made, sample } from './pages.mjs';
import { startSite } from './site.mjs';

const sites = [];
before(async () => {
  sites.push({ site: await startSite(), pages: sample }, { site: await startSite({ today: true }), pages: made });
});
after(() => Promise.all(sites.map(({ site }) => site.stop())));

/** attributes of a tag; the pages quote all values. */
const attributes = (tag) => Object.fromEntries([...tag.matchAll(/([a-z]+)="([^"]*)"/g)].map((m) => [m[1], m[2].replaceAll('&amp;', '&').replaceAll('&#43;', '+')]));

test('feeds that pages name', async (t) => {
  let found = 0;
  for (const { site, pages } of sites) {
    for (const { path } of pages) {
      const html = await (await fetch(site.url + path)).text();
      for (const [tag] of html.matchAll(/<link rel="alternate"[^>]*>/g)) {
        const link = attributes(tag);
        if (!/^application\/(atom\+xml|rss\+xml|feed\+json)$/.test(link.type)) continue;
        found++;
        const answer = await fetch(site.url + link.href);
        const body = await answer.text();
        assert.equal(answer.status, 200, `${path} names ${link.href}: ${answer.status} ${body.slice(0, 200)}`);
        assert.equal(answer.headers.get('content-type'), `${link.type}; charset=utf-8`, link.href);
        const self = link.type === 'application/feed+json' ? JSON.parse(body).feed_url : attributes(body.match(/<(?:atom:)?link rel="self"[^>]*>/)[0]).href?.replaceAll('&#x26;', '&');
        assert.equal(self, site.url + link.href, `${link.href} calls itself ${self}`);
      }
    }
  }
  t.diagnostic(`${found} feeds`);
  assert.ok(found > 50, `${found} feeds`);
});
