"""What a newer document changes for users: each rule's mark, the whole report, and the verbs."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from regeneration import comparing, mending, python_api, reading
from regeneration.comparing import Change
from regeneration.reporting import Report

FIXTURES = Path(__file__).parent / "fixtures"
TEXT = {"type": "string"}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _document() -> dict[str, Any]:
    """One operation that sends the schema In and receives the schema Out."""
    limited = {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "a"}
    fields = {
        "name": limited,
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "kind": _ref("Kind"),
        "list": {"type": "array", "items": TEXT, "maxItems": 3},
    }
    media = {"application/json": {"schema": _ref("In")}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/x/{id}": {
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": TEXT}],
                "post": {
                    "operationId": "send",
                    "parameters": [
                        {"name": "q", "in": "query", "schema": deepcopy(limited)},
                        {"name": "X-A", "in": "header", "schema": TEXT},
                    ],
                    "requestBody": {"content": media},
                    "responses": {
                        "200": {
                            "description": "",
                            "headers": {"X-R": {"schema": TEXT}},
                            "content": {"application/json": {"schema": _ref("Out")}},
                        },
                        "404": {"description": ""},
                    },
                },
            }
        },
        "components": {
            "schemas": {
                "In": {"type": "object", "properties": deepcopy(fields), "required": ["name"]},
                "Out": {"type": "object", "properties": deepcopy(fields), "required": ["name"]},
                "Kind": {"type": "string", "enum": ["a", "b"]},
                "Loose": {"type": "object", "properties": {"x": TEXT}},
            }
        },
    }


OPERATION = "paths./x/{id}.post"
IN, OUT = "components.schemas.In.properties", "components.schemas.Out.properties"
POST, ANSWER = "POST /x/{id}", "POST /x/{id}, response 200"
GONE = object()


def _at(document: dict[str, Any], place: str, value: Any) -> None:
    *way, last = place.split(".")
    node: Any = document
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    if value is GONE:
        del node[last]
    elif isinstance(node, list):
        node.append(value)
    else:
        node[last] = value


#: Where, what stands there in the newer document, and the one change that is told.
RULES: list[tuple[str, Any, tuple[str, str, str]]] = [
    ("paths./y", {"get": {"operationId": "y", "responses": {}}}, ("compatible", "GET /y", "operation added")),
    (OPERATION, GONE, ("breaking", POST, "operation removed")),
    (f"{OPERATION}.operationId", "go", ("breaking", POST, "operationId send becomes go")),
    (f"{OPERATION}.parameters.+", {"name": "n", "in": "query", "schema": TEXT}, ("compatible", POST, "optional query parameter n added")),
    (f"{OPERATION}.parameters.+", {"name": "n", "in": "query", "required": True, "schema": TEXT}, ("breaking", POST, "required query parameter n added")),
    (f"{OPERATION}.parameters.0.name", "r", ("breaking", POST, "query parameter q removed")),
    (f"{OPERATION}.parameters.0.required", True, ("breaking", f"{POST}, query parameter q", "is required now")),
    (f"{OPERATION}.parameters.0.schema.maxLength", 4, ("breaking", f"{POST}, query parameter q", "maxLength 5 becomes 4")),
    (f"{OPERATION}.parameters.0.schema.type", "integer", ("breaking", f"{POST}, query parameter q", "string becomes integer")),
    (f"{OPERATION}.requestBody", GONE, ("breaking", POST, "body removed")),
    (f"{OPERATION}.requestBody.required", True, ("breaking", f"{POST}, body", "is required now")),
    (f"{OPERATION}.requestBody.content.a/b", {}, ("compatible", f"{POST}, body", "media type a/b added")),
    (f"{OPERATION}.requestBody.content.application/json", GONE, ("breaking", f"{POST}, body", "media type application/json removed")),
    (f"{OPERATION}.responses.409", {"description": ""}, ("behaviour", POST, "response 409 added")),
    (f"{OPERATION}.responses.404", GONE, ("behaviour", POST, "response 404 removed")),
    (f"{OPERATION}.responses.200.headers.X-N", {"schema": TEXT}, ("compatible", ANSWER, "header X-N added")),
    (f"{OPERATION}.responses.200.headers.X-R", GONE, ("behaviour", ANSWER, "header X-R removed")),
    (f"{OPERATION}.responses.200.headers.X-R.schema", {"type": "integer"}, ("breaking", f"{ANSWER}, header X-R", "string becomes integer")),
    (f"{OPERATION}.responses.200.content.a/b", {}, ("behaviour", ANSWER, "media type a/b added")),
    ("components.schemas.New", {"type": "object"}, ("compatible", "New", "schema added")),
    ("components.schemas.Loose", GONE, ("breaking", "Loose", "schema removed")),
    (f"{IN}.more", TEXT, ("compatible", "In.more", "optional field added")),
    (f"{IN}.count", GONE, ("breaking", "In.count", "field removed")),
    (f"{OUT}.count", GONE, ("breaking", "Out.count", "field removed")),
    ("components.schemas.In.required", ["name", "count"], ("breaking", "In.count", "is required now")),
    ("components.schemas.In.required", [], ("compatible", "In.name", "is optional now")),
    ("components.schemas.Out.required", ["name", "count"], ("compatible", "Out.count", "is required now")),
    ("components.schemas.Out.required", [], ("behaviour", "Out.name", "is optional now")),
    (f"{IN}.name.maxLength", 4, ("breaking", "In.name", "maxLength 5 becomes 4")),
    (f"{IN}.name.maxLength", 6, ("compatible", "In.name", "maxLength 5 becomes 6")),
    (f"{IN}.name.maxLength", GONE, ("compatible", "In.name", "maxLength 5 becomes none")),
    (f"{IN}.name.minLength", 2, ("breaking", "In.name", "minLength 1 becomes 2")),
    (f"{IN}.name.minLength", 0, ("compatible", "In.name", "minLength 1 becomes 0")),
    (f"{IN}.name.pattern", "b", ("breaking", "In.name", "pattern a becomes b")),
    (f"{IN}.count.multipleOf", 2, ("breaking", "In.count", "multipleOf none becomes 2")),
    (f"{IN}.count.exclusiveMinimum", True, ("breaking", "In.count", "exclusiveMinimum none becomes True")),
    (f"{IN}.list.maxItems", 2, ("breaking", "In.list", "maxItems 3 becomes 2")),
    (f"{OUT}.name.maxLength", 4, ("compatible", "Out.name", "maxLength 5 becomes 4")),
    (f"{OUT}.name.maxLength", 6, ("compatible", "Out.name", "maxLength 5 becomes 6")),
    (f"{IN}.count.type", "string", ("breaking", "In.count", "integer becomes string")),
    (f"{IN}.count.format", "int64", ("breaking", "In.count", "integer becomes integer (int64)")),
    (f"{IN}.kind", TEXT, ("breaking", "In.kind", "Kind becomes string")),
    (f"{IN}.list.items", {"type": "integer"}, ("breaking", "In.list[]", "string becomes integer")),
    ("components.schemas.Kind.enum", ["a", "b", "c"], ("behaviour", "Kind", "enum value c added")),
    ("components.schemas.Kind.enum", ["a"], ("breaking", "Kind", "enum value b removed")),
    ("components.schemas.Kind.enum", GONE, ("behaviour", "Kind", "any value is allowed now")),
    (f"{IN}.count.enum", [1], ("breaking", "In.count", "limited to the values 1")),
    (f"{OUT}.count.enum", [1], ("behaviour", "Out.count", "limited to the values 1")),
    (f"{IN}.name.nullable", True, ("compatible", "In.name", "may be null now")),
    (f"{OUT}.name.nullable", True, ("behaviour", "Out.name", "may be null now")),
    (f"{IN}.name.default", "x", ("behaviour", "In.name", "default none becomes x")),
    (f"{IN}.name.deprecated", True, ("behaviour", "In.name", "deprecation mark none becomes True")),
    ("components.schemas.In.additionalProperties", False, ("behaviour", "In", "what it allows besides its declared fields changed")),
    ("components.schemas.In.allOf", [{}], ("breaking", "In", "allOf changed")),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "told"), RULES)
def test_each_change_has_its_mark(place: str, value: Any, told: tuple[str, str, str]) -> None:
    """One change of the document is told with its mark, at its place."""
    newer = _document()
    _at(newer, place, deepcopy(value) if value is not GONE else GONE)
    assert Change(*told) in comparing.changes(_document(), newer)  # type: ignore[arg-type]


def test_a_new_required_field_breaks_what_is_sent_only() -> None:
    """In a request it is breaking, in an answer compatible."""
    for name, mark in (("In", "breaking"), ("Out", "compatible")):
        newer = _document()
        schema = newer["components"]["schemas"][name]
        schema["properties"]["more"], schema["required"] = TEXT, ["name", "more"]
        found = comparing.changes(_document(), newer)
        assert [(one.mark, one.where, one.what) for one in found] == [
            (mark, f"{name}.more", "required field added")
        ]


def test_nothing_changed_tells_nothing() -> None:
    """The same document, its keys in another order, names of path parameters and the case of headers aside."""
    newer = _document()
    newer["components"]["schemas"] = dict(reversed(newer["components"]["schemas"].items()))
    newer["paths"]["/x/{ident}"] = newer["paths"].pop("/x/{id}")
    newer["paths"]["/x/{ident}"]["parameters"][0]["name"] = "ident"
    newer["paths"]["/x/{ident}"]["post"]["parameters"][1]["name"] = "x-a"
    assert comparing.changes(_document(), newer) == []


def _pair() -> tuple[dict[str, Any], dict[str, Any]]:
    older, newer = (mending.mend(reading.load(FIXTURES / name)) for name in ("older.yaml", "newer.yaml"))
    return older.document, newer.document


def test_the_whole_report_is_the_golden_one() -> None:
    """Every section, its order and its words, compared with the file that was read and checked in."""
    older, newer = _pair()
    report = Report(
        old="Shop 1.0.0",
        new="Shop 2.0.0",
        mends=mending.mend(reading.load(FIXTURES / "newer.yaml")).mends,
        left_out=["stale: overlay action 1 (Why): its target $.x matches nothing; delete the action"],
        changes=comparing.changes(older, newer),
        python=[
            Change("breaking", "pkg.models.a", "module removed"),
            Change("compatible", "pkg.models.b", "module added"),
        ],
        verbs=["operation orders.list_orders has no verb"],
    )
    assert report.markdown() == (FIXTURES / "report.md").read_text(encoding="utf-8")


def test_the_golden_report_tells_of_every_kind() -> None:
    """The pair of fixtures holds what a report is for; a file that was emptied by mistake is noticed."""
    told = (FIXTURES / "report.md").read_text(encoding="utf-8")
    for words in (
        "operation added", "field removed", "maxLength 20 becomes 10", "maxLength 50 becomes 100", "enum value",
        "response 409 added", "header X-Trace added", "is required now", "is optional now", "operationId",
        "parameter page added", "parameter limit removed", "integer becomes string", "## Mended by rule",
    ):  # fmt: skip
        assert words in told


def test_text_of_the_vendor_cannot_break_the_markdown() -> None:
    """Titles, names and values with markup, line ends and control characters stay text on one line."""
    evil = "a\n# Title\n\n- [x](http://y) <script> `code` | ![i](j) *b* _c_ \x1b[2J\u202e ``` \\"
    report = Report(
        old=evil,
        new=evil,
        mends=[evil],
        left_out=[evil],
        verbs=[evil],
        changes=[Change("breaking", evil, evil)],
        python=[Change("behaviour", evil, evil)],
    )
    lines = report.markdown().splitlines()
    assert all(line.isprintable() for line in lines)
    assert [line for line in lines if line.startswith("#")] == [
        "# What the vendor's document changes",
        "## Breaking changes of the API",
        "## Behaviour changes in Python",
        "## Verbs",
        "## Overlay actions left out",
        "## Mended by rule",
    ]
    for line in lines[2:]:
        # A place stands in a code span, in which nothing is markup but its end.
        outside = line.split("`: ", 1)[-1] if line.startswith("- `") else line
        assert outside.count("`") == outside.count("\\`")
        assert "<script" not in outside.replace("\\<", "")
        assert "](" not in outside.replace("\\]", "")


# --- Python


def _package(folder: Path, **modules: str) -> Path:
    package = folder / "kustom_order_management"
    for name in ("models", "api", "api/orders"):
        (package / name).mkdir(parents=True)
        (package / name / "__init__.py").touch()
    (package / "__init__.py").touch()
    for name, text in modules.items():
        (package / f"{name.replace('__', '/')}.py").write_text(text, encoding="utf-8")
    return package


def test_the_python_api_is_compared(tmp_path: Path) -> None:
    """Added, removed and changed objects; what belongs to a removed module is not told again; privates never."""
    before = _package(
        tmp_path / "old",
        models__a="class A:\n    x: int = 1\n    y: int = 2\n    def f(self, a, b=1): ...\n    def _g(self): ...\n",
        models__gone="class Gone:\n    x: int = 1\n",
        api__orders__send="def sync(*, body: str, key: str = ''): ...\n",
    )
    after = _package(
        tmp_path / "new",
        models__a="class A:\n    x: int = 1\n    z: int = 2\n    def f(self, a): ...\n",
        models__come="class Come:\n    x: int = 1\n",
        api__orders__send="def sync(*, body: str, key: str): ...\n",
    )
    found = {
        (one.mark, one.where.removeprefix("kustom_order_management."), one.what)
        for one in python_api.changes(before, after)
    }
    assert {
        ("breaking", "models.gone", "module removed"),
        ("compatible", "models.come", "module added"),
        ("breaking", "models.a.A.y", "attribute removed"),
        ("compatible", "models.a.A.z", "attribute added"),
    } <= found
    assert any(one[1].startswith("models.a.A.f") and one[0] == "breaking" for one in found)
    assert any(one[1].startswith("api.orders.send.sync") and one[0] == "breaking" for one in found)
    assert not any("_g" in one[1] or "Gone" in one[1] or "Come" in one[1] for one in found)
    assert python_api.changes(before, before) == []


def test_verbs_and_operations_are_held_against_each_other(tmp_path: Path) -> None:
    """Operations without a verb, verbs without an operation, and entries of the list that are idle."""
    package = _package(tmp_path, api__orders__send="", api__orders__new="", api__orders__known="")
    calls = tmp_path / "_calls.py"
    calls.write_text(
        "from kustom_order_management.api import orders\n"
        "def send():\n    return orders.send._get_kwargs()\n"
        "def lost():\n    return orders.lost._get_kwargs()\n"
        "def _private():\n    return orders.hidden._get_kwargs()\n",
        encoding="utf-8",
    )
    explained = {"orders.known": "why", "orders.send": "why", "orders.never": "why"}
    assert python_api.uncovered(package, calls, explained) == [
        "operation orders.new has no verb",
        "verb lost: its operation orders.lost is gone",
        "operation orders.never is on the list of those without a verb, but is gone",
        "operation orders.send is on the list of those without a verb, but has one",
    ]


def test_names_that_the_facade_hands_out_must_be_there(tmp_path: Path) -> None:
    """A model that the facade's door names and the bindings lack."""
    package = _package(tmp_path, models__a="class A: ...\n")
    door = tmp_path / "__init__.py"
    door.write_text("from kustom_order_management.models import A, B as C\n", encoding="utf-8")
    assert python_api.missing_names(package, door) == ["the facade hands out B, which is gone"]
