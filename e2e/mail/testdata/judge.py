# Judges the DKIM signatures of the mail on standard input by dkimpy. The TXT
# records are given as a JSON object in the first argument. Prints a JSON list:
# for each signature its algorithm, selector, what h= names, and whether it holds.
import json
import sys

import dkim

records = json.loads(sys.argv[1])


def txt(name, timeout=5):
    if isinstance(name, bytes):
        name = name.decode()
    return records.get(name.rstrip("."), "").encode() or None


mail = sys.stdin.buffer.read()
judged = dkim.DKIM(mail)
count = sum(1 for name, _ in judged.headers if name.lower() == b"dkim-signature")
out = []
for i in range(count):
    d = dkim.DKIM(mail)
    try:
        valid = d.verify(idx=i, dnsfunc=txt)
        why = ""
    except dkim.DKIMException as e:
        valid, why = False, str(e)
    fields = d.signature_fields
    out.append({
        "valid": bool(valid), "why": why, "selector": fields.get(b"s", b"").decode(), "domain": fields.get(b"d", b"").decode(),
        "algorithm": fields.get(b"a", b"").decode(), "names": fields.get(b"h", b"").decode().lower().replace(" ", "").replace("\r\n", "").replace("\t", "").split(":"),
    })
json.dump(out, sys.stdout)
