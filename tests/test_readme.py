"""The README keeps its word: every example runs and type-checks,
every table is whole, every file it names is there.
"""

import ast
import asyncio
import importlib
import inspect
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from kustom_order_management import document
from support import ORDER, VERBS

import kustom_facade
from kustom_facade import AsyncKustomClient, KustomClient, config, errors
from kustom_facade.sandbox import Fault, Sandbox, serve

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda example: example.strip().splitlines()[-1][:40]
)
def test_every_example_runs(
    example: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands, against a fresh sandbox; the functions that it defines are called too."""
    names: dict[str, Any] = {"__name__": "example"}
    with serve(Sandbox()) as url:
        monkeypatch.setenv("KUSTOM_API_KEY", "kco_test_readme")
        monkeypatch.setenv("KUSTOM_BASE_URL", url)
        exec(compile(example, "README.md", "exec"), names)  # noqa: S102  # the README is ours
        if "show" in names:
            asyncio.run(names["show"](ORDER))
            assert capsys.readouterr().out == "AUTHORIZED 10000\n"
        if "shipped" in names:
            told = [
                names["shipped"](ORDER, "shipment-1", amount) for amount in (100, 100, 101, 99999)
            ]
            assert told == ["captured", "found", "to a person", "to a person"]
            assert names["shipped"](ORDER, "shipment-2", 99999).endswith("once the reason is gone")
        if "capture_once_more" in names:
            with KustomClient() as kustom:
                assert names["capture_once_more"](kustom, ORDER, 100)


def test_the_page_on_testing_is_a_test_that_passes(tmp_path: Path) -> None:
    """Its two blocks, copied into an empty folder, are a shop's test, and pytest runs it."""
    (conftest,) = [example for example in EXAMPLES if example.startswith("pytest_plugins")]
    (shop,) = [example for example in EXAMPLES if "def test_fulfilment" in example]
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_shop.py").write_text(shop, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_every_fault_and_switch_of_the_sandbox_is_told() -> None:
    """Kinds and conditions of faults, arguments of the sandbox,
    what it takes over HTTP and on its command line.
    """
    section = README.partition("## Test your own code without the vendor")[2].partition("\n## ")[0]
    for kind in get_args(get_type_hints(Fault)["kind"]):
        assert f'`"{kind}"' in section or f'"{kind}"' in section, kind
    named = set(re.findall(r"\b(\w+)=", section))
    assert {field.name for field in fields(Fault)} - {"kind"} <= named
    switches = set(inspect.signature(Sandbox).parameters) - {
        "orders",
        "clock",
        "seed",
        "remembered_calls",
    }
    assert all(f"`{switch}`" in section for switch in switches)


def test_the_options_of_the_scripts_are_there() -> None:
    """What the README tells to type is what the programs know."""
    for module, path in (("-m", "kustom_facade.sandbox"), ("", "scripts/regenerate.py")):
        command = [part for part in (sys.executable, module, path, "--help") if part]
        known = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        lines = [line for line in README.splitlines() if path in line and "`" not in line]
        options = {option for line in lines for option in re.findall(r"--[a-z-]+", line)}
        assert options
        assert all(option in known for option in options)


def test_the_examples_type_check(tmp_path: Path) -> None:
    """Under mypy --strict, as a user's code would be."""
    for number, example in enumerate(EXAMPLES):
        (tmp_path / f"example_{number}.py").write_text(example, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        ROOT / "pyproject.toml",
        *tmp_path.glob("*.py"),
    ]
    done = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_example_shows_python_that_is_not_run() -> None:
    """Every block has a language, and the only other one is the shell's."""
    languages = re.findall(r"^```(\w*)\n(?:.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert set(languages) <= {"python", "sh", ""}
    assert languages.count("python") == len(EXAMPLES) >= 5


def test_the_table_of_verbs_is_whole_and_true() -> None:
    """Each verb with the method and path of its operation, and whether it takes a key."""
    rows = re.findall(
        r"^\| `(\w+)` \| (GET|POST|PATCH)(?: `([^`]*)`)? \| (yes|.) \| (.*?) \|$",
        README,
        re.MULTILINE,
    )
    assert sorted(row[0] for row in rows) == list(VERBS)
    said = {(method, path, key == "yes") for _, method, path, key, _ in rows}
    base = "/ordermanagement/v1/orders/{order_id}"
    assert said == {
        (facts["method"], facts["path"].removeprefix(base), facts["idempotency_key"])
        for facts in document.OPERATIONS.values()
    }
    for verb, _, _, _, gives in rows:
        returned = str(inspect.signature(getattr(KustomClient, verb)).return_annotation)
        assert gives.replace("list of `", "list[").replace("`", "") in returned


def test_every_error_is_in_the_table() -> None:
    """With its name; the two roots explain themselves in the text."""
    for name, member in vars(errors).items():
        if (
            inspect.isclass(member)
            and issubclass(member, errors.KustomError)
            and not name.startswith("_")
        ):
            assert f"`{name}`" in README


def test_every_option_of_a_client_is_in_the_table() -> None:
    """Arguments and environment variables."""
    for name in list(inspect.signature(AsyncKustomClient).parameters):
        assert f"| `{name}` |" in README
    source = inspect.getsource(config)
    for variable in re.findall(r'environ\.get\("(\w+)"', source):
        assert f"`{variable}`" in README


def test_the_numbers_of_the_retry_policy_are_the_defaults() -> None:
    """Three attempts, 0.5 s, 8 s, 60 s, 30 s."""
    policy = kustom_facade.RetryPolicy()
    section = README.partition("## Retries")[2].partition("##")[0]
    assert policy.attempts == 3
    assert "three attempts" in section
    for value in (policy.base, policy.cap, policy.max_retry_after):
        assert f"{value:g} s" in section


def test_files_and_links_of_the_readme_exist() -> None:
    """Nothing it points to is gone."""
    for link in re.findall(r"\]\(((?!http)[^)#]+)\)", README):
        assert (ROOT / link).exists(), link
    for path in re.findall(r"`((?:scripts|tests|generated|kustom_facade)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), path


def test_every_example_imports_only_public_names() -> None:
    """What a user copies must not reach into private modules."""
    for example in EXAMPLES:
        for node in ast.walk(ast.parse(example)):
            if isinstance(node, ast.ImportFrom):
                assert {name.name for name in node.names} <= public_names(node.module or "")


def public_names(name: str) -> set[str]:
    """Return what a module says that it offers, or, where it says nothing, what has no underscore.

    The standard library and the folders of the generated endpoints say nothing.
    """
    module = importlib.import_module(name)
    if module is kustom_facade:
        return {*module.__all__, "lines", "orders"}
    private = any(part.startswith("_") for part in name.split("."))
    offered = getattr(module, "__all__", [name for name in vars(module) if name[0] != "_"])
    return set() if private else set(offered)
