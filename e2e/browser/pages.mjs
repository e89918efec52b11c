// One address of every page type of the sample edition.

export const pages = [
  { name: 'front', path: '/papers' },
  { name: 'day', path: '/papers/2026-07-01' },
  { name: 'day by votes', path: '/papers/2026-07-01?sort=top' },
  { name: 'day without papers', path: '/papers/2026-01-01' },
  { name: 'week', path: '/papers/week/2026-W27' },
  { name: 'month', path: '/papers/month/2026-07' },
  { name: 'archive', path: '/papers/archive' },
  { name: 'paper', path: '/papers/2510.05491' },
  { name: 'author', from: '/papers/2510.05491', link: 'a[href^="/authors/"]' },
  { name: 'organisation', path: '/orgs/nvidia' },
  { name: 'submitter', from: '/papers', link: 'a[href^="/submitters/"]', optional: true },
  { name: 'keyword', from: '/papers/2510.05491', link: 'a[href^="/keywords/"]', optional: true },
  { name: 'categories', path: '/categories' },
  { name: 'about', path: '/about' },
  { name: 'status', path: '/status' },
  { name: 'not found', path: '/papers/9999.99999', status: 404 },
];

/** resolve finds the addresses that are reached by a link only. */
export async function resolve(browser, site) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  const found = [];
  for (const { from, link, optional, ...rest } of pages) {
    if (!from) {
      found.push({ status: 200, ...rest });
      continue;
    }
    await page.goto(site.url + from);
    const target = page.locator(link).first();
    if (optional && (await target.count()) === 0) continue;
    found.push({ status: 200, ...rest, path: await target.getAttribute('href') });
  }
  await context.close();
  return found;
}
