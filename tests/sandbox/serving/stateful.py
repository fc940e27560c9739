"""Sandboxes that keep their state in a file: in this process, and in one of their own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from kustom_facade.sandbox import Sandbox
from kustom_facade.sandbox.serving.state_file import StateFile

from ..api_client import ApiClient


@contextmanager
def kept(path: Path, **options: Any) -> Iterator[tuple[ApiClient, Sandbox, StateFile]]:
    """Keep the state of a sandbox in this process."""
    sandbox = Sandbox(**options)
    with (
        closing(StateFile(path, sandbox)) as state,
        httpx.Client(transport=sandbox, base_url="https://api.example.com") as client,
    ):
        yield ApiClient(client), sandbox, state


@contextmanager
def process(*arguments: str | Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run the command until the end of the block, and yield its URL and process."""
    command = [sys.executable, "-m", "kustom_facade.sandbox", *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip(), server
        finally:
            server.kill()


def capture(api: ApiClient, amount: int, key: str, **more: Any) -> httpx.Response:
    """Capture an amount under a key."""
    return api("POST", "/captures", {"captured_amount": amount, **more}, key=key)
