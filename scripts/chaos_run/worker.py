"""Work for the chaos run: jobs come in as JSON lines, answers go out.

It may be killed at any moment. Run as ``python worker.py URL safe|unsafe``. Safe is what the
library offers. Unsafe is what most integrators write, a fresh key per attempt and no reading, and
must be caught by the count at the end.
"""

import json
import sys
from typing import Any

from kustom_facade import KustomClient, KustomError, RetryPolicy


def carry_out(kustom: KustomClient, job: dict[str, Any], mode: str) -> None:
    """Do one job once, and raise where its outcome is not a success."""
    if mode == "safe":
        verb = kustom.ensure_capture if job["kind"] == "capture" else kustom.ensure_refund
        verb(job["order"], job["amount"], reference=job["reference"])
    elif job["kind"] == "capture":
        kustom.capture(job["order"], job["amount"], reference=job["reference"], max_attempts=1)
    else:
        kustom.refund(job["order"], job["amount"], reference=job["reference"], max_attempts=1)


def main(url: str, mode: str) -> None:
    """Answer each line with one line: ``done``, or the error's name."""
    # Short waits: the run is about what happens, not about how long it takes.
    policy = RetryPolicy(attempts=2, base=0.02, cap=0.05)
    with KustomClient("kco_test_chaos", base_url=url, retry=policy, timeout=2.0) as kustom:
        for line in sys.stdin:
            try:
                carry_out(kustom, json.loads(line), mode)
            except KustomError as error:
                answer = type(error).__name__
            else:
                answer = "done"
            sys.stdout.write(f"{answer}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
