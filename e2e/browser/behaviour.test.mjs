// What the one script adds: keys, marks, theme, abstracts; and what holds without it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { days } from './edition.mjs';
import { readers } from './reader.mjs';
import { startBrowser, startSite } from './site.mjs';

const day = '/papers/2026-07-01';
let site, fresh, browser, open;

before(async () => {
  [site, fresh] = await Promise.all([startSite(), startSite({ today: true })]);
  browser = await startBrowser();
  ({ open } = readers(site, browser, { viewport: { width: 1200, height: 900 } }));
});

after(async () => {
  await browser?.close();
  await Promise.all([site?.stop(), fresh?.stop()]);
});

const focused = (page) => page.evaluate(() => document.activeElement.closest('article')?.querySelector('h3')?.textContent);

describe('layout', () => {
  test('on a phone, where to read a paper stands before its abstract', () => open(day, { viewport: { width: 390, height: 800 } }, async (page) => {
    await page.goto(site.url + await page.locator('h3 a').first().getAttribute('href'));
    const [read, abstract] = await Promise.all(['.main', '.text'].map((it) => page.locator(it).boundingBox()));
    assert.ok(read.y < abstract.y, `the link at ${read.y}, the abstract at ${abstract.y}`);
  }));

  for (const width of [1280, 1600]) {
    test(`the first paper's text reaches down to where those beside it end, ${width} px wide`, () => open('about:blank', { viewport: { width, height: 900 } }, async (page) => {
      await page.goto(fresh.url + '/papers');
      const hole = await page.evaluate(() => {
        const [lead] = document.querySelectorAll('article');
        return lead.querySelector('.long') ? lead.getBoundingClientRect().bottom - lead.querySelector('.d').getBoundingClientRect().bottom : 0;
      });
      assert.ok(hole < 40, `${hole} px of white`);
    }));
  }
});

describe('keyboard', () => {
  test('j and k walk the papers, o opens one', () => open(day, {}, async (page) => {
    const titles = await page.locator('article h3').allTextContents();
    assert.ok(titles.length > 1, `${titles.length} papers`);
    await page.keyboard.press('j');
    assert.equal(await focused(page), titles[0], 'first j');
    await page.keyboard.press('j');
    assert.equal(await focused(page), titles[1], 'second j');
    await page.keyboard.press('k');
    assert.equal(await focused(page), titles[0], 'k goes back');
    await page.keyboard.press('k');
    assert.equal(await focused(page), titles[0], 'k stays at the first');
    const href = await page.locator('article h3 a').first().getAttribute('href');
    await page.keyboard.press('o');
    await page.waitForURL(site.url + href);
  }));

  test('/ goes to the search field, where letters are letters', () => open(day, {}, async (page) => {
    await page.keyboard.press('/');
    await page.keyboard.type('jo?');
    assert.equal(await page.locator('#q').inputValue(), 'jo?');
    assert.equal(page.url(), site.url + day);
  }));

  test('? shows the keys, Escape hides them', () => open(day, {}, async (page) => {
    const dialog = page.locator('dialog');
    assert.equal(await dialog.isVisible(), false, 'at first');
    await page.keyboard.press('?');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  }));
});

test('new marks what came since the last visit, and only that', () => open('about:blank', {}, async (page) => {
  await page.goto(`${fresh.url}/papers/${days()[1]}`);
  const stamps = await page.locator('article').evaluateAll((cards) => cards.map((card) => Number(card.dataset.t)));
  assert.ok(stamps.length > 1 && stamps.every((stamp) => stamp > 0), `data-t of the papers: ${stamps}`);
  const marks = async (seen) => {
    await page.evaluate((at) => {
      localStorage.setItem('seen', at);
      localStorage.removeItem('since');
    }, seen);
    await page.reload();
    return page.locator('article .k i').count();
  };
  assert.equal(await marks(Math.min(...stamps) - 7200), stamps.length, 'the last visit was before every paper');
  await page.reload();
  assert.equal(await page.locator('article .k i').count(), stamps.length, 'a reload is the same visit');
  assert.equal(await marks(Math.max(...stamps) + 7200), 0, 'the last visit was after every paper');
}));

test('an abstract opens in place', () => open('about:blank', {}, async (page) => {
  await page.goto(`${fresh.url}/papers/${days()[0]}`);
  const card = page.locator('article').nth(1);
  const button = card.locator('button', { hasText: 'Abstract' });
  await button.click();
  await card.locator('.abstract', { hasText: 'nobody had looked before' }).waitFor();
  assert.equal(await button.getAttribute('aria-expanded'), 'true');
  await button.click();
  assert.equal(await card.locator('.abstract').isVisible(), false);
}));

test('the theme is chosen, kept, and follows the system until then', () => open(day, { colorScheme: 'dark' }, async (page) => {
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor || getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();
  await page.locator('.top form button', { hasText: /^Light$/ }).click();
  const light = await background();
  assert.notEqual(light, dark, 'the button changes the colour');
  await page.reload();
  assert.equal(await background(), light, 'the choice is kept');
  await page.locator('.top form button', { hasText: /^Dark$/ }).click();
  assert.equal(await background(), dark, 'and back');
}));

test('no page leaves a cookie', () => open(day, {}, async (page, context) => {
  await page.goto(site.url + '/papers/2510.05491');
  assert.deepEqual(await context.cookies(), []);
}));

test('without script every paper, filter and neighbour is a link', () => open(day, { javaScriptEnabled: false }, async (page) => {
  const cards = await page.locator('article').count();
  assert.equal(await page.locator('article h3 > a[href^="/papers/"]').count(), cards, 'a link a paper');
  await page.locator('nav[aria-label="Order, filter and feed"] a', { hasText: 'Top' }).click();
  await page.waitForURL(/sort=top/);
  await page.goto(`${fresh.url}/papers/${days()[0]}`);
  await page.locator('.dateline a.prev').click();
  await page.waitForURL(`${fresh.url}/papers/${days()[1]}`);
  await page.locator('#q').fill('2601.10007');
  await page.locator('#q').press('Enter');
  await page.waitForURL(fresh.url + '/papers/2601.10007');
}));

test('skip link, landmarks and focus can be seen', () => open(day, {}, async (page) => {
  await page.keyboard.press('Tab');
  const skip = page.locator('a.skip');
  assert.ok(await skip.evaluate((el) => el === document.activeElement), 'the first stop is the skip link');
  const box = await skip.boundingBox();
  assert.ok(box && box.x >= 0 && box.y >= 0 && box.width > 0, `the skip link shows itself: ${JSON.stringify(box)}`);
  assert.equal(await page.locator('main').count(), 1);
}));

test('print has the papers and leaves the controls out', () => open(day, {}, async (page) => {
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('article h3').first().isVisible(), true, 'papers');
  assert.equal(await page.locator('#q').isVisible(), false, 'the search field');
  const pdf = await page.pdf({ format: 'A4' });
  assert.ok(pdf.length > 10_000, `a PDF of ${pdf.length} bytes`);
}));

describe('search', () => {
  const results = (page) => page.locator('.results article');

  test('words find papers, highlighted, and facets narrow them', () => open('about:blank', {}, async (page) => {
    await page.goto(fresh.url + '/papers');
    await page.keyboard.press('/');
    await page.keyboard.type('counting gulls');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/search\?q=counting\+gulls/);
    assert.ok(await results(page).count() >= 10, 'results');
    assert.match(await results(page).first().locator('h3 mark').first().textContent(), /counting|gulls/i);
    await page.locator('.facets a', { hasText: 'hep-th' }).click();
    await page.waitForURL(/hep-th/);
    assert.match(await page.locator('.chosen').textContent(), /hep-th/);
    for (const text of await results(page).locator('.k').allTextContents()) assert.match(text, /High Energy|hep-th|Tidal/, 'only that category');
    await page.locator('.chosen a').click();
    await page.locator('.chosen').waitFor({ state: 'detached' });
  }));

  test('without script: search, more results, newest first, papers like one', () => open('about:blank', { javaScriptEnabled: false }, async (page) => {
    await page.goto(fresh.url + '/papers');
    await page.locator('#q').fill('gulls');
    await page.locator('#q').press('Enter');
    await page.waitForURL(/q=gulls/);
    const before = page.url();
    const first = await results(page).locator('h3').allTextContents();
    await page.locator('.pager a[rel=next]').click();
    await page.waitForURL((url) => url.href !== before);
    const second = await results(page).locator('h3').allTextContents();
    assert.ok(second.length > 0 && second.every((title) => !first.includes(title)), 'other papers on the second page');
    await page.locator('nav[aria-label^=Order] a', { hasText: 'Newest' }).click();
    await page.waitForURL(/sort=date/);
    await results(page).first().locator('a', { hasText: 'More like this' }).click();
    await page.waitForURL(/like=/);
    assert.ok(await results(page).count() >= 5, 'similar papers');
  }));

  test('the hint in a box is seen whole on a small phone', async () => {
    for (const path of ['/search', '/papers']) {
      await open(path, { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true }, async (page) => {
        const [needs, has] = await page.locator('#q').evaluate((box) => {
          const style = getComputedStyle(box);
          const pen = document.createElement('canvas').getContext('2d');
          pen.font = style.font;
          return [pen.measureText(box.placeholder).width, box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)];
        });
        assert.ok(needs <= has, `${path}: the hint is ${needs} px wide, the box ${has}`);
      });
    }
  });

  test('the empty search page has the focus in its box', () => open('/search', {}, async (page) => {
    await page.locator('#q:focus').waitFor(); // the browser gives it when it first draws
    await page.keyboard.type('gulls');
    assert.equal(await page.locator('#q').inputValue(), 'gulls');
  }));

  /** suggestions types more into a box, and waits until what is suggested is for all that stands there. */
  const suggestions = async (page, words, all = words) => {
    const answer = page.waitForResponse((r) => r.url().endsWith('/search/suggest?q=' + encodeURIComponent(all)));
    await page.locator('#q').pressSequentially(words);
    await (await answer).finished();
    await page.locator('[role=option]').first().waitFor();
  };

  test('suggestions come as one types and work from the keyboard', () => open('about:blank', {}, async (page) => {
    await page.goto(fresh.url + '/search');
    const box = page.locator('#q');
    await suggestions(page, 'tide tab');
    assert.equal(await box.getAttribute('aria-expanded'), 'true');
    assert.match(await page.locator('.suggest [role=status]').textContent(), /^\d+ suggestions?$/);
    await box.press('ArrowDown');
    assert.equal(await page.locator('[role=option][aria-selected=true]').count(), 1);
    assert.ok(await box.getAttribute('aria-activedescendant'));
    await box.press('Escape');
    assert.equal(await page.locator('[role=listbox]').isVisible(), false);
    assert.equal(await page.locator('.suggest [role=status]').textContent(), '');
    await suggestions(page, 'le', 'tide table');
    await box.press('ArrowDown');
    const path = await page.locator('[role=option][aria-selected=true]').getAttribute('data-path');
    await box.press('Enter');
    await page.waitForURL(fresh.url + path);
  }));

  test('an answer that comes late changes neither what is chosen nor what is shut', () => open('about:blank', {}, async (page) => {
    await page.goto(fresh.url + '/search');
    const box = page.locator('#q');
    await suggestions(page, 'tide');
    const held = [];
    let asked;
    const late = () => new Promise((resolve) => (asked = resolve));
    await page.route('**/search/suggest?*', (route) => { held.push(route); asked(); });
    const answer = async () => {
      await held.pop().continue().catch(() => {}); // it may have been given up
      await page.evaluate(() => fetch('/status').then((r) => r.text())); // longer than the answer takes
    };

    let asking = late();
    await box.pressSequentially(' t');
    await asking;
    await box.press('Escape');
    await answer();
    assert.equal(await page.locator('[role=listbox]').isVisible(), false, 'after Escape');
    await page.unroute('**/search/suggest?*');

    await suggestions(page, 'a', 'tide ta');
    await page.route('**/search/suggest?*', (route) => { held.push(route); asked(); });
    asking = late();
    await box.pressSequentially('b');
    await asking;
    await box.press('ArrowDown');
    const done = page.waitForResponse('**/search/suggest?*');
    await held.pop().continue();
    await (await done).finished();
    await page.waitForFunction(() => !document.querySelector('[aria-selected=true]'));
    assert.equal(await box.getAttribute('aria-activedescendant'), null, 'another list, in which nothing is chosen');
    await box.press('Enter');
    await page.waitForURL(/\/search\?q=tide\+tab/);
  }));

  for (const width of [360, 768, 1200]) {
    test(`suggestions under the masthead's box are to be seen whole, ${width} px wide`, () => open('about:blank', { viewport: { width, height: 900 } }, async (page) => {
      await page.goto(fresh.url + '/papers');
      await suggestions(page, 'tide');
      const box = await page.locator('[role=listbox]').boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= width, `${box.x} to ${box.x + box.width} of ${width} px`);
    }));
  }

  test('an id, a date and a category lead to their pages; what is mistyped is said', () => open('about:blank', {}, async (page) => {
    for (const [text, path] of [['https://arxiv.org/abs/2601.10007v2', '/papers/2601.10007'], [days()[1], `/papers/${days()[1]}`], ['hep-th', '/categories/hep-th']]) {
      await page.goto(fresh.url + '/search?q=' + encodeURIComponent(text));
      assert.equal(page.url(), fresh.url + path);
    }
    await page.goto(fresh.url + '/search?q=' + encodeURIComponent('gulls date:2026-13'));
    assert.match(await page.locator('.said').textContent(), /date:2026-13/);
    assert.ok(await results(page).count() > 0, 'and the rest is searched');
  }));
});
