"""What errors show of what they quote."""

import pytest

from graphkit import Embedding, Graph
from graphkit.errors import GraphkitError, InputError, ParameterError, RunError, UnknownNodeError

LONG = "x" * 1000


@pytest.mark.parametrize("kind", [GraphkitError, InputError, ParameterError, RunError, UnknownNodeError])
@pytest.mark.parametrize("text", [LONG, LONG + "'", "\\" * 500, "it's " * 200])
def test_of_a_long_quote_the_beginning_is_shown(kind, text):
    message = str(kind(f"expected a number, got {text!r}; pass weights=None"))
    assert message.startswith(f"expected a number, got '{repr(text)[1:50]}")
    assert message.endswith("...'; pass weights=None")
    assert len(message) < 180


def test_what_is_no_quote_stays():
    text = "the source's name and all that is written here up to the target's end, and the users' own words"
    assert str(GraphkitError(text)) == text
    assert str(GraphkitError(f"got {'x' * 60!r}")) == f"got {'x' * 60!r}"


def test_an_id_of_a_thousand_letters():
    embedding = Embedding(["a"], [[1.0]], {})
    with pytest.raises(UnknownNodeError) as caught:
        embedding.most_similar(LONG)
    assert len(str(caught.value)) < 120
    with pytest.raises(InputError) as caught:
        Graph.from_edges([(LONG, "a")], node_ids=["a"])
    assert len(str(caught.value)) < 160
