// A stand-in for the places that papers are looked up at.
import http from 'node:http';

const entry = (id, title) => `<entry><id>http://arxiv.org/abs/${id}v1</id><title>${title}</title><published>${new Date(Date.now() - 864e5).toISOString()}</published>
<updated>${new Date(Date.now() - 864e5).toISOString()}</updated><summary>What ${title} is about, in some words that say how it was done and what came of it.</summary>
<category term="cs.LG"/><author><name>Ada Example</name></author><author><name>Bo Other</name></author></entry>`;

/**
 * startSource answers as arXiv's API for the papers that it is told of, by id and
 * title, and has a page at /secret. slow(ms) has it answer that late; env are the
 * settings that have a site ask it; asked are the paths of all requests.
 */
export async function startSource(papers) {
  const asked = [];
  let late = 0;
  const server = http.createServer((request, answer) => {
    asked.push(request.url);
    const url = new URL(request.url, 'http://source');
    setTimeout(() => {
      if (url.pathname !== '/api/query') {
        answer.setHeader('Content-Type', 'text/html');
        answer.end('<title>secret</title>');
        return;
      }
      const found = (url.searchParams.get('id_list') ?? '').split(',').filter((id) => papers[id]);
      answer.setHeader('Content-Type', 'application/atom+xml');
      answer.end(`<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/"><o:totalResults>${found.length}</o:totalResults>${found.map((id) => entry(id, papers[id])).join('')}</feed>`);
    }, late);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, asked, slow: (ms) => (late = ms), env: { BROADSHEET_HARVEST_ARXIV_API_URL: `${url}/api/query` }, stop: () => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }) };
}
