"""What the generator cannot take or would drop: normalized, listed, the same on the wire."""

import ast
import datetime as dt
import importlib
import json
from contextlib import suppress
from copy import deepcopy
from itertools import combinations
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import pytest
from codegen import document as documents, generator, locations, names, references
from codegen.document import RegenerationError
from codegen.normalization import Normalized, normalize
from codegen.pipeline import prepare
from codegen_support import PARTS, TEXT, build, built, import_package, small_document
from hypothesis import HealthCheck, given, settings, strategies as st

#: Schemas; several are one in Python.
SCHEMAS = (
    "Address",
    "address",
    "order_line",
    "OrderLine",
    "No such order",
    "a/b",
    "a~b",
    "1st",
    "class",
    "None",
    "list",
    "Any",
    "Response",
    "UUID",
    "Unset",
    "UNSET",
    "Self",
    "cast",
    "datetime",
    "Mapping",
    "T",
    "Größe",
    "注文",
    "😀",
    "File",
    "HTTPStatus",
    "Client",
    "type",
    "field",
    "read",
    "new",
    "ABSENT",
    "StrEnum",
    "IntEnum",
    "???",
    "_x",
    "Optional",
    "Union",
    "import",
    "Models",
    "types",
    "errors",
    "client",
    "NestInner",
)
#: Fields of one schema, with odd names, and such as the bindings have for something else.
FIELDS = (
    "class",
    "from",
    "order-id",
    "orderId",
    "from_dict",
    "to_dict",
    "additional_properties",
    "additional_keys",
    "origin",
    "wire_names",
    "self",
    "datetime",
    "😀",
    "get",
    "value",
    "cls",
    "str",
    "1a",
    "_b",
    "__class__",
    "__init__",
    "Ünï",
    "a b",
    'x"b',
    "x\\c",
    "x{d}",
    "{{x}}",
    "{% y %}",
    "$ref",
    "mro",
    "UNSET",
    "Any",
    "cast",
    "UUID",
    "src_dict",
    "__slots__",
    "None",
    "read",
    "Model",
)
#: Fields that cannot be told apart in Python, or not written there.
HOPELESS = (
    ("order_id", "order-id", "order id"),
    ("origin", "origin_"),
    ("a\u2028",),
    ("\x00a",),
    ("ﬁeld",),
    ("ﬁeld", "field"),
)
#: Values of one enum; several are one in Python, or none.
VALUES = (
    "a",
    "A",
    "a-b",
    "a_b",
    "",
    "-",
    "+",
    "ä",
    "Ä",
    "1",
    '"',
    "\\",
    "{x}",
    "{{ x }}",
    "ﬁ",
    "FI",
    "None",
    "mro",
    "name",
)


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema, escaped as URIs and JSON Pointer want it."""
    escaped = quote(name.replace("~", "~0").replace("/", "~1"), safe="~")
    return {"$ref": f"#/components/schemas/{escaped}"}


def an_object(**fields: Any) -> dict[str, Any]:
    """Return a schema with these fields."""
    return {"type": "object", "properties": fields}


def parameter(name: str, place: str = "query", schema: Any = None) -> dict[str, Any]:
    """Return a parameter of an operation."""
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, "schema": schema or TEXT, **required}


def operation(name: str | None = None, **more: Any) -> dict[str, Any]:
    """Return an operation that answers with the schema All."""
    answer = {"description": "", "content": {"application/json": {"schema": ref("All")}}}
    return {
        **({"operationId": name} if name is not None else {}),
        "responses": {"200": answer},
        **more,
    }


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
            "allOf": [ref("Fields"), an_object(**dict.fromkeys(["more", "class"], TEXT))],
            "properties": {"ever more": TEXT},
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
        "Tree": an_object(kids={"type": "array", "items": ref("Tree")}, parent=ref("Tree")),
        "Extra": {**an_object(a=TEXT), "additionalProperties": an_object(z=TEXT)},
        "Map": {"type": "object", "additionalProperties": ref("Tree")},
        "Nest": an_object(
            inner=an_object(deep=an_object(leaf={"type": "string", "enum": ["u", "v"]})),
            several={"type": "array", "items": an_object(q=TEXT)},
            poly=ref("Poly"),
            one_of={"anyOf": [an_object(q=TEXT), ref("Tree"), TEXT]},
        ),
    }


def document_of_odd_names() -> dict[str, Any]:
    """Return a document whose every name has another meaning for Python or the generator."""
    odd = [parameter(name) for name in ("client", "url", "from", 'a"b', "{{z}}")]
    odd += [
        parameter("X-A", "header"),
        parameter("a.cookie", "cookie"),
        parameter("X-Flag", "header", {"type": "boolean"}),
    ]
    odd += [parameter("day", schema={"type": "string", "format": "date"})]
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
            "/b/{order-id}/{id}": {
                "parameters": [parameter("order-id", "path"), parameter("id", "path")],
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
                "Some": {
                    "description": "",
                    "content": {"application/json": {"schema": ref("No such order")}},
                }
            },
        },
    }


@pytest.fixture(scope="module")
def normalized_names() -> Normalized:
    """Return the document of odd names, normalized."""
    return prepare(document_of_odd_names(), [])


@pytest.fixture(scope="module")
def package(normalized_names: Normalized, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its bindings."""
    return build(normalized_names, tmp_path_factory.mktemp("odd-names"))


@pytest.fixture(scope="module")
def models(package: Path) -> ModuleType:
    """Its models, with every other module of the bindings imported as well."""
    import_package(package, "odd_names_bindings")
    return importlib.import_module("odd_names_bindings.models")


def test_each_schema_has_a_class_of_its_own(models: ModuleType) -> None:
    """Names that are one in Python, or none: every one is read by its own class."""
    answer = {f"p{number}": {"v": name, "n": number} for number, name in enumerate(SCHEMAS)}
    read = models.All.from_dict(answer)
    assert read.additional_properties == {}
    assert len({type(getattr(read, field)) for field in answer}) == len(SCHEMAS)
    assert read.to_dict() == answer


@pytest.mark.parametrize(("name", "more"), [("Fields", ()), ("Child", ("more", "ever more"))])
def test_each_field_keeps_its_name_on_the_wire(
    models: ModuleType, name: str, more: tuple[str, ...]
) -> None:
    """Odd names, also beside inherited ones: each is an attribute, none is lost."""
    answer = {wire: f"value {number}" for number, wire in enumerate((*FIELDS, *more))}
    model = getattr(models, name)
    read = model.from_dict(answer)
    assert read.additional_properties == {}
    assert read.to_dict() == answer
    attributes = set(model.wire_names.values())
    assert len(attributes) == len(answer)
    assert {field.name for field in model.__attrs_attrs__} == attributes | {
        "additional_properties",
        "origin",
    }
    assert sorted(getattr(read, name) for name in attributes) == sorted(answer.values())
    assert model(**{name: getattr(read, name) for name in attributes}).to_dict() == answer


def test_each_name_of_the_base_class_was_tried(models: ModuleType) -> None:
    """A field that is called like something that every model has must not take its place."""
    assert {name for name in dir(models.Fields.__base__) if not name.startswith("_")} <= set(FIELDS)


def test_each_value_is_a_member(models: ModuleType) -> None:
    """Values that differ in case or punctuation are members of their own, and keep their text."""
    assert sorted(models.EnumsCase) == sorted(VALUES)
    assert all(models.EnumsCase.read(value).value == value for value in VALUES)
    assert [member.value for member in models.EnumsPipes] == ["a", "b", "c"]
    assert sorted(models.EnumsNumbers) == [-1, 0, 1, 10]


def test_enums_of_every_odd_kind_are_read_and_written(models: ModuleType) -> None:
    """What has no enum any more takes any value; what has one takes its own and others."""
    answer = {
        "case": "A",
        "pipes": "b",
        "only_null": 5,
        "empty": "e",
        "mixed": 1,
        "with_null": "x",
        "bad_default": "x",
        "good_default": "x",
        "null_default": "z",
        "numbers": -1,
        "fractions": 1.5,
        "things": {"b": 1},
        "control": "a\u0007",
        "titled": "q",
    }
    read = models.Enums.from_dict(answer)
    assert (read.additional_properties, read.to_dict()) == ({}, answer)
    assert models.Enums().to_dict() == {}  # a default is the server's, and never sent


def test_inherited_nested_and_recursive_schemas_are_read_and_written(models: ModuleType) -> None:
    """Inherited fields, classes that stand inline at any depth, and a tree."""
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


def test_parameters_keep_their_names_on_the_wire(models: ModuleType) -> None:
    """Odd names are sent as they are, other values as text, nothing that is left out."""
    endpoint = importlib.import_module("odd_names_bindings.api.default.get_it_2")
    code = ast.parse(Path(str(endpoint.__file__)).read_text(encoding="utf-8"))
    builder = next(
        node
        for node in code.body
        if isinstance(node, ast.FunctionDef) and node.name == "_get_kwargs"
    )
    other = {"body": None, "x": None, "x_flag": True, "day": dt.date(2020, 9, 29)}
    optional = {
        argument.arg: other.get(argument.arg, argument.arg) for argument in builder.args.kwonlyargs
    }
    sent = endpoint._get_kwargs("an id", "a/quote", **optional)
    assert sent["url"] == "/b/an%20id/a%2Fquote"
    assert sent["params"].keys() == {"client", "url", "from", 'a"b', "{{z}}", "day"}
    assert len(set(sent["params"].values())) == len(sent["params"])
    assert sent["params"]["day"] == "2020-09-29"
    assert sent["headers"] == {"X-A": "x_a", "X-Flag": "true"}
    assert sent["cookies"].keys() == {"a.cookie"}
    assert models
    bare = endpoint._get_kwargs("an id", "x")
    assert (bare["params"], bare["headers"], bare["cookies"]) == ({}, {}, {})


@pytest.mark.parametrize("names", HOPELESS)
def test_fields_that_cannot_be_told_apart_are_refused(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    """Nothing is lost in silence: the run ends, and what it says is one line."""
    document = _one(an_object(**dict.fromkeys(names, TEXT)))
    with pytest.raises(RegenerationError) as refusal:
        built(document, tmp_path)
    assert "One" in str(refusal.value) or "one.py" in str(refusal.value)
    assert "\n" not in documents.one_line(str(refusal.value))


@pytest.mark.parametrize("name", ["headers", "params", "write", "body"])
def test_a_parameter_that_the_function_would_overwrite_is_refused(
    name: str, tmp_path: Path
) -> None:
    """It would not be sent, or something else would."""
    document = _one(an_object(a=TEXT))
    document["paths"]["/one"]["post"] = operation(
        "two",
        parameters=[parameter(name)],
        requestBody={"content": {"application/json": {"schema": ref("One")}}},
    )
    document["components"]["schemas"]["All"] = an_object(a=TEXT)
    with pytest.raises(RegenerationError, match=rf"'{name}'|arguments {name}|builds no request"):
        built(document, tmp_path)


def test_classes_go_without_dto_where_the_name_is_free(tmp_path: Path) -> None:
    """A name that another schema or the bindings have stays whole."""
    schemas: dict[str, Any] = {
        name: an_object(kind={"type": "string", "enum": ["a"]})
        for name in ("OrderDto", "FooDto", "Foo")
    }
    document = _one(
        an_object(order=ref("OrderDto"), foo=ref("FooDto")),
        **schemas,
        ResponseDto=an_object(a=TEXT),
    )
    normalized = prepare(document, [])
    package = build(normalized, tmp_path)
    import_package(package, "without_dto")
    models = importlib.import_module("without_dto.models")
    assert set(models.__all__) == {
        "Foo",
        "FooDto",
        "FooDtoKind",
        "FooKind",
        "One",
        "Order",
        "OrderKind",
        "ResponseDto",
    }
    read = models.One.from_dict({"order": {"kind": "a"}, "foo": {"kind": "a"}})
    assert (type(read.order), type(read.foo)) == (models.Order, models.FooDto)
    assert read.order.kind is models.OrderKind.A


def test_paths_that_differ_after_a_parameter_are_two(package: Path) -> None:
    """``/c/{id}:x`` and ``/c/{id}:y`` are two operations."""
    assert {"cx.py", "cy.py"} <= {path.name for path in (package / "api" / "default").iterdir()}
    assert locations.shape("/c/{id}:x") != locations.shape("/c/{id}:y")
    assert locations.shape("/c/{id}:x") == locations.shape("/c/{ident}:x")


def test_every_reference_is_followed(normalized_names: Normalized) -> None:
    """Percent-encoded, with ~1, in discriminators: all lead to the new names."""
    document = normalized_names.document
    for _, target in references.references(document):
        references.resolve(document, {"$ref": target})
    poly = document["components"]["schemas"]["Nest"]["properties"]["poly"]
    assert poly["discriminator"]["mapping"] == {
        "Address": "#/components/schemas/Address",
        "a": "#/components/schemas/Address2",
        "b": "#/components/schemas/AB",
    }
    content = document["paths"]["/c/{id}:y"]["put"]["requestBody"]["content"]
    assert content["application/json"]["schema"]["$ref"] == "#/components/schemas/AB"


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
        "Enums.with_null: null is taken out of its values, and allowed beside them",
    ],
)
def test_each_fix_is_listed(normalized_names: Normalized, package: Path, line: str) -> None:
    """One line per fix says where, what and why, and a build does not list it again."""
    assert package.is_dir()
    assert normalized_names.fixes.count(line) == 1


def test_normalizing_twice_changes_and_lists_nothing(normalized_names: Normalized) -> None:
    """What is normalized needs no fix; the given document stays as it was."""
    before = deepcopy(normalized_names.document)
    again = normalize(normalized_names.document)
    assert (again.document, again.fixes) == (before, [])
    assert normalized_names.document == before


def _one(schema: Any, /, *, version: str = "3.0.3", **more: Any) -> dict[str, Any]:
    answer = {"200": {"description": "", "content": {"application/json": {"schema": ref("One")}}}}
    return {
        "openapi": version,
        "info": {"title": "One", "version": "1"},
        "paths": {"/one": {"get": {"operationId": "one", "responses": answer}}},
        "components": {"schemas": {"One": schema, **more}},
    }


def test_openapi_3_1_is_taken(tmp_path: Path) -> None:
    """Lists of types, exclusive limits, null in enums and oneOf, webhooks, path items."""
    schema = an_object(
        text={"type": ["string", "null"], "maxLength": 5},
        number={"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10},
        kind={"type": ["string", "null"], "enum": ["a", "A", None]},
        inner={"type": ["object", "null"], "properties": {"deep": TEXT}},
        either={"oneOf": [ref("Other"), {"type": "null"}]},
        anything=True,
    )
    document = _one(schema, version="3.1.0", Other=an_object(x=TEXT))
    document["components"]["pathItems"] = {"Far": {"get": operation("far")}}
    document["components"]["schemas"]["All"] = an_object(y=TEXT)
    document["paths"]["/far"] = {"$ref": "#/components/pathItems/Far"}
    document["webhooks"] = {"told": {"post": operation("told")}}
    document = documents.parse(Path("x.json"), json.dumps(document).encode(), [])
    normalized = prepare(document, [])
    package = build(normalized, tmp_path)
    assert (package / "api" / "default" / "far.py").exists()
    assert "webhook told: is no request of a client, and left out" in normalized.fixes
    import_package(package, "bindings_of_3_1")
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


NAMES = st.text(st.sampled_from("aAbB1_- /|é"), max_size=4)
LEAVES: st.SearchStrategy[Any] = st.one_of(
    st.just(TEXT),
    st.builds(
        lambda values: {"type": "string", "enum": values}, st.lists(st.none() | NAMES, max_size=4)
    ),
    st.builds(
        lambda values: {"enum": values}, st.lists(st.integers(-1, 1) | st.booleans(), max_size=3)
    ),
    st.builds(ref, st.sampled_from(["A", "a", "b-1"])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda fields: {"type": "object", "properties": fields},
            st.dictionaries(NAMES, inner, max_size=3),
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
                "get": {
                    "responses": {"200": {"description": ""}},
                    **({"operationId": name} if name else {}),
                }
            }
            for number, name in enumerate(names)
        },
        "components": {
            "schemas": {**schemas, "A": an_object(x=TEXT), "a": TEXT, "b-1": {"type": "object"}}
        },
    },
    st.dictionaries(NAMES, TREES, max_size=4),
    st.lists(NAMES, max_size=3),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DOCUMENTS)
def test_any_document_is_normalized_once_and_for_all(document: dict[str, Any]) -> None:
    """There is nothing to do the second time, references resolve, names are unique."""
    before = json.dumps(document)
    normalized = prepare(document, [])
    assert json.dumps(document) == before
    assert prepare(deepcopy(document), []) == normalized
    again = normalize(normalized.document)
    assert (again.fixes, again.document) == ([], normalized.document)
    for _, target in references.references(normalized.document):
        references.resolve(normalized.document, {"$ref": target})
    # By module, as they are files: 1AB and 1Ab are two, field_1ab.py and field_1_ab.py.
    classes = [names.class_name(name) for name in locations.named(normalized.document)]
    modules = [names.argument_name(name).lower() for name in classes]
    operations = [
        operation["operationId"] for _, _, operation in locations.operations(normalized.document)
    ]
    for unique in (modules, [names.operation_name(name).lower() for name in operations]):
        assert all(name != other for name, other in combinations(unique, 2))


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(document=DOCUMENTS)
def test_any_document_is_built_or_refused(
    document: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever passes has all its counterparts; whatever does not is refused and nothing else."""
    normalized = prepare(document, [])
    with suppress(RegenerationError):  # anything else that is raised fails the test
        package = build(normalized, tmp_path_factory.mktemp("any"))
        assert len(list((package / "models").glob("*.py"))) > 1


def test_the_mark_for_personal_data_reaches_every_class_that_holds_some(tmp_path: Path) -> None:
    """Marked fields, all of marked schemas, and fields that hold a marked schema."""
    schemas: dict[str, Any] = {
        "Person": {**an_object(name=TEXT), "x-personal": True},
        "Guest": {"allOf": [ref("Person"), an_object(room=TEXT)]},
        "Door": an_object(code={**TEXT, "x-personal": True}, color=TEXT),
    }
    schema = an_object(
        people={"type": "array", "items": ref("Person")},
        door=ref("Door"),
        either={"oneOf": [ref("Person"), TEXT]},
        guest={"allOf": [ref("Guest")], "nullable": True},
    )
    package = generator.build(prepare(_one(schema, **schemas), []), tmp_path)
    import_package(package, "personal_bindings")
    models = importlib.import_module("personal_bindings.models")
    answer = {
        "people": ["Ann"],
        "door": {"code": "1", "color": "red"},
        "either": "Ann",
        "guest": {"name": "Ann"},
    }
    assert repr(models.One.from_dict(answer)) == "One(door=Door(color='red', …), guest=Guest(…), …)"
    assert repr(models.Guest(name="Ann", room="12")) == "Guest(…)"
    assert models.One.from_dict(answer).to_dict() == answer


def test_a_union_reads_as_the_right_class(tmp_path: Path) -> None:
    """By the mapping of a discriminator, by a constant, else by its declared fields."""

    def kind(name: str, *fields: str) -> dict[str, Any]:
        return an_object(kind={**TEXT, "const": name}, **dict.fromkeys(fields, TEXT))

    mapping = {"c": "#/components/schemas/Card", "i": "#/components/schemas/InvoiceTypes"}
    schema = an_object(
        told={
            "oneOf": [ref("Card"), ref("InvoiceTypes")],
            "discriminator": {"propertyName": "by", "mapping": mapping},
        },
        constant={"oneOf": [ref("Cat"), ref("Dog")]},
        guessed={"anyOf": [ref("Card"), ref("Cat"), ref("Swish")]},
        many={"type": "array", "items": ref("InvoiceTypes")},
    )
    schemas = {
        "Card": an_object(by=TEXT, number=TEXT),
        "InvoiceTypes": an_object(by=TEXT, number=TEXT),
        "Cat": kind("cat", "name"),
        "Dog": kind("dog", "name"),
        "Swish": an_object(phone=TEXT),
    }
    import_package(built(_one(schema, version="3.1.0", **schemas), tmp_path), "union_bindings")
    models = importlib.import_module("union_bindings.models")
    answer = {
        "told": {"by": "i", "number": "1"},
        "constant": {"kind": "dog", "name": "x"},
        "guessed": {"phone": "1"},
        "many": [{"by": "i"}],
    }
    read = models.One.from_dict(answer)
    assert type(read.told) is models.InvoiceTypes
    assert type(read.constant) is models.Dog
    assert type(read.guessed) is models.Swish
    assert type(read.many[0]) is models.InvoiceTypes
    assert read.to_dict() == answer


def test_odd_names_for_the_members_of_an_enum(tmp_path: Path) -> None:
    """What somebody calls them is Python, or normalized."""
    enum = {**TEXT, "enum": ["a", "b"], "x-enum-varnames": ["1", "class"]}
    package = built(
        small_document({"K": enum, "import_module": PARTS, "L": {**TEXT, "enum": None}}), tmp_path
    )
    text = (package / "models" / "k.py").read_text(encoding="utf-8")
    assert '= "a"' in text
    assert '= "b"' in text
