"""Trains the table of the built-in model by contrast of views of papers. See README.md."""

import argparse
import json
import math
import time

import numpy as np
import torch
import torch.nn.functional as F

from data import DEV, Data
from judge import Judge
from teacher import train_teacher

DIM = 256
DEFAULTS = dict(
    name="base", steps=6000, batch=8192, lr=3e-3, warm=300, tau=0.05, seed=1, decay=0.0,
    shared=1,           # words of one stem share a vector, to which each adds its own
    overlap=0.5,        # of documents, the share that lose words of the query
    drop=0.1,           # pieces dropped at random from documents
    mix=dict(title=0.3, sentence=0.25, span=0.15, keywords=0.1, half=0.05, related=0.15),
    parts=(0,), code=0.0, category=0.0, wq=64, wd=208, every=0,
    cap=0,              # a piece counts at most so often in a text; 0: always
    noise=0.0,          # of queries, the share with words that carry questions
    lexical=0.0,        # weight of the loss with BM25 added to the cosine
    phrases=True, dim=DIM, wlr=6e-3,
    teacher="",         # "transformer", or the name of an earlier run: learn its similarities too
    distil=0.5, teach_steps=2000, teach_batch=2048, teach_seconds=170.0,
)


# Words that questions are put in and that say nothing of what is asked for.
CARRIERS = """article paper report document work study research literature publication information describe discuss explain
concern concerned deal dealing regard regarding relate related relevant about interested interest find know like want need look looking
question answer give list tell exist existing available possible help anyone someone done do made make used use using attempt try
investigate investigated consider considered examine effect role evidence show shown various different kind type way problem method
technique aspect general specific particular example first recent new current main best good"""


class Table(torch.nn.Module):
    def __init__(self, data, shared, seed, dim, phrases):
        super().__init__()
        g = torch.Generator().manual_seed(seed)
        self.shared, self.dim, self.phrases = shared, dim, phrases
        own = torch.randn(data.V, dim, generator=g) / dim**0.5
        if shared:
            self.common = torch.nn.Parameter(torch.randn(data.stems, dim, generator=g) / dim**0.5)
            own *= 0.1
        own[data.W :] *= 0.1  # a phrase begins as the sum of its pieces
        self.own = torch.nn.Parameter(own)
        a = 3e-4
        self.weight = torch.nn.Parameter(torch.log(a / (a + data.freq.cpu())).clamp(min=-4))
        self.stem = data.stem[:-1]
        self.words = data.W

    def rows(self):
        v = self.own
        if self.shared:
            v = torch.cat([v[: self.words] + F.embedding(self.stem[: self.words], self.common), v[self.words :]])
        if not self.phrases:
            v = torch.cat([v[: self.words], 0 * v[self.words :]])
        return torch.cat([v * self.weight.exp()[:, None], torch.zeros(1, self.dim, device=v.device)])


def encode_with(rows, cap=0):
    """Sums rows, at length 1; a piece counts at most cap times. Empty places are left
    out before: one row that fills half of all places makes the gradient's kernel slow."""
    pad = rows.shape[0] - 1

    def encode(*views):
        x = torch.cat(views, 1).long()
        if cap:
            x = x.sort(1).values
            again = x[:, cap:] == x[:, :-cap]
            x[:, cap:][again] = pad
        keep = x != pad
        n = keep.sum(1)
        return F.normalize(F.embedding_bag(x[keep], rows, torch.cumsum(n, 0) - n, mode="sum"), dim=1)

    return encode


class Sketch:
    """BM25 within a batch, from sketches of queries and documents: stems are hashed
    to 4096 signed places, so that scores come from one product of matrices."""

    SIZE = 4096

    def __init__(self, data):
        g = torch.Generator(device=DEV).manual_seed(3)
        self.d = data
        owner = torch.repeat_interleave(torch.arange(data.D, device=DEV), data.end - data.start)
        pairs = torch.unique(owner * data.stems + data.stem[data.ids.long()])
        df = torch.bincount(pairs % data.stems, minlength=data.stems).float()
        self.idf = torch.log(1 + (data.D - df + 0.5) / (df + 0.5))
        self.place = torch.randint(self.SIZE, (data.stems,), device=DEV, generator=g)
        self.sign = torch.randint(2, (data.stems,), device=DEV, generator=g).float() * 2 - 1
        self.sign[-1] = 0

    def scores(self, query, doc):
        d = self.d
        sq, st = d.stem[query.long()], d.stem[doc.long()]
        count = torch.zeros(len(doc), d.stems, dtype=torch.int32, device=DEV)
        count.scatter_add_(1, st, torch.ones_like(st, dtype=torch.int32))
        tf = count.gather(1, st).float()
        length = (st != d.stems - 1).sum(1, keepdim=True).float()
        k = 0.9 * (0.6 + 0.4 * length / length.mean())
        empty = torch.zeros(len(doc), self.SIZE, device=DEV)
        q = empty.scatter_add(1, self.place[sq], self.idf[sq] * self.sign[sq]).bfloat16()
        t = empty.scatter_add(1, self.place[st], self.sign[st] / (tf + k)).bfloat16()
        return (q @ t.T).float()


class Views:
    """Draws queries and documents for a batch of papers."""

    def __init__(self, data, cfg):
        self.d, self.c = data, cfg
        self.kinds = list(cfg["mix"])
        self.odds = torch.tensor([float(cfg["mix"][k]) for k in self.kinds], device=DEV)
        keep = torch.zeros(data.D, dtype=torch.bool, device=DEV)
        for p in cfg["parts"]:
            keep |= data.part == p
        pairs = data.pairs[keep[data.pairs].all(1)]
        pairs = pairs[torch.argsort(pairs[:, 0])]
        self.friends = pairs[:, 1].contiguous()
        n = torch.bincount(pairs[:, 0], minlength=data.D)
        self.friend_count, self.friend_first = n, torch.cumsum(n, 0) - n
        self.idf = torch.log(data.D / (data.df.float() + 1))
        self.idf = torch.cat([self.idf, torch.full((1,), -1e3, device=DEV)])

        self.carriers = torch.tensor([data.row[w] for w in CARRIERS.split() if w in data.row], device=DEV)

    def draw(self, paper):
        d, n = self.d, len(paper)
        rand = lambda *s: torch.rand(*s, device=DEV)
        kind = torch.multinomial(self.odds, n, replacement=True)
        is_ = lambda k: kind == self.kinds.index(k) if k in self.kinds else torch.zeros(n, dtype=torch.bool, device=DEV)
        body, end = d.start[paper] + d.title[paper], d.end[paper]
        size = end - body
        # where the query is
        at, length = d.start[paper], d.title[paper]
        k = (rand(n) * d.count[paper]).long()
        s0, s1 = d.bounds[d.first[paper] + k], d.bounds[d.first[paper] + k + 1]
        at, length = torch.where(is_("sentence"), s0, at), torch.where(is_("sentence"), s1 - s0, length)
        span = (2 + rand(n) ** 2 * 14).long().minimum(size)
        half = (size / 2).long()
        word = (1 + rand(n) * 3).long().minimum(size)
        for name, want in (("span", span), ("half", half), ("word", word)):
            w = is_(name)
            at = torch.where(w, body + (rand(n) * (size - want + 1)).long(), at)
            length = torch.where(w, want, length)
        q, qp, _ = d.view(at, length, self.c["wq"])
        # documents: the abstract, at times with the title, without the query's place
        other = self.friends[(self.friend_first[paper] + (rand(n) * self.friend_count[paper]).long()).clamp(max=len(self.friends) - 1)]
        doc = torch.where(is_("related") & (self.friend_count[paper] > 0), other, paper)
        with_title = (doc != paper) | ((rand(n) < 0.5) & (at != d.start[paper]))
        begin = torch.where(with_title, d.start[doc], d.start[doc] + d.title[doc])
        t, tp, place = d.view(begin, d.end[doc] - begin, self.c["wd"])
        gone = (place >= at[:, None]) & (place < (at + length)[:, None]) & ~is_("keywords")[:, None]
        # keywords: a few telling words of the document
        w = is_("keywords").nonzero()[:, 0]
        if len(w):
            pieces = t[w].long()
            score = self.idf[pieces] + 1.5 * -torch.log(-torch.log(rand(*pieces.shape).clamp(1e-6, 1 - 1e-6)))
            best = score.topk(6, dim=1).indices
            words = pieces.gather(1, best)
            words[torch.arange(6, device=DEV) >= (2 + rand(len(w), 1) * 5).long()] = d.V
            q[w], qp[w] = d.V, d.V
            q[w, :6] = words.int()
        # words of the query taken out of documents, so that meaning must do
        sq, st = d.stem[q.long()], d.stem[t.long()]
        seen = torch.zeros(n, d.stems, dtype=torch.bool, device=DEV).scatter_(1, sq, True)
        hit = seen.gather(1, st) & (rand(n, 1) < self.c["overlap"]) & (rand(*t.shape) < 0.8)
        gone |= hit | (rand(*t.shape) < self.c["drop"])
        before = torch.cat([gone[:, :1], gone[:, :-1]], 1)
        t = torch.where(gone, d.V, t)
        tp = torch.where(gone | before, d.V, tp)
        if self.c["noise"]:
            words = self.carriers[torch.randint(len(self.carriers), (n, 5), device=DEV)]
            words[(rand(n, 1) > self.c["noise"]) | (torch.arange(5, device=DEV) > rand(n, 1) * 5)] = d.V
            q = torch.cat([q, words.int()], 1)
        return (q, qp), (t, tp), doc


def loss_of(q, t, paper, doc, tau, more=0.0):
    logits = (q @ t.T).float() / tau + more
    right = logits.diagonal()
    same = (doc[:, None] == doc[None, :]) | (paper[:, None] == doc[None, :])
    same.fill_diagonal_(False)
    logits = logits.masked_fill(same, -1e4)
    return (torch.logsumexp(logits, 1) / 2 + torch.logsumexp(logits, 0) / 2 - right).mean()


def both_ways(q, t):
    scores = (q.bfloat16() @ t.bfloat16().T).float()
    return scores, scores.T


def train(data, judge, cfg, before):
    torch.manual_seed(cfg["seed"])
    table = Table(data, cfg["shared"], cfg["seed"], cfg["dim"], cfg["phrases"]).to(DEV)
    views = Views(data, cfg)
    papers = data.papers(*cfg["parts"])
    papers = papers[data.end[papers] - data.start[papers] - data.title[papers] >= 8]
    head = torch.nn.Linear(cfg["dim"], int(data.cat.max()) + 1).to(DEV)
    teacher = None
    if cfg["teacher"] == "transformer":
        if "transformer" not in before:
            before["transformer"] = train_teacher(data, views, papers, before["rows"], cfg, loss_of)
            judge(before["transformer"], "transformer", full=False)
        teacher = before["transformer"]
    elif cfg["teacher"]:
        teacher = before[cfg["teacher"]]
    alpha = torch.nn.Parameter(torch.tensor(-2.0, device=DEV))
    sketch = Sketch(data) if cfg["lexical"] else None
    groups = [
        {"params": [alpha], "lr": 1e-2, "weight_decay": 0.0},
        {"params": [p for n, p in table.named_parameters() if n != "weight"], "lr": cfg["lr"], "weight_decay": cfg["decay"]},
        {"params": [table.weight], "lr": cfg["wlr"], "weight_decay": 0.0},
        {"params": head.parameters(), "lr": 1e-3, "weight_decay": 0.0},
    ]
    opt = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
    shape = lambda s: min(1, (s + 1) / cfg["warm"]) * 0.5 * (1 + math.cos(math.pi * s / cfg["steps"]))
    sched = torch.optim.lr_scheduler.LambdaLR(opt, shape)
    began, order, used = time.time(), None, 0
    for s in range(cfg["steps"]):
        if order is None or used + cfg["batch"] > len(order):
            order, used = papers[torch.randperm(len(papers), device=DEV)], 0
        paper = order[used : used + cfg["batch"]]
        used += cfg["batch"]
        with torch.no_grad():
            qv, tv, doc = views.draw(paper)
        encode = encode_with(table.rows(), cfg["cap"])
        q, t = encode(*qv), encode(*tv)
        with torch.autocast("cuda", torch.bfloat16):
            loss = loss_of(q, t, paper, doc, cfg["tau"])
            if cfg["code"]:
                sign = lambda x: x * 16 + (torch.where(x > 0, 1.0, -1.0) - x * 16).detach()
                loss = loss + cfg["code"] * loss_of(sign(q) / 16, sign(t) / 16, paper, doc, cfg["tau"])
        if cfg["lexical"]:
            with torch.no_grad():
                bm25 = sketch.scores(qv[0], tv[0])
            with torch.autocast("cuda", torch.bfloat16):
                both = loss_of(q, t, paper, doc, cfg["tau"], alpha.exp() * bm25)
            loss = cfg["lexical"] * both + (1 - cfg["lexical"]) * loss
        if teacher:
            with torch.no_grad():
                wanted = [torch.log_softmax(x / cfg["tau"], 1) for x in both_ways(teacher(*qv), teacher(*tv))]
            mine = [torch.log_softmax(x / cfg["tau"], 1) for x in both_ways(q, t)]
            apart = sum(F.kl_div(m, w, log_target=True, reduction="batchmean") for m, w in zip(mine, wanted)) / 2
            loss = cfg["distil"] * apart + (1 - cfg["distil"]) * loss
        if cfg["category"]:
            loss = loss + cfg["category"] * F.cross_entropy(head(t * 16), data.cat[doc])
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
        sched.step()
        if s == 100 or s == cfg["steps"] - 1:
            print(f"{cfg['name']} step {s} loss {loss.item():.4f} alpha {alpha.exp().item():.3f} {time.time()-began:.1f}s", flush=True)
        if cfg["every"] and s and s % cfg["every"] == 0:
            judge(encode_with(table.rows().detach(), cfg["cap"]), f"{cfg['name']} step {s}")
    rows = table.rows().detach()[:-1]
    before[cfg["name"]] = encode_with(torch.cat([rows, torch.zeros_like(rows[:1])]), cfg["cap"])
    return rows if cfg["dim"] == DIM else narrow(rows, data, cfg, judge)


def narrow(rows, data, cfg, judge):
    """Keeps the 256 directions that documents vary most in."""
    encode = encode_with(torch.cat([rows, torch.zeros_like(rows[:1])]), cfg["cap"])
    judge(encode, f"{cfg['name']} {cfg['dim']} wide", full=False)
    docs = torch.cat([encode(*(x[i : i + 4096] for x in judge.docs)) for i in range(0, judge.n, 4096)])
    values, vectors = torch.linalg.eigh(docs.T @ docs)
    print(f"{cfg['name']}: 256 directions keep {(values[-DIM:].sum() / values.sum()).item():.3f}")
    turn, _ = torch.linalg.qr(torch.randn(DIM, DIM, device=DEV))  # even the directions out for the sign codes
    return rows @ vectors[:, -DIM:] @ turn


def quantise(rows):
    """int8 rows of scale 1, 1/2, 1/4 or 1/8 of one common step."""
    top = rows.abs().amax(1)
    step = torch.quantile(top, 0.9995) / 127
    shift = torch.floor(torch.log2(127 * step / top.clamp(min=1e-9))).clamp(0, 3)
    q = torch.round(rows / step * 2 ** shift[:, None]).clamp(-127, 127)
    return q.to(torch.int16), shift.to(torch.uint8), step


def save(rows, path, judge, cfg):
    q, shift, step = quantise(rows)
    back = q.float() * step / 2 ** shift[:, None].float()
    judge(encode_with(torch.cat([back, torch.zeros(1, DIM, device=DEV)]), cfg["cap"]), cfg["name"] + " int8")
    with open(path, "wb") as f:
        f.write((q + 128).to(torch.uint8).cpu().numpy().tobytes())
        f.write(shift.cpu().numpy().tobytes())


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--dir", default=".train")
    p.add_argument("--out", default=".train")
    p.add_argument("--save", default="")
    p.add_argument("--full", action="store_true")
    p.add_argument("--limit", type=float, default=540, help="begin no run after so many seconds")
    p.add_argument("configs", nargs="*", default=["{}"])
    a = p.parse_args()
    began = start = time.time()
    data = Data(a.dir)
    judge = Judge(data)
    print(f"{data.D} papers, {data.T} pieces, {data.V} rows, {judge.n} candidates; read in {time.time()-began:.1f}s", flush=True)
    before = {}
    for text in a.configs:
        if time.time() - start > a.limit:
            break
        cfg = {**DEFAULTS, **json.loads(text)}
        began = time.time()
        rows = train(data, judge, cfg, before)
        before["rows"] = rows
        print(f"{cfg['name']}: {time.time()-began:.0f}s {json.dumps(cfg)}")
        judge(encode_with(torch.cat([rows, torch.zeros(1, DIM, device=DEV)]), cfg["cap"]), cfg["name"], full=a.full)
        if cfg["name"] in a.save.split(","):
            save(rows, f"{a.out}/{cfg['name']}.rows", judge, cfg)


if __name__ == "__main__":
    main()
