"""Held-out tasks that settings are chosen by: BM25, semantic and hybrid on the GPU."""

import torch
import torch.nn.functional as F

from data import DEV

WIDTH = 256
# what people put around what they ask for; none of it is in train.py's list
ASKED = """encountered obtained discussed mentioned please provide overview issue topic field area thing happen currently
recently considered proposed reported latest author written describing dealing must solved far"""
FUSION = (0.2, 0.3, 0.4, 0.5, 0.6)


def ndcg10(scores, relevant):
    """Mean nDCG@10; relevant is a matrix of 0 and 1."""
    top = scores.topk(10, dim=1).indices
    gain = 1 / torch.log2(torch.arange(2, 12, device=DEV).float())
    ideal = torch.cumsum(gain, 0)[relevant.sum(1).clamp(1, 10).long() - 1]
    return ((relevant.gather(1, top) * gain).sum(1) / ideal).mean().item()


class Judge:
    def __init__(self, data, queries=1200, background=20000):
        g = torch.Generator(device=DEV).manual_seed(7)
        pick = lambda pool, n: pool[torch.randperm(len(pool), device=DEV, generator=g)[:n]]
        self.data = data
        held, foreign = data.papers(1), data.papers(2)
        docs = torch.cat([held, foreign, pick(data.papers(0), background)])
        self.place = torch.full((data.D,), -1, dtype=torch.int64, device=DEV)
        self.place[docs] = torch.arange(len(docs), device=DEV)
        # a document is its abstract without the first sentence, which is one of the queries
        second = data.bounds[data.first[docs] + 1]
        long = data.count[docs] >= 3
        begin = torch.where(long, second, data.start[docs] + data.title[docs])
        self.docs = data.view(begin, data.end[docs] - begin, WIDTH)[:2]
        self.n = len(docs)
        self.index()
        self.tasks = {}
        for name, pool in (("held", held), ("foreign", foreign)):
            some = pick(pool[data.count[pool] >= 3], queries)
            title = data.view(data.start[some], data.title[some], 48)[:2]
            body = data.start[some] + data.title[some]
            sentence = data.view(body, data.bounds[data.first[some] + 1] - body, 64)[:2]
            few = torch.where(torch.rand(title[0].shape, device=DEV, generator=g) < 0.5, title[0], data.V)
            own = torch.zeros(len(some), self.n, device=DEV)
            own[torch.arange(len(some)), self.place[some]] = 1
            none = torch.full_like(title[1], data.V)
            self.add(name + " title", title, own, None)
            self.add(name + " sentence", sentence, own, None)
            self.add(name + " few", (few, none), own, None)
            asked = torch.tensor([data.row[w] for w in ASKED.split() if w in data.row], device=DEV, dtype=few.dtype)
            asked = asked[torch.randint(len(asked), (len(some), 3), device=DEV, generator=g)]
            self.add(name + " asked", (torch.cat([few, asked], 1), none), own, None)
            self.related(name + " related", pool, queries)
        self.bm25 = {k: ndcg10(t["lexical"], t["relevant"]) for k, t in self.tasks.items()}

    def related(self, name, pool, queries):
        """Titles, and the papers (not the same) that share two authors."""
        d = self.data
        a, b = d.pairs[:, 0], d.pairs[:, 1]
        wanted = torch.zeros(d.D, dtype=torch.bool, device=DEV)
        wanted[pool] = True
        keep = wanted[a] & (self.place[b] >= 0)
        a, b = a[keep], b[keep]
        some, back = torch.unique(a, return_inverse=True)
        relevant = torch.zeros(len(some), self.n, device=DEV)
        relevant[back, self.place[b]] = 1
        some, relevant = some[:queries], relevant[:queries]
        self.add(name, d.view(d.start[some], d.title[some], 48)[:2], relevant, self.place[some])

    def index(self):
        d = self.data
        stem = d.stem[self.docs[0].long()]
        doc = torch.arange(self.n, device=DEV)[:, None].expand_as(stem)
        real = stem != d.stems - 1
        where = torch.stack([doc[real], stem[real]])
        m = torch.sparse_coo_tensor(where, torch.ones(where.shape[1], device=DEV), (self.n, d.stems)).coalesce()
        (doc, stem), tf = m.indices(), m.values()
        df = torch.bincount(stem, minlength=d.stems).float()
        length = torch.bincount(doc, weights=tf, minlength=self.n)
        idf = torch.log(1 + (self.n - df + 0.5) / (df + 0.5))
        k = 0.9 * (0.6 + 0.4 * length / length.mean())
        self.matrix = torch.sparse_coo_tensor(m.indices(), (idf[stem] * tf / (tf + k[doc])).float(), m.shape).to_sparse_csr()

    def add(self, name, query, relevant, own):
        d = self.data
        stem = d.stem[query[0].long()]
        bag = torch.zeros(len(stem), d.stems, device=DEV).scatter_add_(1, stem, torch.ones_like(stem, dtype=torch.float32))
        bag[:, -1] = 0
        lexical = (self.matrix @ bag.T).T.contiguous()
        self.mask(lexical, own)
        self.tasks[name] = {"query": query, "relevant": relevant, "lexical": lexical, "own": own}

    def mask(self, scores, own):
        if own is not None:
            scores[torch.arange(len(own)), own] = -1e3 if scores.min() < -1 else scores.min()

    def __call__(self, encode, label="", full=True):
        """Prints and returns the figures of encode(pieces, phrases) -> unit vectors."""
        with torch.no_grad():
            docs = torch.cat([encode(*(x[i : i + 4096] for x in self.docs)) for i in range(0, self.n, 4096)])
            figures = {}
            for name, t in self.tasks.items():
                q = encode(*t["query"])
                sem = q @ docs.T
                self.mask(sem, t["own"])
                low = sem.amin(1, keepdim=True)
                sem = (sem - low) / (sem.amax(1, keepdim=True) - low + 1e-9)
                lex = t["lexical"] / t["lexical"].amax(1, keepdim=True).clamp(min=1e-9)
                row = [ndcg10(sem, t["relevant"])] + [ndcg10((1 - a) * lex + a * sem, t["relevant"]) for a in FUSION]
                figures[name] = row
            exact = sem.topk(10, dim=1).indices
            signs = torch.where(q > 0, 1.0, -1.0) @ torch.where(docs > 0, 1.0, -1.0).T
            near = signs.topk(200, dim=1).indices
            recall = (exact[:, :, None] == near[:, None, :]).any(2).float().mean().item()
        print(f"== {label} hamming-200 recall@10 {recall:.4f}", end=" " if not full else "\n")
        for name, row in figures.items():
            if not full:
                print(f"{name[0]}.{name.split()[1]} {row[0]:.3f}/{row[3]:.3f}", end=" ")
                continue
            print(f"{name:18s} bm25 {self.bm25[name]:.4f} sem {row[0]:.4f} hybrid", " ".join(f"{x:.4f}" for x in row[1:]))
        mean = [sum(r[i] for r in figures.values()) / len(figures) for i in range(len(FUSION) + 1)]
        print("" if full else "\n   ", f"{'mean':18s} bm25 {sum(self.bm25.values())/len(self.bm25):.4f} sem {mean[0]:.4f} hybrid", " ".join(f"{x:.4f}" for x in mean[1:]), flush=True)
        return figures
