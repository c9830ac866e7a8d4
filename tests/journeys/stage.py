"""What journeys and pictures need: a demo instance as people make and serve it, a real browser, and people who are signed in."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, Request, expect

from guozi.sources import samples

ROOT = Path(__file__).resolve().parents[2]
WIDE, PHONE = (1366, 768), (390, 844)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-default-apps",
    "--disable-features=OptimizationHints,MediaRouter,Translate",
)
"""Chromium without a sandbox (tests run as root in containers) and without a word to anybody outside."""

AXE_OPTIONS: Mapping[str, object] = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
OTHERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DJANGO_SETTINGS_MODULE", "GUOZI_HOME", "GUOZI_DEBUG")
"""What other suites put into the environment: an instance of one's own must not see it."""


def browser_path() -> str:
    """A Chromium: `GUOZI_BROWSER`, else what `scripts/browser` finds or fetches."""
    named = os.environ.get("GUOZI_BROWSER")
    if named:
        return named
    return subprocess.run([ROOT / "scripts/browser"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def launch(playwright: Playwright) -> Browser:
    """A browser without a window."""
    return playwright.chromium.launch(executable_path=browser_path(), headless=True, args=list(FLAGS))


class Instance:
    """A demo instance in a folder of its own: made by `guozi demo`, served with its worker by `guozi serve`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ = {name: text for name, text in os.environ.items() if name not in OTHERS}
        self.environ |= {"GUOZI_HOME": str(home), "GUOZI_DEMO": "1"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.passwords: dict[str, str] = {}
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Makes the demo and serves it; AssertionError with what the commands said where one fails."""
        made = self.guozi("demo", "--no-serve", "--json")
        self.passwords = {one["login"]: one["password"] for one in json.loads(made)["accounts"]}
        command = [sys.executable, "-m", "guozi", "serve", "--port", str(self.port)]
        log = self.home / "serve.log"
        with log.open("wb") as target:
            self._server = subprocess.Popen(
                command, env=self.environ, stdout=target, stderr=target, start_new_session=True
            )
        end = time.monotonic() + 60
        while not self._healthy():
            assert self._server.poll() is None, log.read_text()
            assert time.monotonic() < end, f"the server did not answer in a minute:\n{log.read_text()}"
            time.sleep(0.1)

    def guozi(self, *arguments: str) -> str:
        """What a command of this instance prints."""
        command = [sys.executable, "-m", "guozi", *arguments]
        done = subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=900)
        assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def stop(self) -> None:
        """Ends server, worker and database."""
        if self._server is not None:
            self._server.send_signal(signal.SIGTERM)
            self._server.wait(60)
            self._server = None

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/health/", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


def workbook(code: str, year: int) -> tuple[str, bytes]:
    """The spreadsheet that the accountant of a sample company sends: its name and its bytes."""
    (one,) = samples.published(codes=[code], wanted=[year])
    return one.file, one.content


@dataclass
class Visitor:
    """A person at a browser. What a page should never do is written down in `faults`."""

    instance: Instance
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    @classmethod
    def arrives(
        cls, browser: Browser, instance: Instance, size: tuple[int, int] = WIDE, language: str = "zh-hans"
    ) -> Visitor:
        """With an empty browser, set to the language."""
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            has_touch=size == PHONE,
        )
        context.set_default_timeout(15_000)
        context.add_cookies([{"name": "django_language", "value": language, "url": instance.address}])
        visitor = cls(instance, context, context.new_page())
        visitor.page.on("console", visitor._console)
        visitor.page.on("pageerror", lambda error: visitor.faults.append(f"{visitor.page.url}: {error}"))
        context.on("request", visitor._request)
        return visitor

    def _console(self, message: ConsoleMessage) -> None:
        # a page that answers 4xx on purpose is told to the console by the browser itself; everything else is a fault
        expected = message.text.startswith("Failed to load resource: the server responded with a status of 4")
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _request(self, request: Request) -> None:
        where = urlsplit(request.url)
        if where.scheme != "data" and f"{where.scheme}://{where.netloc}" != self.instance.address:
            self.faults.append(f"{self.page.url} asks for {request.url}")

    def sign_in(self, login: str) -> None:
        """Through the sign-in page."""
        language = next(one["value"] for one in self.context.cookies() if one["name"] == "django_language")
        self.go("/sign-in/")
        self.page.locator("input[name=username]").fill(login)
        self.page.locator("input[name=password]").fill(self.instance.passwords[login])
        self.page.locator("input[name=password]").press("Enter")
        expect(self.page.locator("h1")).to_be_visible()
        self.page.wait_for_url(re.compile("/desk/"))
        # signing in brings back the person's own language
        self.context.add_cookies([{"name": "django_language", "value": language, "url": self.instance.address}])
        self.go("/desk/")

    def go(self, path: str) -> int:
        """Opens an address of the instance; the status of its answer."""
        answer = self.page.goto(f"{self.instance.address}{path}")
        assert answer is not None
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return answer.status

    def path(self) -> str:
        """Where one is, without the server's name."""
        return self.page.url.removeprefix(self.instance.address)

    def barriers(self) -> list[str]:
        """What axe finds, and whether the page is wider than the window; each as a line that says where."""
        found = Axe().run(self.page, options=dict(AXE_OPTIONS)).response["violations"]
        lines = [
            f"{rule['id']}: {node['target']} {node['failureSummary'].splitlines()[1].strip()}"
            for rule in found
            for node in rule["nodes"]
        ]
        over = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return lines + ([f"{over} px wider than the window"] if over > 0 else [])

    def focused(self) -> Locator:
        """What the keyboard is on."""
        return self.page.locator(":focus")

    def tab_to(self, wanted: Locator, most: int = 150) -> None:
        """Presses Tab until the element has the focus, as somebody without a mouse does."""
        for _ in range(most):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{wanted} is not reached by {most} times Tab")

    def leave(self) -> None:
        """Closes the browser's window; AssertionError where a page did what it never should."""
        self.context.close()
        assert self.faults == []
