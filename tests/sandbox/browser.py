"""A headless Chromium, driven through chromedriver, whose WebDriver protocol is plain HTTP."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
    # Names of other sites lead here, as a rebound DNS name would.
    "--host-resolver-rules=MAP *.example 127.0.0.1",
]


class Browser:
    """Show pages, one after the other, and look at them."""

    def __init__(self, driver: httpx.Client, session: str) -> None:
        self._driver = driver
        self._session = session

    def _command(self, name: str, **values: Any) -> Any:
        answer = self._driver.post(f"/session/{self._session}/{name}", json=values)
        result = answer.json()["value"]
        assert answer.status_code == 200, result
        return result

    def _devtools(self, name: str, **values: Any) -> Any:
        return self._command("goog/cdp/execute", cmd=name, params=values)

    def open(self, url: str, width: int = 1400, height: int = 900) -> None:
        """Show a page in a window of this size."""
        self._devtools(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self._command("url", url=url)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a script in the page, await it, and return what it returns."""
        body = f"return (async function() {{ {script} }}).apply(null, arguments)"
        return self._command("execute/sync", script=body, args=arguments)

    def wait_until(self, condition: str, *arguments: Any) -> None:
        """Wait until an expression of the page is true."""
        script = f"""
            for (let turn = 0; turn < 100; turn++) {{
                if ({condition}) return true;
                await new Promise(done => setTimeout(done, 50));
            }}
            return false;
        """
        assert self.run(script, *arguments), f"it never holds that {condition}"

    def allow_the_clipboard(self, origin: str) -> None:
        """Let the page read and write what is copied."""
        self._devtools(
            "Browser.grantPermissions",
            origin=origin,
            permissions=["clipboardReadWrite", "clipboardSanitizedWrite"],
        )

    def in_colors(self, scheme: str) -> None:
        """Ask pages for their light or dark colors."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._devtools("Emulation.setEmulatedMedia", features=features)

    def picture_text(self) -> str:
        """Return the whole page as a PNG in base64, also what is below the window."""
        shot: str = self._devtools("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        return shot


@contextmanager
def started(folder: Path) -> Iterator[Browser]:
    """Start a browser with a fresh profile.

    Raises:
        LookupError: There is none on this machine.
    """
    chromium, driver = (
        next(filter(None, map(shutil.which, _NAMES)), None),
        shutil.which("chromedriver"),
    )
    if not (chromium and driver):
        raise LookupError(
            "the tests of the sandbox's page need chromium and chromedriver (Debian's packages "
            'chromium and chromium-driver); pytest -m "not browser" leaves them out'
        )
    with subprocess.Popen(
        [driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            with (
                httpx.Client(base_url=_address(process), trust_env=False, timeout=60) as client,
                _session(client, chromium, folder) as session,
            ):
                yield Browser(client, session)
        finally:
            process.terminate()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        port = re.search(r"on port (\d+)", line)
        if port and "successfully" in line:
            return f"http://127.0.0.1:{port[1]}"
    raise AssertionError("chromedriver has not started")


@contextmanager
def _session(client: httpx.Client, chromium: str, folder: Path) -> Iterator[str]:
    options = {"binary": chromium, "args": [*_FLAGS, f"--user-data-dir={folder}"]}
    wish = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
    answer = client.post("/session", json=wish).json()["value"]
    assert "sessionId" in answer, answer
    try:
        yield answer["sessionId"]
    finally:
        client.delete(f"/session/{answer['sessionId']}")
