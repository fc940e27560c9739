"""The package as a user gets it: what the wheel holds,
that the sdist builds the same, that a bare install works.
"""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: The budget of the design, in bytes.
LARGEST_WHEEL = 250_000


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
    """A description, the license, the README, and run-time dependencies only."""
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
