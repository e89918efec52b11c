// One address of every page type, of the sample edition and of today's.
import { days } from './edition.mjs';

const [today, yesterday] = days();

/** sample are pages of the edition that a new site opens with. */
export const sample = [
  { name: 'front', path: '/papers' },
  { name: 'day', path: '/papers/2026-07-01' },
  { name: 'day without papers', path: '/papers/2026-01-01' },
  { name: 'week', path: '/papers/week/2026-W27' },
  { name: 'month', path: '/papers/month/2026-07' },
  { name: 'archive', path: '/papers/archive' },
  { name: 'paper', path: '/papers/2510.05491' },
  { name: 'organisation', path: '/orgs/nvidia' },
  { name: 'organisations', path: '/orgs' },
  { name: 'categories', path: '/categories' },
  { name: 'about', path: '/about' },
  { name: 'status', path: '/status' },
  { name: 'for programs', path: '/api' },
  { name: 'search box', path: '/search' },
  { name: 'search', path: '/search?q=adam+with+fewer+bits' },
  { name: 'search for nothing', path: '/search?q=%22%22' },
  { name: 'search without results', path: '/search?q=%22zeppelin+quorum%22' },
  { name: 'not found', path: '/papers/9999.99999', status: 404 },
  { name: 'not a date', path: '/papers/2026-02-30', status: 400 },
];

/** made are pages of the made-up edition, where lists have all that they can have. */
export const made = [
  { name: 'full day', path: `/papers/${today}` },
  { name: 'hostile day', path: `/papers/${yesterday}` },
  { name: 'by votes', path: `/papers/${today}?sort=top&cat=hep-th` },
  { name: 'with code', path: `/papers/${today}?code=1` },
  { name: 'full paper', path: '/papers/2601.10007' },
  { name: 'paper of 3,000', path: '/papers/2601.10051' },
  { name: 'long words', path: '/papers/2601.10052' },
  { name: 'right to left', path: '/papers/2601.10053' },
  { name: 'hostile paper', path: '/papers/2601.10055' },
  { name: 'hostile TeX', path: '/papers/2601.10061' },
  { name: 'author', path: '/authors/ada-a-brandungsforscherin' },
  { name: 'organisation', path: '/orgs/tidal-lab' },
  { name: 'category', path: '/categories/hep-th' },
  { name: 'keyword', path: '/keywords/gull%20counting' },
  { name: 'submitter', path: '/submitters/warden-1' },
  { name: 'search, narrowed', path: '/search?q=counting+gulls+cat%3Ahep-th+zzz%3A&explain=1' },
  { name: 'search for hostile text', path: '/search?q=%3Cscript%3EglobalThis.ran%3D1%3C%2Fscript%3E+%22+onerror' },
  { name: 'similar papers', path: '/search?like=2601.10007' },
  { name: 'similar papers to several', path: '/search?like=2601.10007&like=2601.10055&like=nonsense' },
];

/** mailed are pages of a site that sends mail, where links are those of its mails. */
export const mailed = (links) => [
  { name: 'front with mail', path: '/papers' },
  { name: 'subscribe', path: '/subscribe' },
  { name: 'subscribe to a search', path: '/subscribe?topic=search%3A%22%3Cscript%3EglobalThis.ran%3D1%3C%2Fscript%3E%22' },
  { name: 'look into your mailbox', path: '/subscribe/sent' },
  { name: 'confirm', path: links.pending },
  { name: 'confirmed', path: links.confirmed },
  { name: 'link that does not hold', path: links.pending + 'x', status: 403 },
  { name: 'ask for a link', path: '/preferences' },
  { name: 'link is sent', path: '/preferences/sent' },
  { name: 'preferences', path: links.preferences + '&done=changed' },
  { name: 'edition', path: links.edition },
  { name: 'unsubscribe', path: links.unsubscribe },
  { name: 'subscribe weekly', path: '/subscribe?topic=categories%3Acs.LG&rhythm=weekly' },
  { name: 'operator', path: links.admin },
  { name: 'operator without a link', path: '/admin/delivery', status: 403 },
  { name: 'erase everything', path: links.preferences.replace('?', '/erase?') },
];

/** withStatus is a list with 200 where no other status is meant. */
export const withStatus = (list) => list.map((target) => ({ status: 200, ...target }));
