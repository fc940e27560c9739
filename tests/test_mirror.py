"""The tests mirror the folders: one test file for each module, and a reason where there is none."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Where the tests of a folder are.
FOLDERS = {
    "kustom_facade": "tests",
    "kustom_facade/_operations": "tests/operations",
    "kustom_facade/_sending": "tests/sending",
    "kustom_facade/_batch": "tests/batch",
    "kustom_facade/cli": "tests/cli",
    "kustom_facade/_exactly_once": "tests/exactly_once",
    "kustom_facade/_lines": "tests/lines",
    "kustom_facade/sandbox": "tests/sandbox",
    "kustom_facade/sandbox/api": "tests/sandbox/api",
    "kustom_facade/sandbox/serving": "tests/sandbox/serving",
    "scripts/codegen": "tests/codegen",
}
#: Modules without a test file of their own, and where they are tested.
ELSEWHERE = {
    "kustom_facade/_base.py": "both clients are: test_clients.py, test_aio.py",
    "kustom_facade/client.py": "both clients are: test_clients.py",
    "kustom_facade/cli/__main__.py": "how test_commands.py and test_reporting.py run it",
    "kustom_facade/_batch/async_runs.py": "as those in threads: test_runs.py",
    "kustom_facade/_batch/schedule.py": "the decisions of every run: test_runs.py",
    "kustom_facade/_sending/async_connections.py": "as the blocking ones: test_connections.py",
    "kustom_facade/_sending/steps.py": "values without behaviour: test_attempts.py, test_http.py",
    "kustom_facade/sandbox/api/wire.py": "values of requests and answers: test_core.py",
    "kustom_facade/sandbox/api/store.py": "values and a protocol: test_core.py, test_state_file.py",
    "kustom_facade/sandbox/serving/order_view.py": "by what the page shows: test_page.py",
    "scripts/codegen/bindings.py": "what the trial finds: test_counterparts.py, test_edits.py",
    "scripts/codegen/effective.py": "a part of normalization: test_facts.py, test_normalization.py",
    "scripts/codegen/enums.py": "a part of normalization: test_normalization.py",
    "scripts/codegen/keywords.py": "a part of effective schemas: test_facts.py",
    "scripts/codegen/locations.py": "where things are in a document: test_document.py",
    "scripts/codegen/moves.py": "how an action is followed: test_overlay.py, test_pipeline.py",
    "scripts/codegen/names.py": "a part of normalization: test_normalization.py",
    "scripts/codegen/probes.py": "what becomes of the verbs is a row: test_edits.py",
    "scripts/codegen/samples.py": "values for the probes: test_edits.py",
    "scripts/codegen/schema_comparison.py": "a part of comparison: test_comparison.py",
    "scripts/codegen/skeletons.py": "a printed verb is built: test_verbs.py",
    "scripts/codegen/trial.py": "run by bindings.py: test_counterparts.py, test_edits.py",
}


def test_each_module_has_its_tests() -> None:
    """Where one is looked for; the exceptions are exactly those of the table."""
    missing = set()
    for folder, tests in FOLDERS.items():
        for module in (ROOT / folder).glob("*.py"):
            name = module.stem.strip("_")
            if module.stem != "__init__" and not (ROOT / tests / f"test_{name}.py").exists():
                missing.add(module.relative_to(ROOT).as_posix())
    assert missing == set(ELSEWHERE)
