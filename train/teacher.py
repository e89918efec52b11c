"""A small transformer over the same pieces, whose similarities a table may learn."""

import torch
import torch.nn.functional as F

from data import DEV


class Teacher(torch.nn.Module):
    def __init__(self, rows, width=384, layers=4, heads=6, longest=256):
        super().__init__()
        self.pad = len(rows)
        pieces = torch.cat([rows, torch.zeros_like(rows[:1])])
        pieces = pieces / rows.std() * 0.02  # begins with what a table has learned
        self.table = torch.nn.Embedding.from_pretrained(pieces, freeze=False)
        self.widen = torch.nn.Linear(rows.shape[1], width)
        self.place = torch.nn.Parameter(torch.randn(longest, width) * 0.02)
        layer = torch.nn.TransformerEncoderLayer(width, heads, 4 * width, 0.1, "gelu", batch_first=True, norm_first=True)
        self.layers = torch.nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.out = torch.nn.Linear(width, 256)

    def forward(self, pieces, phrases=None):
        pieces = pieces.long()
        order = (pieces == self.pad).to(torch.int32).sort(dim=1, stable=True).indices  # dropped pieces leave no hole
        pieces = pieces.gather(1, order)
        blank = pieces == self.pad
        longest = max(8, int((~blank).sum(1).max()))
        longest = min(-(-longest // 8) * 8, pieces.shape[1])
        pieces, blank = pieces[:, :longest], blank[:, :longest].clone()
        blank[:, 0] = False
        with torch.autocast("cuda", torch.bfloat16):
            x = self.widen(self.table(pieces)) + self.place[:longest]
            x = self.layers(x, src_key_padding_mask=blank)
            keep = (~blank)[:, :, None]
            x = self.out((x * keep).sum(1) / keep.sum(1))
        return F.normalize(x.float(), dim=1)


def train_teacher(data, views, papers, rows, cfg, loss_of):
    """Trains by contrast like a table; gives the model, in evaluation mode."""
    import math, time

    torch.manual_seed(cfg["seed"])
    model = Teacher(rows).to(DEV)
    opt = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    steps, batch = cfg["teach_steps"], cfg["teach_batch"]
    shape = lambda s: min(1, (s + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * s / steps)))
    sched = torch.optim.lr_scheduler.LambdaLR(opt, shape)
    began, order, used = time.time(), None, 0
    for s in range(steps):
        if order is None or used + batch > len(order):
            order, used = papers[torch.randperm(len(papers), device=DEV)], 0
        paper = order[used : used + batch]
        used += batch
        with torch.no_grad():
            qv, tv, doc = views.draw(paper)
        loss = loss_of(model(*qv), model(*tv), paper, doc, 0.05)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        sched.step()
        if s % 200 == 0 or s == steps - 1:
            print(f"teacher step {s} loss {loss.item():.4f} {time.time()-began:.1f}s", flush=True)
        if time.time() - began > cfg["teach_seconds"]:
            print(f"teacher stopped at step {s}", flush=True)
            break
    return model.eval()
