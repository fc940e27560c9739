"""Names, enums and fields that the generator cannot take or would drop: mended, listed, and the same on the wire."""

import ast
import importlib
import json
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from regeneration import building, checking, mending, naming, reading, running, walking
from regeneration.mending import Mended
from regeneration.reading import Refused

Import = Callable[[Path, str], ModuleType]

TEXT = {"type": "string"}
#: Schemas; several are one in Python.
SCHEMAS = (
    "Address", "address", "order_line", "OrderLine", "No such order", "a/b", "a~b", "1st", "class", "None", "list",
    "Any", "Response", "UUID", "Unset", "UNSET", "Self", "cast", "datetime", "Mapping", "T", "Größe", "注文", "😀",
    "File", "HTTPStatus", "Client", "type", "field", "read", "new", "ABSENT", "StrEnum", "IntEnum", "???", "_x",
    "Optional", "Union", "import", "Models", "types", "errors", "client", "NestInner",
)  # fmt: skip
#: Fields of one schema; several are one in Python, or none.
FIELDS = (
    "class", "from", "order-id", "order_id", "orderId", "OrderID", "from_dict", "to_dict", "additional_properties",
    "additional_keys", "self", "datetime", "\x00a", "", "😀", "ﬁeld", "field", "get", "value", "cls", "str", "1a",
    "_a", "__class__", "__init__", "Ünï", "a b", "a/b", 'a"b', "a\\b", "a{b}", "{{x}}", "{% y %}", "'", "$ref", "$",
    "mro", "UNSET", "Any", "cast", "UUID", "src_dict", "__slots__", "None", "\u2028", "\u00ad", "Order Id",
)  # fmt: skip
#: Values of one enum; several are one in Python, or none.
VALUES = (
    "a", "A", "a-b", "a_b", "", "-", "+", "ä", "Ä", "1", '"', "\\", "{x}", "{{ x }}", "ﬁ", "FI", "None", "mro", "name",
)  # fmt: skip


def ref(name: str) -> dict[str, str]:
    """A reference to a schema, escaped as URIs and JSON Pointer want it."""
    escaped = quote(name.replace("~", "~0").replace("/", "~1"), safe="~")
    return {"$ref": f"#/components/schemas/{escaped}"}


def an_object(**fields: Any) -> dict[str, Any]:
    """A schema with these fields."""
    return {"type": "object", "properties": fields}


def parameter(name: str, place: str = "query", schema: Any = None) -> dict[str, Any]:
    """A parameter of an operation."""
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "schema": schema or TEXT, **required}


def operation(name: str | None = None, **more: Any) -> dict[str, Any]:
    """An operation that answers with the schema All."""
    answer = {"description": "", "content": {"application/json": {"schema": ref("All")}}}
    return {**({"operationId": name} if name is not None else {}), "responses": {"200": answer}, **more}


def _enums() -> dict[str, Any]:
    return an_object(
        case={"type": "string", "enum": list(VALUES)},
        pipes={"type": "string", "enum": ["a|b|c"]},
        only_null={"type": "integer", "enum": [None]},
        empty={"type": "string", "enum": []},
        mixed={"enum": ["a", 1]},
        with_null={"type": "string", "nullable": True, "enum": ["x", None]},
        bad_default={"type": "string", "enum": ["x"], "default": "y"},
        good_default={"type": "string", "enum": ["x", "y"], "default": "y"},
        null_default={"type": "string", "nullable": True, "enum": ["x", "z"], "default": "x"},
        numbers={"type": "integer", "enum": [1, -1, 0, 10]},
        fractions={"type": "number", "enum": [1.5]},
        things={"enum": ["a", {"b": 1}]},
        control={"type": "string", "enum": ["a\u0007", "b"]},
        titled={"type": "string", "title": "Address", "enum": ["q"]},
    )


def _schemas() -> dict[str, Any]:
    named = {name: an_object(v=TEXT, n={"type": "integer"}) for name in SCHEMAS}
    return named | {
        "All": an_object(**{f"p{number}": ref(name) for number, name in enumerate(SCHEMAS)}),
        "Fields": an_object(**dict.fromkeys(FIELDS, TEXT)),
        "Child": {
            "allOf": [ref("Fields"), an_object(**dict.fromkeys(["order.id", "class_", "class"], TEXT))],
            "properties": {"ORDER id": TEXT},
        },
        "Enums": _enums(),
        "Titled": {**an_object(a=TEXT), "title": "Address"},
        "Poly": {
            "oneOf": [ref("Address"), ref("address")],
            "discriminator": {
                "propertyName": "v",
                "mapping": {"a": "#/components/schemas/address", "b": "a/b"},
            },
        },
        "Heir": {"allOf": [ref("Address")], "properties": {"own": TEXT}, "required": ["own"]},
        "Both": {**an_object(base=TEXT), "oneOf": [an_object(x=TEXT), an_object(y=TEXT)]},
        "Tree": an_object(kids={"type": "array", "items": ref("Tree")}, parent=ref("Tree")),
        "Extra": {**an_object(a=TEXT), "additionalProperties": an_object(z=TEXT)},
        "Map": {"type": "object", "additionalProperties": ref("Tree")},
        "Nest": an_object(
            inner=an_object(deep=an_object(leaf={"type": "string", "enum": ["u", "v"]})),
            several={"type": "array", "items": an_object(q=TEXT)},
            one_of={"anyOf": [an_object(q=TEXT), ref("Tree"), TEXT]},
        ),
    }


def document_of_odd_names() -> dict[str, Any]:
    """A document whose every name is one that Python, the generator or the bindings have for something else."""
    odd = [parameter(name) for name in ("body", "params", "client", "url", "from", 'a"b', "{{x}}", "json_x")]
    odd += [parameter("X-A", "header"), parameter("headers", "header"), parameter("cookies", "cookie")]
    odd += [parameter("x", schema={"type": "string", "enum": ["a", "A"]})]
    header = {"X-Kind": {"schema": {"type": "string", "enum": ["p", "P"]}}}
    wild = {"description": "", "content": {"*/*": {"schema": ref("Tree")}}}
    body = {"content": {"application/json": {"schema": an_object(k=TEXT)}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Odd names", "version": "1"},
        "paths": {
            "/a": {
                "get": operation("get"),
                "post": operation("Get"),
                "put": operation("import"),
                "delete": operation(),
            },
            "/b/{order-id}/{quote}": {
                "parameters": [parameter("order-id", "path"), parameter("quote", "path")],
                "get": operation("get-it"),
                "put": operation("getIt", parameters=odd, requestBody=body),
            },
            "/c/{id}:x": {"get": operation("cx", parameters=[parameter("id", "path")])},
            "/c/{id}:y": {
                "get": operation("cy", parameters=[{"$ref": "#/components/parameters/Ident"}]),
                "put": operation(
                    "put",
                    parameters=[parameter("id", "path")],
                    requestBody={"$ref": "#/components/requestBodies/Some"},
                ),
            },
            "/d": {
                "get": operation("???"),
                "post": operation("ünï"),
                "put": operation("any"),
                "delete": {
                    "operationId": "get_2",
                    "responses": {
                        "204": {"description": "", "headers": header},
                        "4XX": wild,
                        "default": {"$ref": "#/components/responses/Some"},
                    },
                },
                "patch": operation("get"),
            },
        },
        "components": {
            "schemas": _schemas(),
            "parameters": {"Ident": parameter("id", "path")},
            "requestBodies": {"Some": {"content": {"application/json": {"schema": ref("a/b")}}}},
            "responses": {
                "Some": {"description": "", "content": {"application/json": {"schema": ref("No such order")}}}
            },
        },
    }


@pytest.fixture(scope="module")
def mended_names() -> Mended:
    """The document of odd names, mended."""
    running._sound(document_of_odd_names())
    return mending.mend(document_of_odd_names())


@pytest.fixture(scope="module")
def package(mended_names: Mended, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its bindings."""
    made = building.build(mended_names, tmp_path_factory.mktemp("odd-names"))
    checking.counterparts(mended_names.document, made)
    return made


@pytest.fixture(scope="module")
def models(package: Path, imported: Import) -> ModuleType:
    """Its models, with every other module of the bindings imported as well."""
    imported(package, "odd_names_bindings")
    return importlib.import_module("odd_names_bindings.models")


def test_each_schema_has_a_class_of_its_own(models: ModuleType) -> None:
    """Names that are one in Python, or none: every one is read by its own class, and written as it came."""
    answer = {f"p{number}": {"v": name, "n": number} for number, name in enumerate(SCHEMAS)}
    read = models.All.from_dict(answer)
    assert read.additional_properties == {}
    assert len({type(getattr(read, field)) for field in answer}) == len(SCHEMAS)
    assert read.to_dict() == answer


@pytest.mark.parametrize(("name", "more"), [("Fields", ()), ("Child", ("order.id", "class_", "ORDER id"))])
def test_each_field_keeps_its_name_on_the_wire(models: ModuleType, name: str, more: tuple[str, ...]) -> None:
    """Fields that are one in Python, or none, also beside inherited ones: each is an attribute, none is lost."""
    answer = {wire: f"value {number}" for number, wire in enumerate((*FIELDS, *more))}
    model = getattr(models, name)
    read = model.from_dict(answer)
    assert read.additional_properties == {}
    assert read.to_dict() == answer
    # Beside them the undeclared fields, and where the model was read from.
    assert len(model.__attrs_attrs__) == len(answer) + 2
    own = {"additional_properties", "origin"}
    attributes = {one.name for one in model.__attrs_attrs__} - own
    assert sorted(getattr(read, one) for one in attributes) == sorted(answer.values())
    assert model(**{one: getattr(read, one) for one in attributes}).to_dict() == answer


def test_each_value_is_a_member(models: ModuleType) -> None:
    """Values that differ in case or punctuation are members of their own, and keep their text."""
    assert sorted(models.EnumsCase) == sorted(VALUES)
    assert all(models.EnumsCase.read(value).value == value for value in VALUES)
    assert [one.value for one in models.EnumsPipes] == ["a", "b", "c"]
    assert sorted(models.EnumsNumbers) == [-1, 0, 1, 10]


def test_enums_of_every_odd_kind_are_read_and_written(models: ModuleType) -> None:
    """What has no enum any more takes any value; what has one takes its own and others."""
    answer = {
        "case": "A", "pipes": "b", "only_null": 5, "empty": "e", "mixed": 1, "with_null": "x", "bad_default": "x",
        "good_default": "x", "null_default": "z", "numbers": -1, "fractions": 1.5, "things": {"b": 1},
        "control": "a\u0007", "titled": "q",
    }  # fmt: skip
    read = models.Enums.from_dict(answer)
    assert (read.additional_properties, read.to_dict()) == ({}, answer)
    assert models.Enums().good_default is models.EnumsGoodDefault.Y
    assert models.Enums().null_default is models.EnumsNullDefault.X
    assert not models.Enums().bad_default


def test_alternatives_nested_and_recursive_schemas_are_read_and_written(models: ModuleType) -> None:
    """Fields beside oneOf, classes that stand inline at any depth, and a tree."""
    both = {"base": "b", "x": "1", "y": "2"}
    assert models.Both.from_dict(both).y == "2"
    assert models.Both.from_dict(both).to_dict() == both
    heir = models.Heir.from_dict({"v": "1", "n": 2, "own": "3"})
    assert (heir.v, heir.n, heir.own, heir.additional_properties) == ("1", 2, "3", {})
    tree = {"kids": [{"kids": []}, {"parent": {}}], "parent": {"kids": []}}
    assert models.Tree.from_dict(tree).to_dict() == tree
    nest = {"inner": {"deep": {"leaf": "u"}}, "several": [{"q": "1"}], "one_of": {"q": "r"}}
    read = models.Nest.from_dict(nest)
    assert read.to_dict() == nest
    assert type(read.inner.deep.leaf).__name__ == "NestInnerDeepLeaf"
    extra = {"a": "1", "more": {"z": "2"}}
    assert models.Extra.from_dict(extra).to_dict() == extra


def test_parameters_keep_their_names_on_the_wire(package: Path) -> None:
    """Parameters named like what the functions use themselves are sent under the document's names."""
    endpoint = importlib.import_module("odd_names_bindings.api.default.get_it_2")
    code = ast.parse(Path(str(endpoint.__file__)).read_text(encoding="utf-8"))
    builder = next(one for one in code.body if isinstance(one, ast.FunctionDef) and one.name == "_get_kwargs")
    optional = {one.arg: one.arg for one in builder.args.kwonlyargs if one.arg not in ("body", "x")}
    sent = endpoint._get_kwargs("an id", "a/quote", **optional)
    assert sent["url"] == "/b/an%20id/a%2Fquote"
    assert sent["params"].keys() == {"body", "params", "client", "url", "from", 'a"b', "{{x}}", "json_x"}
    assert len(set(sent["params"].values())) == len(sent["params"])
    assert sent["headers"].keys() == {"X-A", "headers", "Content-Type"}
    assert sent["cookies"].keys() == {"cookies"}
    assert package.is_dir()


def test_paths_that_differ_after_a_parameter_are_two(package: Path) -> None:
    """``/c/{id}:x`` and ``/c/{id}:y`` are two operations, and each is missed where it is dropped."""
    assert {"cx.py", "cy.py"} <= {one.name for one in (package / "api" / "default").iterdir()}
    assert walking.shape("/c/{id}:x") != walking.shape("/c/{id}:y")
    assert walking.shape("/c/{id}:x") == walking.shape("/c/{ident}:x")


def test_every_reference_is_followed(mended_names: Mended) -> None:
    """Percent-encoded, with ~1, in parameters, bodies, responses and discriminators: all lead to the new names."""
    document = mended_names.document
    for _, target in reading.references(document):
        reading.resolve(document, {"$ref": target})
    schemas = document["components"]["schemas"]
    assert schemas["Poly"]["discriminator"]["mapping"] == {"a": "#/components/schemas/Address2", "b": "AB"}
    body = document["components"]["requestBodies"]["Some"]["content"]["application/json"]
    assert body["schema"]["$ref"] == "#/components/schemas/AB"


@pytest.mark.parametrize(
    "line",
    [
        "DELETE /a: has no usable operationId; delete_a is given to it",
        "GET /d: has no usable operationId; get_d is given to it",
        "PATCH /d: the operationId 'get' is taken in Python; it becomes 'get2'",
        "POST /a: the operationId 'Get' is taken in Python; it becomes 'Get3'",
        "DELETE /d, 4XX: the media type */* is read as application/json",
        "schema 'address': the name is taken in Python; it becomes Address2",
        "schema 'order_line': the name is taken in Python; it becomes OrderLine2",
        "schema 'No such order': the name cannot be a name in a reference; it becomes NoSuchOrder",
        "schema 'UUID': the name is taken in Python; it becomes UUID2",
        "Nest.inner: the name NestInner is taken; its class becomes NestInner2",
        "Enums.pipes: one literal with pipes becomes the values a, b, c",
        "Enums.only_null: its enum [None] holds no value; any value of its type is allowed",
        "Enums.empty: its enum [] holds no value; any value of its type is allowed",
        "Enums.bad_default: its default 'y' is none of its values, and is left out",
        "Enums.with_null: null is taken out of its values, and allowed beside them",
        "Fields.orderId: another field has its name in Python; it is called order_id_5 there",
        "Fields.to_dict: Python has no such name; it is called field_9 there",
        "Heir: its own fields are put beside those that it refers to",
        "Both: the fields of its oneOf are all fields of its one class",
    ],
)
def test_each_mend_is_listed(mended_names: Mended, package: Path, line: str) -> None:
    """One line per mend says where, what and why, those of the fields as well, which the build makes."""
    assert package.is_dir()
    assert mended_names.mends.count(line) == 1


def test_mending_twice_changes_and_lists_nothing(mended_names: Mended) -> None:
    """What is mended needs no mending; the given document stays as it was."""
    before = deepcopy(mended_names.document)
    again = mending.mend(mended_names.document)
    assert (again.document, again.mends) == (before, [])
    assert mended_names.document == before


def _one(schema: Any, version: str = "3.0.3", **more: Any) -> dict[str, Any]:
    answer = {"200": {"description": "", "content": {"application/json": {"schema": ref("One")}}}}
    return {
        "openapi": version,
        "info": {"title": "One", "version": "1"},
        "paths": {"/one": {"get": {"operationId": "one", "responses": answer}}},
        "components": {"schemas": {"One": schema, **more}},
    }


def test_openapi_3_1_is_taken(tmp_path: Path, imported: Import) -> None:
    """Lists of types, numbers as exclusive limits, null in enums and in oneOf, webhooks, a path item elsewhere."""
    one = an_object(
        text={"type": ["string", "null"], "maxLength": 5},
        number={"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10},
        kind={"type": ["string", "null"], "enum": ["a", "A", None]},
        inner={"type": ["object", "null"], "properties": {"deep": TEXT}},
        either={"oneOf": [ref("Other"), {"type": "null"}]},
        anything=True,
    )
    document = _one(one, "3.1.0", Other=an_object(x=TEXT))
    document["components"]["pathItems"] = {"Far": {"get": operation("far")}}
    document["components"]["schemas"]["All"] = an_object(y=TEXT)
    document["paths"]["/far"] = {"$ref": "#/components/pathItems/Far"}
    document["webhooks"] = {"told": {"post": operation("told")}}
    document = reading.parse(Path("x.json"), json.dumps(document).encode())
    reading.validate(document)
    mended = mending.mend(document)
    package = building.build(mended, tmp_path)
    checking.counterparts(mended.document, package)
    assert (package / "api" / "default" / "far.py").exists()
    assert "webhook told: is no request of a client, and left out" in mended.mends
    imported(package, "bindings_of_3_1")
    model = importlib.import_module("bindings_of_3_1.models").One
    answer = {
        "text": "t",
        "number": 1,
        "kind": "A",
        "inner": {"deep": "d"},
        "either": {"x": "y"},
        "anything": [1],
    }
    assert model.from_dict(answer).to_dict() == answer
    assert type(model.from_dict(answer).inner).__name__ == "OneInner"


@pytest.mark.parametrize(
    ("schema", "gone"),
    [
        ({"allOf": [ref("Text")], "properties": {"a": TEXT}}, "allOf a non-object"),
        (an_object(a={"type": "string", "format": "date", "default": "never"}), "never"),
    ],
)
def test_what_the_generator_cannot_take_is_refused(tmp_path: Path, schema: Any, gone: str) -> None:
    """Refused with what the generator says, on one line."""
    document = _one(schema, Text=TEXT)
    mended = mending.mend(document)
    with pytest.raises(Refused, match=gone) as refusal:
        checking.counterparts(mended.document, building.build(mended, tmp_path))
    assert "\n" not in str(refusal.value)


NAMES = st.text(st.sampled_from("aAbB1_- /|é"), max_size=4)
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.just(TEXT),
    st.builds(lambda values: {"type": "string", "enum": values}, st.lists(st.none() | NAMES, max_size=4)),
    st.builds(lambda values: {"enum": values}, st.lists(st.integers(-1, 1) | st.booleans(), max_size=3)),
    st.builds(ref, st.sampled_from(["A", "a", "b-1"])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda fields: {"type": "object", "properties": fields}, st.dictionaries(NAMES, inner, max_size=3)
        ),
        st.builds(lambda item: {"type": "array", "items": item}, inner),
        st.builds(lambda item: {"oneOf": [item, TEXT]}, inner),
        st.builds(lambda item: {**item, "nullable": True}, inner),
    ),
    max_leaves=6,
)
DOCUMENTS = st.builds(
    lambda schemas, names: {
        "openapi": "3.0.3",
        "info": {"title": "T", "version": "1"},
        "paths": {
            f"/p{number}": {
                "get": {"responses": {"200": {"description": ""}}, **({"operationId": name} if name else {})}
            }
            for number, name in enumerate(names)
        },
        "components": {"schemas": {**schemas, "A": an_object(x=TEXT), "a": TEXT, "b-1": {"type": "object"}}},
    },
    st.dictionaries(NAMES, TREES, max_size=4),
    st.lists(NAMES, max_size=3),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_any_document_is_mended_once_and_for_all(document: dict[str, Any]) -> None:
    """The same each time, nothing to do the second time, references resolve, names are unique, the input is kept."""
    before = json.dumps(document)
    mended = mending.mend(document)
    assert json.dumps(document) == before
    assert mending.mend(deepcopy(document)) == mended
    again = mending.mend(mended.document)
    assert (again.mends, again.document) == ([], mended.document)
    for _, target in reading.references(mended.document):
        reading.resolve(mended.document, {"$ref": target})
    classes = [naming.class_name(name).lower() for name in walking.named(mended.document)]
    operations = [one["operationId"] for _, _, one, _ in walking.operations(mended.document)]
    for names in (classes, [naming.operation_name(one).lower() for one in operations]):
        assert all(one != other for one, other in combinations(names, 2))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=DOCUMENTS)
def test_any_document_is_built_or_refused(
    document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever passes has all its counterparts; whatever does not is refused and nothing else."""
    mended = mending.mend(document)
    with suppress(Refused):  # anything else that is raised fails the test
        package = building.build(mended, tmp_path_factory.mktemp("any"))
        checking.counterparts(mended.document, package)
        assert len(list((package / "models").glob("*.py"))) > 1
