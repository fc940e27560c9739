"""The package as a user gets it: what the wheel holds,
that the sdist builds the same, that a bare install works.
"""

import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: The budget of the design, in bytes.
LARGEST_WHEEL = 300_000


def run(*command: str | Path) -> str:
    """What a program prints; its errors are the test's."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def contents(wheel: Path) -> dict[str, bytes]:
    """The files of a wheel; RECORD follows from the others."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")
        }


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel of the tree, and the wheel of the tree's sdist."""
    direct, through = tmp_path_factory.mktemp("direct"), tmp_path_factory.mktemp("through")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", direct, ROOT)
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", through, ROOT)
    return next(direct.glob("*.whl")), next(through.glob("*.whl"))


def test_the_wheel_holds_both_packages_and_nothing_else(wheels: tuple[Path, Path]) -> None:
    """Typed both, no tests, no scripts, nothing named generated, and small."""
    names = set(contents(wheels[0]))
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "kustom_facade",
        "kustom_order_management",
    }
    assert {"kustom_facade/py.typed", "kustom_order_management/py.typed"} <= names
    assert not [
        name
        for name in names
        for part in name.split("/")
        if part in ("generated", "tests", "scripts")
    ]
    assert not [name for name in names if name.endswith(".pyc")]
    assert wheels[0].stat().st_size <= LARGEST_WHEEL


def test_the_wheel_holds_every_module_of_the_tree(wheels: tuple[Path, Path]) -> None:
    """None is forgotten by a pattern in pyproject.toml."""
    names = set(contents(wheels[0]))
    for base, package in ((ROOT, "kustom_facade"), (ROOT / "generated", "kustom_order_management")):
        expected = {path.relative_to(base).as_posix() for path in (base / package).rglob("*.py")}
        assert expected <= names


def test_the_sdist_builds_the_same_wheel(wheels: tuple[Path, Path]) -> None:
    """File by file, byte by byte."""
    assert contents(wheels[0]) == contents(wheels[1])
    assert wheels[0].name == wheels[1].name


def test_the_metadata_is_real(wheels: tuple[Path, Path]) -> None:
    """A description, the license, the README, run-time dependencies, and two extras."""
    files = contents(wheels[0])
    metadata = next(data for name, data in files.items() if name.endswith("METADATA")).decode()
    assert "License-Expression: MIT" in metadata
    assert "# kustom-facade" in metadata
    license_text = next(data for name, data in files.items() if name.endswith("licenses/LICENSE"))
    assert license_text.startswith(b"MIT License")
    required = {
        line.split()[1].split(">")[0].split("<")[0]
        for line in metadata.splitlines()
        if line.startswith("Requires-Dist:") and "extra ==" not in line
    }
    assert required == {"attrs", "h11", "httpx", "iso4217", "orjson"}
    extras = re.findall(r"^Provides-Extra: (.*)$", metadata, re.MULTILINE)
    assert sorted(extras) == ["cli", "httpx2"]
    urls = re.findall(r"^Project-URL: .*, (.*)$", metadata, re.MULTILINE)
    assert urls
    assert all(url.startswith("https://placeholder.invalid/") for url in urls)
    pythons = re.findall(r"^Classifier: .* (3\.\d+)$", metadata, re.MULTILINE)
    script = (ROOT / "scripts" / "test").read_text(encoding="utf-8")
    tested = re.search(r"^for version in (.*); do$", script, re.MULTILINE)
    assert tested
    assert set(pythons) <= set(tested[1].split())


def test_a_bare_install_works(wheels: tuple[Path, Path], tmp_path: Path) -> None:
    """A fresh environment, run-time dependencies only,
    an empty folder: one import, one order, one capture.
    """
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheels[0])
    program = (
        "from kustom_facade import KustomClient, Money\n"
        "from kustom_facade.sandbox import EXAMPLE_ORDER_ID, Sandbox, serve\n"
        "with serve(Sandbox()) as url, KustomClient('kco_test_x', base_url=url) as kustom:\n"
        "    made = kustom.capture(EXAMPLE_ORDER_ID, Money.of('60.00', 'SEK'))\n"
        "    assert made.id\n"
        "    print(kustom.get_order(EXAMPLE_ORDER_ID).captured_amount)\n"
    )
    done = subprocess.run(
        [python, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("6000\n", "")


def test_the_oldest_versions_are_the_lower_bounds() -> None:
    """constraints-lowest.txt tests what pyproject.toml promises."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = "\n".join(project["dependencies"])
    bounds = dict(re.findall(r"^([\w-]+)>=([\d.]+)", required, re.MULTILINE))
    pinned = dict(
        line.split("==")
        for line in (ROOT / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    assert len(bounds) == len(project["dependencies"])
    assert all(f"{pinned[name]}.".startswith(f"{bound}.") for name, bound in bounds.items())


def test_versions_are_pinned_without_hosts() -> None:
    """Names and versions only, of every requirement of every group."""
    pins = [
        line
        for name in ("constraints.txt", "constraints-lowest.txt")
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.+!]+", pin)] == []
    listed = run(sys.executable, ROOT / "scripts" / "requirements.py", "dev").splitlines()
    known = {pin.split("==")[0].lower().replace("_", "-") for pin in pins}
    needed = {re.split(r"[<>=\[]", text)[0].lower().replace("_", "-") for text in listed}
    assert needed - known == set()
