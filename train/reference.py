"""Makes the vectors of golden.json from the model file by other means than the program: plain
arithmetic on the file's bytes. Usage: reference.py MODEL GOLDEN; needs Python alone."""

import json
import math
import struct
import sys

data = open(sys.argv[1], "rb").read()
_, dim, rows, entries, phrases, cap = struct.unpack_from("<6I", data, 8)
shifts = data[64 + rows * dim : 64 + rows * dim + rows]
pairs = struct.unpack_from(f"<{2*phrases}H", data, 64 + rows * dim + rows)
phrase = {pairs[2 * i : 2 * i + 2]: rows - phrases + i for i in range(phrases)}
for g in json.load(open(sys.argv[2], encoding="utf-8")):
    pieces = g["pieces"]
    used = pieces + [phrase[p] for p in zip(pieces, pieces[1:]) if p in phrase]
    total = [0.0] * dim
    for row in set(used):
        for i in range(dim):
            total[i] += min(cap, used.count(row)) * (data[64 + row * dim + i] - 128) / 2 ** shifts[row]
    length = math.sqrt(sum(x * x for x in total))
    got = struct.unpack(f"<{dim}f", struct.pack(f"<{dim}I", *g["vector"]))
    worst = max(abs(x / length - y) for x, y in zip(total, got))
    print(f"{worst:.1e} {len(used)} rows {g['text'][:60]!r}")
    assert worst < 1e-6
