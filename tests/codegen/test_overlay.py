"""The overlay: what an action does, and that one which does not apply stops the run."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from codegen import overlay
from codegen.document import RegenerationError
from codegen.pipeline import prepare
from codegen_support import ref
from hypothesis import given, strategies as st
from ruamel.yaml import YAML

DOCUMENT: dict[str, Any] = {
    "info": {"title": "T", "version": 1},
    "tags": [{"name": "a"}, {"name": "b"}, {"name": "c"}],
    "paths": {"/x/{id}": {"get": {"deprecated": False}}},
}

FLOATS = st.floats(-2, 2, width=16).map(lambda number: number + 0.0)  # no -0.0: JSON has one zero
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | FLOATS | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)
#: Objects in objects, without lists (appended to) and without null (expects nothing).
OBJECTS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.booleans() | st.text("ab", max_size=2), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | st.integers(), max_size=3),
    max_leaves=6,
)


def _apply(*actions: Any, document: Any = None) -> Any:
    return overlay.apply(
        DOCUMENT if document is None else document, {"overlay": "1.0.0", "actions": list(actions)}
    )


def _without_null_keys(value: Any) -> Any:
    """Return an expectation in which no key means "must not be there"."""
    if isinstance(value, dict):
        return {key: _without_null_keys(item) for key, item in value.items() if item is not None}
    return value


def test_update_merges_and_leaves_the_rest() -> None:
    """Keys of the update are set, others stay, objects are merged in depth."""
    patched = _apply({"target": "$.info", "update": {"title": "U", "x": {"y": None}}})
    assert patched == DOCUMENT | {"info": {"title": "U", "version": 1, "x": {"y": None}}}


def test_update_of_a_list_appends() -> None:
    """As OpenAPI Overlay says: an entry or a list of entries is added to a list."""
    assert _apply({"target": "$.tags", "update": {"name": "d"}})["tags"] == [
        *DOCUMENT["tags"],
        {"name": "d"},
    ]
    assert _apply({"target": "$.tags", "update": [1, 2]})["tags"] == [*DOCUMENT["tags"], 1, 2]


def test_update_replaces_a_plain_value() -> None:
    """What is neither object nor list is replaced."""
    assert _apply({"target": "$.info.title", "update": "U"})["info"]["title"] == "U"


def test_remove_takes_out_what_is_selected() -> None:
    """A key with a brace and a slash in its name is found, and removed alone."""
    patched = _apply({"target": "$.paths['/x/{id}'].get", "remove": True})
    assert patched["paths"] == {"/x/{id}": {}}


@pytest.mark.parametrize(
    "target", ["$.tags[?@.name != 'b']", "$.tags[0, 2]", "$.tags[2, 0]", "$.tags[::-2]"]
)
def test_remove_of_several_from_one_list(target: str) -> None:
    """In whatever order a target selects them, the right ones go."""
    assert _apply({"target": target, "remove": True})["tags"] == [{"name": "b"}]


def test_a_place_selected_twice_is_changed_once() -> None:
    """A target that names one place twice does not trip over itself, nor append twice."""
    assert _apply({"target": "$['tags', 'tags']", "remove": True}).keys() == {"info", "paths"}
    assert len(_apply({"target": "$['tags', 'tags']", "update": [1]})["tags"]) == 4


def test_actions_build_on_each_other() -> None:
    """The second action sees what the first one did."""
    patched = _apply(
        {"target": "$.info", "update": {"x": {}}},
        {"target": "$.info.x", "x-expect": {}, "update": {"y": 1}},
        {"target": "$.info.x", "x-expect": {"y": 1}, "remove": True},
    )
    assert patched == DOCUMENT


def test_the_given_document_stays_as_it_is() -> None:
    """Applying works on a copy, in depth; so does what an update brings."""
    before = deepcopy(DOCUMENT)
    update: dict[str, Any] = {"x": [{}]}
    patched = _apply(
        {"target": "$.info", "update": update},
        {"target": "$.info.x[0]", "update": {"y": 1}},
        {"target": "$.tags[1]", "remove": True},
        {"target": "$.paths.*.get", "update": {"deprecated": True}},
    )
    assert before == DOCUMENT
    assert update == {"x": [{}]}
    assert patched["info"]["x"] == [{"y": 1}]


def test_the_whole_document_takes_new_parts() -> None:
    """The one place for what stands at the top, such as ``security``."""
    before = deepcopy(DOCUMENT)
    patched = _apply(
        {"target": "$", "update": {"security": [{"basic": []}], "info": {"version": 2}}}
    )
    assert patched == {**before, "security": [{"basic": []}], "info": {"title": "T", "version": 2}}
    assert before == DOCUMENT


def test_updates_below_each_other_are_all_kept() -> None:
    """A target that selects a part and what holds it changes both."""
    patched = _apply({"target": "$..[?@.k]", "update": {"new": 1}}, document={"a": {"k": {"k": 1}}})
    assert patched == {"a": {"k": {"k": 1, "new": 1}, "new": 1}}


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        ({"target": "$.gone", "remove": True}, r"\$\.gone matches nothing any more"),
        ({"target": "$.tags[?@.name == 'z']", "update": {}}, "matches nothing any more"),
        ({"target": "$.info[", "remove": True}, "is not a JSONPath"),
        ({"target": "$", "remove": True}, "the whole document"),
        ({"target": "$", "update": []}, "the whole document"),
        (
            {"target": "$.info", "remove": True, "x-expct": {}},
            "has x-expct, which is no part of an action",
        ),
        (
            {"target": "$.info", "copy": "$.tags", "x": 1},
            "has copy, x, which is no part of an action",
        ),
        (
            {"target": "$.info", "update": {"$ref": "#/gone"}},
            "refers to #/gone, which is not there",
        ),
        ({"target": 5, "remove": True}, "needs a target"),
        ({"remove": True}, "needs a target"),
        ({"target": "$.info"}, "either update or remove"),
        ({"target": "$.info", "remove": False}, "either update or remove"),
        ({"target": "$.info", "remove": True, "update": {}}, "either update or remove"),
        ({"target": "$.info", "remove": "yes"}, "either update or remove"),
        ({"target": "$.info", "x-expect": {"title": "V"}, "remove": True}, "title is 'T', not 'V'"),
        ({"target": "$.info", "x-expect": {"gone": 1}, "remove": True}, "gone is gone"),
        (
            {"target": "$.info", "x-expect": {"title": None}, "remove": True},
            "title is there now: 'T'",
        ),
        (
            {"target": "$.info", "x-expect": {"version": True}, "remove": True},
            "version is 1, not True",
        ),
        (
            {"target": "$.info", "x-expect": {"version": 1.0}, "remove": True},
            "version is 1, not 1.0",
        ),
        ({"target": "$.info", "x-expect": [], "remove": True}, "the target is {.*not \\[\\]"),
        (
            {"target": "$.info.title", "x-expect": {"a": 1}, "remove": True},
            "the target is 'T', not",
        ),
        ({"target": "$.tags", "x-expect": [], "remove": True}, "the target is"),
        ({"target": "$.tags[*]", "x-expect": {"name": "a"}, "remove": True}, "name is 'b'"),
        (
            {"target": "$.paths.*", "x-expect": {"get": {"deprecated": True}}, "remove": True},
            "get.deprecated",
        ),
    ],
)
def test_an_action_that_does_not_apply_is_refused_by_its_name(
    action: dict[str, Any], problem: str
) -> None:
    """The error names the number and description of the action, and what is wrong."""
    good = {"target": "$.info", "update": {}}
    named = {"description": "Why it is there", **action}
    with pytest.raises(
        RegenerationError, match=rf"(?s)overlay action 2 \(Why it is there\): .*{problem}"
    ):
        _apply(good, named)


def test_an_action_without_description_has_its_number() -> None:
    """The name of an action without description is its number."""
    with pytest.raises(RegenerationError, match=r"overlay action 1 \(without description\): "):
        _apply({"target": "$.gone", "remove": True})


@pytest.mark.parametrize("action", ["text", None, []])
def test_an_action_that_is_none_is_refused(action: Any) -> None:
    """Something else in the list of actions is named by its number."""
    with pytest.raises(RegenerationError, match="overlay action 1: is not an object"):
        _apply(action)


@pytest.mark.parametrize(
    "given_overlay",
    [
        {},
        {"overlay": "2.0.0", "actions": []},
        {"overlay": "1.0.0"},
        {"overlay": "1.0.0", "actions": {}},
    ],
)
def test_what_is_no_overlay_is_refused(given_overlay: dict[str, Any]) -> None:
    """Without its version and a list of actions, nothing is applied silently."""
    with pytest.raises(RegenerationError, match="the overlay"):
        overlay.apply(DOCUMENT, given_overlay)


def test_a_refused_action_leaves_the_document() -> None:
    """An expectation that fails on the second of two places changes neither."""
    before = deepcopy(DOCUMENT)
    with pytest.raises(RegenerationError, match=re.escape("name is 'b'")):
        _apply({"target": "$.tags[*]", "x-expect": {"name": "a"}, "update": {"x": 1}})
    assert before == DOCUMENT


@given(JSON)
def test_what_is_there_is_what_is_expected(value: Any) -> None:
    """Any value holds when it is its own expectation (but for null, which means not there)."""
    _apply(
        {"target": "$.v", "x-expect": _without_null_keys(value), "remove": True},
        document={"v": value},
    )


@given(JSON, JSON)
def test_another_value_is_not_what_is_expected(expected: Any, value: Any) -> None:
    """In a list, an expectation holds exactly if both are the same JSON."""
    action = {"target": "$.v", "x-expect": [expected], "remove": True}
    if json.dumps(expected, sort_keys=True) == json.dumps(value, sort_keys=True):
        assert _apply(action, document={"v": [value]}) == {}
    else:
        with pytest.raises(RegenerationError, match="x-expect no longer holds"):
            _apply(action, document={"v": [value]})


@given(OBJECTS, OBJECTS)
def test_an_update_is_there_afterwards_and_twice_is_once(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """An update without lists can be repeated, and is what can be expected afterwards."""
    action = {"target": "$.v", "update": new}
    once = _apply(action, document={"v": old})
    assert _apply(action, document=once) == once
    check = {"target": "$.v", "x-expect": new, "update": {}}
    assert _apply(check, document=once) == once


@given(st.lists(st.integers(0, 3), min_size=1, max_size=6), st.integers(0, 3))
def test_removing_by_filter_keeps_the_others(items: list[int], chosen: int) -> None:
    """Removing by value removes all of them and nothing else; with none of them it is an error."""
    action = {"target": f"$.v[?@ == {chosen}]", "remove": True}
    if chosen in items:
        assert _apply(action, document={"v": items})["v"] == [
            item for item in items if item != chosen
        ]
    else:
        with pytest.raises(RegenerationError, match="matches nothing"):
            _apply(action, document={"v": items})


def test_a_defect_that_was_mended_in_another_way_is_stale() -> None:
    """The wrong value is gone: there is nothing to look at again."""
    action = {
        "target": "$.x",
        "x-expect": {"type": "string", "example": 5},
        "update": {"example": "5"},
    }
    for value, verdict in (
        ({"type": "string", "example": "7"}, "stale"),
        ({"type": "string"}, "stale"),
        ({"type": "integer", "example": 5}, "moved"),
    ):
        (line,) = overlay.apply_what_fits(
            {"x": value}, {"overlay": "1.0.0", "actions": [action]}
        ).left_out
        assert line.startswith(verdict)


# --- actions whose target has moved

OLD: dict[str, Any] = {
    "paths": {
        "/v1/orders/{order_id}/refunds": {
            "post": {
                "operationId": "refund",
                "responses": {
                    "201": {"content": {"application/json": {"schema": {"type": "string"}}}},
                    "200": {"content": {"application/json": {"schema": ref("AddressDto")}}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "AddressDto": {"type": "object", "properties": {"city": {"type": "string"}}},
            "PlaceDto": {"type": "object", "properties": {"city": {"type": "string"}}},
        }
    },
}
ANSWER = "$.paths['/v1/orders/{order_id}/refunds'].post.responses['201'].content"
ACTIONS: list[dict[str, Any]] = [
    {
        "target": ANSWER,
        "x-expect": {"application/json": {"schema": {"type": "string"}}},
        "remove": True,
    },
    {
        "target": "$.components.schemas.AddressDto",
        "x-expect": {"type": "object", "x-personal": None},
        "update": {"x-personal": True},
    },
    {
        "target": "$.components.schemas.AddressDto.properties.city",
        "x-expect": {"type": "string"},
        "update": {"x-city": True},
    },
]
OPERATION = "/v1/orders/{order_id}/refunds"


def _answer(document: dict[str, Any], status: str) -> Any:
    return document["paths"][OPERATION]["post"]["responses"][status]


def _shared_answer(document: dict[str, Any]) -> None:
    document["components"]["responses"] = {"Done": _answer(document, "201")}
    document["paths"][OPERATION]["post"]["responses"]["201"] = {
        "$ref": "#/components/responses/Done"
    }


def _renamed_schema(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    schemas["address"] = schemas.pop("AddressDto")
    _answer(document, "200")["content"]["application/json"]["schema"] = ref("address")


def _into_all_of(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    schemas["Base"] = {"type": "object", "properties": schemas["AddressDto"].pop("properties")}
    schemas["AddressDto"]["allOf"] = [ref("Base")]


#: What has moved, and the new places of the actions that are followed.
MOVES: dict[str, tuple[Callable[[dict[str, Any]], object], list[str]]] = {
    "the prefix of the path": (
        lambda d: d["paths"].update({"/v2" + OPERATION[3:]: d["paths"].pop(OPERATION)}),
        ["$['paths']['/v2/orders/{order_id}/refunds']['post']['responses']['201']['content']"],
    ),
    "the name of a parameter": (
        lambda d: d["paths"].update({"/v1/orders/{id}/refunds": d["paths"].pop(OPERATION)}),
        ["$['paths']['/v1/orders/{id}/refunds']['post']['responses']['201']['content']"],
    ),
    "an answer into a component": (
        _shared_answer,
        ["$['components']['responses']['Done']['content']"],
    ),
    "the name of a schema": (
        _renamed_schema,
        [
            "$['components']['schemas']['address']",
            "$['components']['schemas']['address']['properties']['city']",
        ],
    ),
    "a field into a part": (
        _into_all_of,
        ["$['components']['schemas']['Base']['properties']['city']"],
    ),
}


@pytest.mark.parametrize("name", MOVES)
def test_an_action_is_followed_to_its_new_place(name: str) -> None:
    """It is applied there, told, and printed with its new target."""
    change, places = MOVES[name]
    newer = deepcopy(OLD)
    change(newer)
    given = {"overlay": "1.0.0", "actions": ACTIONS}
    applied = overlay.apply_what_fits(newer, given, OLD)
    assert applied.left_out == ()
    assert [line.rpartition(" to ")[2] for line in applied.followed] == places
    # With the printed targets there is nothing left to follow.
    followed = YAML(typ="safe").load("".join(applied.pasted))
    described = {action["target"] for action in followed}
    assert described == set(places)
    others = [action for action in ACTIONS if not _is_followed(action, applied)]
    again = overlay.apply_what_fits(newer, {**given, "actions": [*others, *followed]})
    assert (again.left_out, again.document) == ((), applied.document)


def _is_followed(action: dict[str, Any], applied: overlay.Applied) -> bool:
    number = ACTIONS.index(action) + 1
    return any(f"overlay action {number} " in line for line in applied.followed)


@pytest.mark.parametrize(
    "content",
    [
        {"application/json;charset=utf-8": {"schema": {"type": "string"}}},
        {"application/json": {"schema": {"type": ["string", "null"]}}},
        {"application/json": {"schema": ref("Text")}},
    ],
)
def test_another_spelling_is_what_is_expected(content: dict[str, Any]) -> None:
    """A parameter of the media type, a list of types, a component."""
    newer = deepcopy(OLD)
    newer["components"]["schemas"]["Text"] = {"type": "string"}
    _answer(newer, "201")["content"] = content
    applied = overlay.apply_what_fits(newer, {"overlay": "1.0.0", "actions": ACTIONS[:1]}, OLD)
    assert (applied.left_out, applied.followed) == ((), ())
    assert _answer(applied.document, "201") == {}


def test_an_action_is_not_followed_where_its_place_is_open() -> None:
    """Two schemas stand where one was: nothing is guessed."""
    newer = deepcopy(OLD)
    del newer["components"]["schemas"]["AddressDto"]
    _answer(newer, "200")["content"] = {"application/json": {"schema": {"type": "object"}}}
    applied = overlay.apply_what_fits(newer, {"overlay": "1.0.0", "actions": ACTIONS}, OLD)
    assert len(applied.left_out) == 2
    assert applied.followed == ()


def test_every_action_gives_its_reason_and_what_it_expects(fixes: dict[str, Any]) -> None:
    """No fix without a description, and none that would go on when the vendor changes the place."""
    assert fixes["actions"]
    assert all(action.get("description") and "x-expect" in action for action in fixes["actions"])


def test_every_action_changes_the_bindings(
    published: dict[str, Any], fixes: dict[str, Any], normalized: dict[str, Any]
) -> None:
    """None is there for an example or a description: it would stop the vendor's next document."""
    for action in fixes["actions"]:
        others = [other for other in fixes["actions"] if other is not action]
        without = overlay.apply(published, {**fixes, "actions": others})
        assert prepare(without, []).document != normalized
