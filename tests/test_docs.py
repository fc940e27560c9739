"""The pages keep their word: every Python block runs or is a file of tests that pass, all of them
type-check, the curl calls are answered, and the tables of the reference are whole.
"""

import ast
import asyncio
import importlib
import inspect
import os
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
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
}
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: The first line of a block that is a file of its page's folder.
_FILE = re.compile(r"# (\w+\.py)\n")
#: Pages whose libraries another file's tests set up, and that are only type-checked here.
RUN_ELSEWHERE = {"docs/guides/tracing.md": "tests/sending/test_tracing.py"}


def blocks(language: str) -> list[tuple[str, str]]:
    """Each block of a language, with its page."""
    return [
        (page, block)
        for page, text in PAGES.items()
        for found, block in _BLOCK.findall(text)
        if found == language
    ]


EXAMPLES = [(page, block) for page, block in blocks("python") if not _FILE.match(block)]
FILES = {
    page: {_FILE.match(block)[1]: block for at, block in blocks("python") if at == page}  # type: ignore[index]  # all of them match, or the page is mixed, which fails
    for page, block in blocks("python")
    if _FILE.match(block) and page != "docs/guides/testing.md"
}


def python(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run this Python."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("page", "example"),
    [item for item in EXAMPLES if item[0] not in RUN_ELSEWHERE],
    ids=lambda value: value.strip().splitlines()[-1][:40],
)
def test_every_example_runs(
    page: str, example: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands, against a fresh sandbox; the functions that it defines are called too."""
    names: dict[str, Any] = {"__name__": "example"}
    with serve(Sandbox()) as url:
        monkeypatch.setenv("KUSTOM_API_KEY", "kco_test_docs")
        monkeypatch.setenv("KUSTOM_BASE_URL", url)
        exec(compile(example, page, "exec"), names)  # noqa: S102  the pages are ours
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


@pytest.mark.parametrize("page", FILES)
def test_the_files_of_a_recipe_are_tests_that_pass(
    page: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Copied into an empty folder, as a reader would; and they type-check under mypy --strict."""
    for name, content in FILES[page].items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    ran = python("-m", "pytest", "-q", "-p", "no:cacheprovider", ".", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout
    checked = python(
        *("-m", "mypy", "--strict", "--explicit-package-bases", "--config-file", ""),
        f"--cache-dir={tmp_path_factory.getbasetemp() / 'mypy'}",  # one for all recipes
        *("--disable-error-code", "import-untyped", "."),  # Django, Celery and others have none
        cwd=tmp_path,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_page_on_testing_is_a_test_that_passes(tmp_path: Path) -> None:
    """Its two blocks, copied into an empty folder, are a shop's test, and pytest runs it."""
    (conftest,) = [block for _, block in EXAMPLES if block.startswith("pytest_plugins")]
    (shop,) = [block for _, block in EXAMPLES if "def test_fulfilment" in block]
    (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
    (tmp_path / "test_shop.py").write_text(shop, encoding="utf-8")
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_the_examples_type_check(tmp_path: Path) -> None:
    """Under mypy --strict, as a user's code would be."""
    for number, (page, example) in enumerate(EXAMPLES):
        name = f"{Path(page).stem.replace('-', '_').lower()}_{number}.py"
        (tmp_path / name).write_text(example, encoding="utf-8")
    done = python(
        *("-m", "mypy", "--strict", "--config-file", "pyproject.toml"),
        *("--disable-error-code", "import-not-found"),  # the extra httpx2
        *map(str, tmp_path.glob("*.py")),
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


def test_no_block_is_code_that_is_not_checked() -> None:
    """Every block has one of these languages, a page of files is one throughout, and what is run
    elsewhere is there.
    """
    languages = {found for text in PAGES.values() for found, _ in _BLOCK.findall(text)}
    assert languages <= {"python", "sh", "mermaid", ""}
    assert sum(text.count("```python") for text in PAGES.values()) == len(blocks("python"))
    for page, files in FILES.items():
        assert len(files) == PAGES[page].count("```python")
    for page, test in RUN_ELSEWHERE.items():
        assert page in (ROOT / test).read_text(encoding="utf-8") or Path(page).name in (
            ROOT / test
        ).read_text(encoding="utf-8")


def test_the_curl_calls_are_answered() -> None:
    """As a shell runs them, against a served sandbox."""
    (block,) = [block for page, block in blocks("sh") if page == "docs/coming-from.md"]
    sandbox = Sandbox()
    with serve(sandbox) as url:
        environment = {**os.environ, "KUSTOM_API_KEY": "kco_test_docs", "KUSTOM_BASE_URL": url}
        subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],  # noqa: S607  of the machine
            env=environment,
            capture_output=True,
            check=True,
        )
    assert [call.request.method for call in sandbox.calls] == ["GET", "POST"]
    assert sandbox.order(ORDER)["captured_amount"] == 6000


def test_the_shell_of_the_pages_is_shell() -> None:
    """Every block parses, and each script of ours that it runs is there."""
    for page, block in blocks("sh"):
        subprocess.run(["bash", "-n", "-c", block], check=True)  # noqa: S607  of the machine
        for script in re.findall(r"^(scripts/[\w.]+)", block, re.MULTILINE):
            assert (ROOT / script).exists(), page


def test_the_options_of_the_scripts_are_there() -> None:
    """What the pages tell to type is what the programs know."""
    for command in (["-m", "kustom_facade.sandbox"], ["scripts/regenerate.py"]):
        known = python(*command, "--help", cwd=ROOT).stdout
        told = [
            line
            for text in PAGES.values()
            for line in text.splitlines()
            if command[-1] in line and "`" not in line
        ]
        options = {option for line in told for option in re.findall(r"--[a-z-]+", line)}
        assert options
        assert all(option in known for option in options)


def test_every_fault_and_switch_of_the_sandbox_is_told() -> None:
    """Kinds and conditions of faults, arguments of the sandbox."""
    page = PAGES["docs/reference/sandbox.md"]
    for kind in get_args(get_type_hints(Fault)["kind"]):
        assert f'`"{kind}"' in page or f'"{kind}"' in page, kind
    named = set(re.findall(r"\b(\w+)=", page))
    assert {field.name for field in fields(Fault)} - {"kind"} <= named
    internal = {"orders", "clock", "seed", "remembered_calls"}
    switches = set(inspect.signature(Sandbox).parameters) - internal
    assert all(f"`{switch}`" in page for switch in switches)


def test_the_table_of_verbs_is_whole_and_true() -> None:
    """Each verb with the method and path of its operation, and whether it takes a key."""
    rows = re.findall(
        r"^\| `(\w+)` \| (GET|POST|PATCH)(?: `([^`]*)`)? \| (yes|.) \| (.*?) \|$",
        PAGES["docs/reference/verbs.md"],
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
    """With its name; the root explains itself in the text."""
    for name, member in vars(errors).items():
        if inspect.isclass(member) and issubclass(member, errors.KustomError) and name[0] != "_":
            assert f"`{name}`" in PAGES["docs/guides/errors.md"]


def test_every_option_of_a_client_is_in_the_table() -> None:
    """Arguments and environment variables."""
    page = PAGES["docs/reference/configuration.md"]
    for name in list(inspect.signature(AsyncKustomClient).parameters):
        assert f"| `{name}` |" in page, name
    for variable in re.findall(r'environ\.get\("(\w+)"', inspect.getsource(config)):
        assert f"`{variable}`" in page


def test_the_numbers_of_the_retry_policy_are_the_defaults() -> None:
    """Three attempts, 0.5 s, 8 s, 30 s."""
    policy, page = kustom_facade.RetryPolicy(), PAGES["docs/guides/retries.md"]
    assert policy.attempts == 3
    assert "three attempts" in page
    for value in (policy.base, policy.cap, policy.max_retry_after):
        assert f"{value:g} s" in page


def test_files_that_the_pages_name_exist() -> None:
    """None of what they point to in the tree is gone."""
    for page, text in PAGES.items():
        for path in re.findall(r"`((?:scripts|tests|generated|kustom_facade)/[\w./-]*)`", text):
            assert (ROOT / path).exists(), f"{page}: {path}"


def test_every_example_imports_only_public_names() -> None:
    """What a user copies must not reach into private modules of ours."""
    for _, example in blocks("python"):
        for node in ast.walk(ast.parse(example)):
            module = getattr(node, "module", None) or ""
            if isinstance(node, ast.ImportFrom) and module.startswith("kustom_"):
                assert {name.name for name in node.names} <= public_names(module)


def public_names(name: str) -> set[str]:
    """Return what a module says that it offers, or, where it says nothing, what has no underscore.

    The folders of the generated endpoints say nothing.
    """
    module = importlib.import_module(name)
    if module is kustom_facade:
        return {*module.__all__, "lines", "orders", "batch"}
    private = any(part.startswith("_") for part in name.split("."))
    offered = getattr(module, "__all__", [name for name in vars(module) if name[0] != "_"])
    return set() if private else set(offered)
