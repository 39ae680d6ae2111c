"""`waymark try` from its first line to its last, without a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


def test_a_bot_that_cannot_start_is_not_passed_over(tmp_path):
    """When the bot refuses to start, the command says why in a sentence and does not end as if all were well."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("WAYMARK_")}
    env |= {"PYTHONPATH": str(ROOT), "WAYMARK_NO_SUCH_SETTING": "1"}
    command = [sys.executable, "-m", "bot", "try", "--port", "0", "--no-browser"]
    done = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=PATIENCE_S, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 2
    assert "WAYMARK_NO_SUCH_SETTING: is no setting." in done.stderr
    assert "waymark try: the bot ended by itself with code 2." in done.stderr
    assert "Traceback" not in done.stderr
