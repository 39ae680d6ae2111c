"""`waymark try` from its first line to its last, without a browser."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


def start(tmp_path, **settings):
    """`waymark try` as a person would start it, on a free port."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("WAYMARK_")}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}
    command = [sys.executable, "-m", "bot", "try", "--port", "0", "--no-browser"]
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=tmp_path, env=env, text=True, **pipes)


def test_a_wrong_setting_is_named(tmp_path):
    """A setting that does not exist ends the command with a sentence before anything is opened."""
    process = start(tmp_path, WAYMARK_NO_SUCH_SETTING="1")
    said, complained = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 2
    assert "WAYMARK_NO_SUCH_SETTING: is no setting." in complained
    assert (said, "Traceback" in complained) == ("", False)


def test_a_bot_that_ends_by_itself_is_not_passed_over(tmp_path):
    """When the bot behind the page ends, the command says so and does not end as if all were well."""
    process = start(tmp_path)
    assert process.stdout.readline().startswith("Chat with the bot: http://127.0.0.1:")
    child = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    os.kill(child, signal.SIGKILL)
    _, complained = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 2
    assert "waymark try: the bot ended by itself with code -9." in complained
    assert "Traceback" not in complained
