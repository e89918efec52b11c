"""The sample as numbers, as prepare wrote it, on the GPU, and views of papers."""

import lzma
import os

import numpy as np
import torch

DEV = "cuda"


def read(path, kind):
    if os.path.exists(path):
        return np.fromfile(path, kind)
    with lzma.open(path + ".xz") as f:
        return np.frombuffer(f.read(), kind)


class Data:
    """Papers, pieces and phrases. V is the row that stands for nothing."""

    def __init__(self, folder):
        ids = read(f"{folder}/ids.u16", np.uint16).astype(np.int32)
        lens = read(f"{folder}/lens.u16", np.uint16)
        rows = read(f"{folder}/rows.u32", np.uint32).reshape(-1, 2)
        phrases = read(f"{folder}/phrases.u16", np.uint16).reshape(-1, 2)
        pairs = read(f"{folder}/pairs.u32", np.uint32).reshape(-1, 2).astype(np.int64)
        with open(f"{folder}/rows.txt", encoding="utf-8") as f:
            self.row = {w: i for i, w in enumerate(f.read().split("\n\n")[0].split("\n"))}
        self.V, self.P = len(rows), len(phrases)
        self.W = self.V - self.P  # rows of words and parts
        start, title, part, cat, first, count, bounds = [], [], [], [], [], [], []
        at, i = 0, 0
        while i < len(lens):
            n = int(lens[i + 2])
            runs = lens[i + 3 : i + 3 + n].astype(np.int64)
            ends = at + np.cumsum(runs)
            start.append(at), title.append(runs[0]), part.append(lens[i]), cat.append(lens[i + 1])
            first.append(len(bounds)), count.append(n - 1)
            bounds.extend(ends.tolist())  # sentence k of a paper: bounds[first+k] to bounds[first+k+1]
            at, i = int(ends[-1]), i + 3 + n
        t = lambda a, d=torch.int64: torch.tensor(np.asarray(a), dtype=d, device=DEV)
        self.start, self.title, self.part, self.cat = t(start), t(title), t(part), t(cat)
        self.first, self.count, self.bounds = t(first), t(count), t(bounds)
        self.end = torch.cat([self.start[1:], t([at])])
        self.D = len(start)
        self.ids = t(ids, torch.int32)
        self.T = len(ids)
        self.df = t(rows[:, 0].astype(np.int64))
        self.stem = torch.cat([t(rows[:, 1].astype(np.int64)), t([int(rows[:, 1].max()) + 1])])
        self.stems = int(rows[:, 1].max()) + 2
        self.phrase = self.find_phrases(phrases)
        self.pairs = t(np.concatenate([pairs, pairs[:, ::-1]]))
        counts = torch.bincount(self.ids.long(), minlength=self.V).double()
        counts += torch.bincount(self.phrase.long(), minlength=self.V + 1)[: self.V]
        self.freq = (counts / self.T).float()

    def find_phrases(self, phrases):
        """For each piece the row of its phrase with the piece before, or V."""
        keys = torch.tensor(phrases[:, 0].astype(np.int64) << 16 | phrases[:, 1], device=DEV)
        order = torch.argsort(keys)
        keys = keys[order]
        mine = torch.cat([torch.zeros(1, dtype=torch.int64, device=DEV), self.ids[:-1].long() << 16 | self.ids[1:].long()])
        place = torch.searchsorted(keys, mine).clamp(max=len(keys) - 1)
        return torch.where(keys[place] == mine, self.W + order[place], self.V).to(torch.int32)

    def view(self, at, length, width):
        """Pieces and phrases of [at, at+length), each N by width, V where there is none, and their places."""
        k = torch.arange(width, device=DEV)
        place = (at[:, None] + k).clamp(max=self.T - 1)
        inside = k < length[:, None]
        pieces = torch.where(inside, self.ids[place], self.V)
        phrases = torch.where(inside & (k > 0), self.phrase[place], self.V)
        return pieces, phrases, place

    def papers(self, *parts):
        keep = torch.zeros(self.D, dtype=torch.bool, device=DEV)
        for p in parts:
            keep |= self.part == p
        return torch.nonzero(keep)[:, 0]
