"""What a review of the regeneration found: parts that were lost without a word, reports that said too little, writes elsewhere."""

import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from regeneration import building, checking, comparing, mending, python_api, reading, running
from regeneration.comparing import Change
from regeneration.reading import Refused

ANSWERS = {"200": {"description": ""}}
TEXT = {"type": "string"}
PARTS = {"type": "object", "properties": {"lost_field": TEXT}}


def _document(schemas: dict[str, Any] | None = None, **operation: Any) -> dict[str, Any]:
    version = operation.pop("version", "3.1.0")
    path = operation.pop("path", "/a")
    return {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {path: {"post": {"operationId": "a", "responses": deepcopy(ANSWERS), **operation}}},
        "components": {"schemas": schemas or {}},
    }


def _made(document: dict[str, Any], scratch: Path) -> Path:
    """The package of a document, through all steps that check it."""
    running._sound(document)
    package = building.build(mended := mending.mend(document), scratch)
    checking.counterparts(mended.document, package)
    return package


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("patternProperties", {"^x": PARTS}),
        ("if", PARTS),
        ("then", PARTS),
        ("else", {"anyOf": [PARTS, TEXT]}),
        ("dependentSchemas", {"a": PARTS}),
        ("contains", PARTS),
        ("unevaluatedProperties", PARTS),
        ("unevaluatedItems", {"type": "string", "enum": ["a"]}),
        ("$defs", {"Inner": PARTS}),
    ],
)
def test_a_class_where_the_generator_does_not_look_refuses_the_run(
    tmp_path: Path, key: str, value: Any
) -> None:
    """Keywords of OpenAPI 3.1 that bindings cannot express: what stands there is named, not dropped."""
    schema = {"type": "object", "properties": {"a": TEXT}, key: value}
    with pytest.raises(Refused, match=rf"what stands in {key.replace('$', '.')} of M"):
        _made(_document({"M": schema}), tmp_path)


def test_limits_in_such_places_are_no_classes(tmp_path: Path) -> None:
    """A pattern for names is nothing that could be lost."""
    schema = {"type": "object", "properties": {"a": TEXT}, "propertyNames": {"pattern": "^[a-z]+$"}}
    assert _made(_document({"M": schema}), tmp_path)


def test_the_content_of_a_header_is_a_schema_like_any_other(tmp_path: Path) -> None:
    """It has a class of its own."""
    headers = {"X-Part": {"content": {"application/json": {"schema": PARTS}}}}
    document = _document(responses={"200": {"description": "", "headers": headers}}, version="3.0.3")
    package = _made(document, tmp_path)
    assert [one.stem for one in (package / "models").glob("*part*.py")]


EXTENSIONS = [
    lambda d: d["paths"].update({"x-note": "hello"}),
    lambda d: d["paths"].update({"x-note": [1]}),
    lambda d: d["paths"]["/a"].update({"x-note": {"headers": 1}}),
    lambda d: d["paths"]["/a"]["post"]["responses"].update({"x-note": "b"}),
    lambda d: d["paths"]["/a"]["post"]["responses"].update({"x-note": {"headers": 1}}),
]


@pytest.mark.parametrize("extend", EXTENSIONS)
def test_extensions_are_passed_over(tmp_path: Path, extend: Callable[[dict[str, Any]], None]) -> None:
    """They are legal wherever paths, operations and responses stand, and none of these."""
    document = _document()
    extend(document)
    path = tmp_path / "document.json"
    path.write_text(__import__("json").dumps(document), encoding="utf-8")
    assert _made(reading.load(path), tmp_path)


@pytest.mark.parametrize(
    "place", [{"example": {"$ref": "http://e/x"}}, {"x-q": {"$ref": "#/no"}}, {"default": {"$ref": "#/no"}}]
)
def test_data_that_looks_like_a_reference_is_data(place: dict[str, Any]) -> None:
    """The report follows none of it."""
    document = _document({"A": {"type": "object", "properties": {"a": {**TEXT, **place}}}})
    document["paths"]["/a"]["post"]["requestBody"] = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}, **place}}
    }
    assert comparing.changes(document, document) == []


@pytest.mark.parametrize(
    "operation",
    [
        {"parameters": [{"name": "X", "in": "header", "schema": {"type": "array", "items": TEXT}}]},
        {"requestBody": {"content": {"application/xml": {"schema": TEXT}}}},
    ],
)
def test_the_generators_refusal_is_told_plainly(tmp_path: Path, operation: dict[str, Any]) -> None:
    """One short line with what to do; the same in every run, and nobody is sent elsewhere."""
    told = []
    for number in range(2):
        scratch = tmp_path / str(number)
        scratch.mkdir()
        with pytest.raises(Refused) as refusal:
            _made(_document(**deepcopy(operation)), scratch)
        told.append(str(refusal.value))
    assert told[0] == told[1]
    assert told[0].endswith("mend this in scripts/overlay.yaml")
    assert "object at 0x" not in told[0]
    assert "open an issue" not in told[0]
    assert len(told[0]) < 600


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        ({"parameters": [{"name": "p", "in": "path", "required": True, "schema": {**TEXT, "nullable": True}}]}, "/a/{p}"),
        ({"parameters": [{"name": "p", "in": "path", "required": True, "schema": {**TEXT, "enum": ["a", None], "nullable": True}}]}, "/a/{p}"),
        ({"requestBody": {"content": {"application/json": {"schema": {**TEXT, "nullable": True}}}}}, "/a"),
        ({"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/N"}}}}}, "/a"),
    ],
)  # fmt: skip
def test_what_is_there_or_not_is_never_null(tmp_path: Path, operation: dict[str, Any], path: str) -> None:
    """A part of a path, and a whole body: mended, and listed."""
    schemas = {"N": {"type": "integer", "enum": [None], "nullable": True}}
    document = _document(schemas, version="3.0.3", path=path, **operation)
    assert any("is never null" in one for one in mending.mend(document).mends)
    assert _made(document, tmp_path)


def test_odd_names_for_the_members_of_an_enum(tmp_path: Path) -> None:
    """What somebody calls them is Python, or mended."""
    enum = {**TEXT, "enum": ["a", "b"], "x-enum-varnames": ["1", "class"]}
    package = _made(_document({"K": enum, "import_module": PARTS, "L": {**TEXT, "enum": None}}), tmp_path)
    text = (package / "models" / "k.py").read_text(encoding="utf-8")
    assert '= "a"' in text
    assert '= "b"' in text


def test_what_runs_leaves_nothing_where_it_was_called(tree: Path, tmp_path: Path) -> None:
    """No cache of a tool, no scratch folder: nothing outside the two targets."""
    empty = tmp_path / "elsewhere"
    empty.mkdir()
    done = subprocess.run(
        [sys.executable, str(tree / "scripts" / "regenerate.py"), "--check"],
        cwd=empty,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(empty.iterdir()) == []


def test_what_cannot_be_cleared_away_is_no_refusal(tree: Path, tmp_path: Path) -> None:
    """A link in generated/ goes, what it leads to stays; --check had named it; and a closed pipe is no failure."""
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    (tree / "generated" / "link").symlink_to(tmp_path / "precious")
    command = [sys.executable, str(tree / "scripts" / "regenerate.py")]
    environment = {name: one for name, one in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    checked = subprocess.run(
        [*command, "--check"], env=environment, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 1
    assert "extra: link" in checked.stdout
    (tree / "generated" / "kustom_order_management" / "types.py").write_text("")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, "nothing was replaced" in done.stderr) in ((1, True), (0, False))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tree / "generated" / "link").exists()
    assert (tmp_path / "precious" / "file").exists()


def _models(folder: Path, name: str, text: str) -> Path:
    package = folder / name / "pkg"
    (package / "models").mkdir(parents=True)
    (package / "api" / "orders").mkdir(parents=True)
    for init in ("__init__.py", "models/__init__.py", "api/__init__.py", "api/orders/__init__.py"):
        (package / init).write_text("")
    model, _, endpoint = text.partition("---\n")
    (package / "models" / "a.py").write_text(model)
    (package / "api" / "orders" / "b.py").write_text(endpoint)
    return package


def test_how_models_and_endpoints_are_called_is_compared(tmp_path: Path) -> None:
    """Constructors that attrs makes, and functions whose names are private: griffe sees neither."""
    old = _models(
        tmp_path, "old",
        "class A:\n    x: int\n    y: str | Unset = UNSET\n    z: str = UNSET\n"
        "---\ndef _get_kwargs(order_id: UUID, *, body: A, key: str | Unset = UNSET): ...\n",
    )  # fmt: skip
    new = _models(
        tmp_path, "new",
        "class A:\n    x: str\n    y: str | Unset\n    z: str = UNSET\n    new: int\n    more: int = UNSET\n"
        "---\ndef _get_kwargs(id: UUID, *, body: A, page: int = 1): ...\n",
    )  # fmt: skip
    found = python_api.changes(old, new)
    for change in (
        Change("breaking", "pkg.models.a.A", "argument x: int becomes str"),
        Change("breaking", "pkg.models.a.A", "argument y is required now"),
        Change("breaking", "pkg.models.a.A", "required argument new added"),
        Change("breaking", "pkg.api.orders.b", "argument order_id removed"),
        Change("breaking", "pkg.api.orders.b", "argument key removed"),
        Change("compatible", "pkg.api.orders.b", "optional argument page added"),
    ):
        assert change in found, change


def test_a_write_that_takes_no_key_any_more_is_named(tree: Path) -> None:
    """Its repeats would be unprotected, and nothing else would say so: --check fails."""
    document = tree / "openapi.yaml"
    newer = reading.load(document)
    operation = newer["paths"]["/ordermanagement/v1/orders/{order_id}/captures"]["post"]
    operation["parameters"] = [
        one for one in operation["parameters"] if one.get("name") != "Klarna-Idempotency-Key"
        and not str(one.get("$ref", "")).endswith("IdempotencyKey")
    ]  # fmt: skip
    spec = tree.parent / "newer.json"
    spec.write_text(__import__("json").dumps(newer), encoding="utf-8")
    command = [sys.executable, str(tree / "scripts" / "regenerate.py")]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    line = "verb capture: its operation captures.capture_order takes no Klarna-Idempotency-Key"
    taken = subprocess.run(
        [*command, "--spec", str(spec)], env=environment, capture_output=True, text=True, check=False
    )
    assert taken.returncode == 0, taken.stderr
    assert line.replace("_", "\\_") in taken.stdout
    checked = subprocess.run(
        [*command, "--check"], env=environment, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 1
    assert line in checked.stdout


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ({"minLength": None}, {"minLength": 0}, []),
        ({"uniqueItems": True}, {"uniqueItems": False}, ["compatible"]),
        ({"type": "integer", "format": "int32"}, {"type": "integer", "format": "int64"}, ["behaviour"]),
        ({}, {"enum": ["a"]}, ["behaviour"]),
        ({"enum": ["a"]}, {}, ["behaviour"]),
    ],
)
def test_marks_of_changes_that_look_worse_than_they_are(was: Any, now: Any, told: list[str]) -> None:
    """Of a field that is received: nothing said is no limit, and wider is wider."""

    def answered(field: dict[str, Any]) -> dict[str, Any]:
        schema = {"type": "object", "properties": {"f": {"type": "string", **field}}}
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/M"}}}
        document = _document({"M": schema}, responses={"200": {"description": "", "content": content}})
        return mending.mend(document).document

    old, new = answered({k: v for k, v in was.items() if v is not None}), answered(now)
    found = comparing.changes(old, new)
    found = [one for one in found if one.where == "M.f"]
    assert [one.mark for one in found] == told
    if "enum" in now:
        assert found[0] == Change("behaviour", "M.f", "limited to the values a")


def test_inherited_fields_are_fields() -> None:
    """A field that is added to a part of an allOf is told as what it is."""

    def document(more: dict[str, Any]) -> dict[str, Any]:
        base = {"type": "object", "properties": {"a": TEXT, **more}}
        child = {"allOf": [{"$ref": "#/components/schemas/B"}, {"type": "object", "properties": {"c": TEXT}}]}
        return _document({"B": base, "C": child})

    found = comparing.changes(document({}), document({"new": TEXT}))
    assert {(one.where, one.what) for one in found} == {
        ("B.new", "optional field added"),
        ("C.new", "optional field added"),
    }
    assert {one.mark for one in found} == {"compatible"}


def test_names_of_path_parameters_and_the_case_of_headers_are_no_change() -> None:
    """Neither is anything that goes over the wire, or that a verb depends on."""
    parameter = {"in": "path", "required": True, "schema": TEXT}
    old = _document(path="/a/{order_id}", parameters=[{**parameter, "name": "order_id"}],
                    responses={"200": {"description": "", "headers": {"Capture-Id": {"schema": TEXT}}}})  # fmt: skip
    new = _document(path="/a/{id}", parameters=[{**parameter, "name": "id"}],
                    responses={"200": {"description": "", "headers": {"capture-id": {"schema": TEXT}}}})  # fmt: skip
    assert comparing.changes(old, new) == []


def test_a_defect_that_was_mended_in_another_way_is_stale() -> None:
    """The wrong value is gone: there is nothing to look at again."""
    from regeneration import overlay  # noqa: PLC0415  # as late as in the steps

    action = {"target": "$.x", "x-expect": {"type": "string", "example": 5}, "update": {"example": "5"}}
    for value, verdict in (({"type": "string", "example": "7"}, "stale"), ({"type": "string"}, "stale"), ({"type": "integer", "example": 5}, "moved")):  # fmt: skip
        (told,) = overlay.apply_what_fits({"x": value}, {"overlay": "1.0.0", "actions": [action]}).left_out
        assert told.startswith(verdict)


def test_an_operation_without_a_verb_needs_a_reason(tmp_path: Path) -> None:
    """An entry that explains nothing does not count."""
    package = _models(tmp_path, "p", "---\ndef _get_kwargs(): ...\n")
    calls = tmp_path / "_calls.py"
    calls.write_text("")
    assert python_api.uncovered(package, calls, {"orders.b": "used by nobody"}) == []
    assert python_api.uncovered(package, calls, {"orders.b": " "}) == ["operation orders.b has no verb"]


def test_a_field_that_the_facade_reads_and_that_is_gone_is_named(tree: Path) -> None:
    """It reads some by their names as text, so that nothing but its tests would tell."""
    text = (tree / "openapi.yaml").read_text(encoding="utf-8")
    spec = tree.parent / "newer.yaml"
    spec.write_text(text.replace("remaining_authorized_amount:", "remaining_sum:"), encoding="utf-8")
    command = [sys.executable, str(tree / "scripts" / "regenerate.py"), "--spec", str(spec), "--dry-run"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = "- the facade names the field remaining\\_authorized\\_amount, which no model has any more"
    assert told in done.stdout.partition("## Verbs")[2]
