"""Node ids: what is taken, what is refused, and the way to their rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphkit.errors import InputError, UnknownNodeError
from graphkit.graph.node_ids import STRING, NodeIndex, as_node_ids


@pytest.mark.parametrize(
    "values", [[3, 1], (3, 1), np.array([3, 1], np.uint8), np.array([3, 1], object), iter([3, 1])]
)
def test_whole_numbers_become_int64(values):
    ids = as_node_ids(values)
    assert ids.dtype == np.int64
    assert ids.tolist() == [3, 1]


@pytest.mark.parametrize(
    "values",
    [["b", "ä"], np.array(["b", "ä"]), np.array(["b", "ä"], object), np.array(["b", "ä"], STRING)],
)
def test_strings_become_strings(values):
    ids = as_node_ids(values)
    assert ids.dtype == STRING
    assert ids.tolist() == ["b", "ä"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, "a"], "found int and str"),
        ([1.0, 2.0], "got float"),
        ([None], "got NoneType"),
        ([True], "got bool"),
        (np.array([1.0]), "got float64"),
        (np.array([2**63], np.uint64), "64 bits; give larger ones as strings"),
        ([2**63], "64 bits; give larger ones as strings"),
        (["a", "\ud800"], r"the id '\\ud800' holds half of a character"),
        (np.array(["a", "\udfff"]), r"the id '\\udfff' holds half of a character"),
        (
            np.array(["a", np.nan], np.dtypes.StringDType(na_object=np.nan)),
            "found float and str; leave out what",
        ),
        (np.array([[1, 2]]), "one-dimensional"),
        ([4, 2, 4], "node id 4 appears more than once"),
        (["x", "y", "x"], "node id 'x' appears more than once"),
    ],
)
def test_anything_else_is_refused(values, message):
    with pytest.raises(InputError, match=message):
        as_node_ids(values)


id_lists = st.one_of(
    st.lists(st.integers(-20, 60), unique=True),
    st.lists(st.integers(-(2**63), 2**63 - 1), unique=True),
    st.lists(st.text(max_size=3), unique=True, min_size=1),
)


@given(id_lists, st.data())
def test_find_equals_a_dictionary(ids, data):
    index = NodeIndex(as_node_ids(ids))
    strings = bool(ids) and isinstance(ids[0], str)
    others = data.draw(st.lists(st.text(max_size=3) if strings else st.integers(-(2**63), 2**63 - 1)))
    wanted = {node_id: row for row, node_id in enumerate(ids)}
    asked = list(reversed(ids)) + others
    assert index.find(asked).tolist() == [wanted.get(node_id, -1) for node_id in asked]


def test_ids_of_the_other_kind_are_unknown():
    assert NodeIndex(as_node_ids([1, 2])).find(["1"]).tolist() == [-1]
    with pytest.raises(UnknownNodeError, match="no node has the id 1; the ids here are strings"):
        NodeIndex(as_node_ids(["1"])).rows([1])
