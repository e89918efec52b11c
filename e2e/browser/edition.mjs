// A made-up edition of today and the two days before, with what real papers
// can have and what hostile ones might. Every text is invented.

const hostile = [
  '<script>globalThis.ran=1</script>',
  '"><img src=x onerror="globalThis.ran=1">',
  "'-globalThis.ran=1-'",
  '<svg onload=globalThis.ran=1>',
  '</title></article><iframe srcdoc="<script>parent.ran=1</script>">',
  'javascript:globalThis.ran=1',
  '{{constructor.constructor("globalThis.ran=1")()}}',
  '$\\href{javascript:globalThis.ran=1}{x}$ $\\text{<img src=x onerror=globalThis.ran=1>}$',
];

const day = (now, back) => new Date(now - back * 86_400_000).toISOString().slice(0, 10);

/** days of the edition, today first. */
export const days = (now = Date.now()) => [0, 1, 2].map((back) => day(now, back));

/** edition is the papers as lines of Broadsheet's own export. */
export function edition(now = Date.now()) {
  const stamp = (hoursAgo) => new Date(now - hoursAgo * 3_600_000).toISOString();
  const lines = [{ broadsheet: 1, kind: 'header' }];
  const organization = { key: 'tidal-lab', name: 'Tidal Laboratory' };
  lines.push({ kind: 'organization', organization });
  const papers = [];
  for (let i = 0; i < 50; i++) {
    papers.push({
      title: `Tide table ${i}: bounding $\\mathcal{O}(n^{${i}})$ swells by \\emph{counting} gulls`,
      abstract: `Harbour number ${i} is counted again. We show that $\\sum_{k=1}^{n} \\frac{g_k}{k^2} \\le ${i} + \\sqrt{n}$ gulls suffice, ` +
        'whatever the weather, and that nobody had looked before. '.repeat(4),
      tldr: i % 3 ? '' : `Counting gulls bounds the swell in harbour ${i}, and the harbour master agrees.`,
      authors: Array.from({ length: 1 + (i % 9) }, (_, a) => ({ name: `Ada ${String.fromCharCode(65 + a)}. Brandungsforscherin` })),
      categories: [['cs.LG', 'stat.ML'], ['hep-th'], ['math.AG', 'cs.CV']][i % 3],
      keywords: ['tides', 'gull counting'],
      organizations: i % 4 ? undefined : [organization],
      links: i % 2 ? [{ kind: 'code', url: `https://code.example.org/tides/${i}`, stars: 37 * i }] : undefined,
      importedVotes: 100 - i,
      importedComments: i % 7,
    });
  }
  papers.push({ title: 'One instrument, three thousand people', abstract: 'A very large collaboration measures one wave.', authors: Array.from({ length: 3000 }, (_, a) => ({ name: `Person ${a}` })), categories: ['hep-ex'] });
  papers.push({ title: 'W' + 'o'.repeat(300) + 'w', abstract: 'x'.repeat(2000), authors: [{ name: 'N' + 'a'.repeat(200) }], categories: ['cs.CL'] });
  papers.push({ title: 'מדידת גאות ושפל בנמל ישן', abstract: '潮汐の測定。'.repeat(60), authors: [{ name: '波間 汐里' }], categories: ['physics.ao-ph'] });
  hostile.forEach((text, i) => papers.push({
    title: `${text} ${i}`, abstract: `Before ${text} after`, tldr: text, note: text, journalRef: text, submitter: text, license: text,
    authors: [{ name: text }], categories: ['cs.CR'], keywords: [text], organizations: [{ key: `tidal-${i}`, name: text }],
    links: [{ kind: 'code', url: `https://example.org/${encodeURIComponent(text)}` }],
  }));
  papers.forEach((paper, i) => {
    const back = i < 40 ? 0 : i < 55 ? 1 : 2;
    const id = `2601.${String(10_001 + i)}`;
    lines.push({ kind: 'paper', paper: {
      id, ids: [{ scheme: 'arxiv', value: id }], origin: 30, ...paper,
      versions: [{ number: 1, createdAt: stamp(96) }, { number: 2, createdAt: stamp(72), size: '20kb' }],
      features: [{ day: day(now, back), position: i + 1, featuredAt: `${day(now, back)}T00:00:00Z`, submitter: { key: `warden-${i % 3}`, name: `Warden ${i % 3}` } }],
      publishedAt: stamp(96), updatedAt: stamp(72), seenAt: stamp(1 + back * 24),
    } });
  });
  lines.push({ kind: 'end', lines: lines.length });
  return lines.map((line) => JSON.stringify(line)).join('\n') + '\n';
}
