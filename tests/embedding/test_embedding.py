"""Embedding: lookups, neighbours, and what it is converted to."""

import sys

import numpy as np
import pytest
from sklearn.cluster import KMeans

from graphkit.embedding import Embedding
from graphkit.errors import InputError, MissingDependencyError, ParameterError, UnknownNodeError
from graphkit.neighbors import knn_graph

VECTORS = np.array([[1, 0], [1, 1], [0, 1], [1, 0]], np.float32)


@pytest.fixture
def words():
    return Embedding(["cat", "dog", "cow", "kitten"], VECTORS, {"method": "fastrp"})


@pytest.fixture
def numbers():
    return Embedding([10, -2, 30, 0], VECTORS)


def test_an_embedding_is_an_array_for_others():
    embedding = Embedding(["a", "b"], [[1, 2], [3, 4]])
    assert np.asarray(embedding) is embedding.vectors
    assert np.array(embedding, np.float64).tolist() == [[1, 2], [3, 4]]
    assert knn_graph(embedding, 1).indices.tolist() == [[1], [0]]
    assert sorted(KMeans(2, n_init=1, random_state=0).fit_predict(embedding)) == [0, 1]


def test_vectors_that_are_no_numbers_are_refused():
    with pytest.raises(InputError, match="vectors must be an array of numbers"):
        Embedding(["a"], [["x"]])


def test_one_id_gives_a_row_and_several_give_rows(words, numbers):
    assert words["dog"].tolist() == [1, 1]
    assert words[["cow", "cat"]].tolist() == [[0, 1], [1, 0]]
    assert words[[]].shape == (0, 2)
    assert numbers[-2].tolist() == numbers[np.int64(-2)].tolist() == [1, 1]
    assert numbers[np.array([30, 0])].tolist() == [[0, 1], [1, 0]]


def test_a_number_is_an_id_and_not_a_row(numbers):
    assert numbers[0].tolist() == VECTORS[3].tolist()
    with pytest.raises(UnknownNodeError, match=r"no node has the id 1$"):
        numbers[1]


def test_an_unknown_id_names_the_nearest(words):
    with pytest.raises(UnknownNodeError, match=r"no node has the id 'kiten'; did you mean 'kitten'\?"):
        words["kiten"]
    with pytest.raises(UnknownNodeError, match="no node has the id 3; the ids here are strings"):
        words[3]


def test_it_is_a_collection_of_ids(words, numbers):
    assert (len(words), list(numbers)) == (4, [10, -2, 30, 0])
    assert "cat" in words
    assert "horse" not in words
    assert 10 not in words
    assert 1.5 not in numbers
    assert None not in words
    assert repr(words) == "Embedding(4 nodes, 2 dimensions, fastrp)"


def test_vectors_are_float32_and_not_copied_without_need(words):
    assert words.vectors is words.to_numpy()
    assert words.vectors.dtype == np.float32
    assert Embedding([1], [[1.0]]).vectors.dtype == np.float32
    vectors = np.ones((2, 2), np.float32)
    assert Embedding([1, 2], vectors).vectors is vectors


@pytest.mark.parametrize(
    ("node_ids", "vectors", "message"),
    [
        ([1, 1], [[1.0], [2.0]], "node id .*1.* appears more than once"),
        ([1, 2, 3], [[1.0], [2.0]], "3 node ids but 2 vectors"),
        ([1, "a"], [[1.0], [2.0]], "all whole numbers or all strings"),
        ([1, 2], [1.0, 2.0], r"vectors must have shape \[num_nodes, dim >= 1\], got \[2\]"),
        ([1, 2], np.empty((2, 0)), r"got \[2, 0\]"),
    ],
)
def test_what_is_no_embedding_is_refused(node_ids, vectors, message):
    with pytest.raises(InputError, match=message):
        Embedding(node_ids, vectors)


def test_most_similar_leaves_out_the_node_itself_and_nothing_else(words):
    found = words.most_similar("cat")
    assert [node for node, _ in found] == ["kitten", "dog", "cow"]
    assert [similarity for _, similarity in found] == pytest.approx([1, 0.5**0.5, 0])
    assert all(type(similarity) is float for _, similarity in found)


def test_most_similar_to_a_vector_may_return_any_node(words):
    assert words.most_similar([3.0, 0.0], k=2) == [("cat", 1.0), ("kitten", 1.0)]
    assert words.most_similar(np.array([0, 2], np.float64), k=1) == [("cow", 1.0)]


def test_most_similar_to_several_gives_a_list_each(words, numbers):
    assert words.most_similar(["cat", "cow"], k=1) == [words.most_similar(x, k=1) for x in ("cat", "cow")]
    assert numbers.most_similar([10], k=3) == [numbers.most_similar(10, k=3)]
    assert words.most_similar(VECTORS[:1], k=2) == [words.most_similar(VECTORS[0], k=2)]
    assert words.most_similar([], k=1) == []


def test_most_similar_excludes_ids_and_returns_no_more_than_there_are(words):
    assert [node for node, _ in words.most_similar("cat", exclude=["kitten"])] == ["dog", "cow"]
    assert [node for node, _ in words.most_similar([1.0, 0.0], exclude=["kitten"], k=9)] == [
        "cat",
        "dog",
        "cow",
    ]
    assert words.most_similar("cat", exclude=["dog", "cow", "kitten"]) == []
    assert words.most_similar(["cat", "dog"], exclude=["dog", "cow", "kitten"]) == [[], []]


def test_most_similar_refuses_nonsense(words):
    with pytest.raises(ParameterError, match="k must be a whole number >= 1, got 0"):
        words.most_similar("cat", k=0)
    with pytest.raises(UnknownNodeError, match="'cart'; did you mean 'cat'"):
        words.most_similar("cart")
    with pytest.raises(UnknownNodeError, match="'horse'"):
        words.most_similar("cat", exclude=["horse"])
    with pytest.raises(ParameterError, match="queries must have 2 columns, as vectors, got 3"):
        words.most_similar([1.0, 2.0, 3.0])


def test_to_torch_shares_memory_unless_read_only(words):
    assert words.to_torch().data_ptr() == words.vectors.ctypes.data
    words.vectors.flags.writeable = False
    assert words.to_torch().numpy().tolist() == VECTORS.tolist()


def test_to_frame_of_polars(words, numbers):
    import polars as pl

    frame = words.to_frame("polars")
    assert frame.schema == {"id": pl.String, "vector": pl.Array(pl.Float32, 2)}
    assert frame["vector"].to_numpy().tolist() == VECTORS.tolist()
    assert numbers.to_frame("polars")["id"].to_list() == [10, -2, 30, 0]


def test_to_frame_of_pandas(words, numbers):
    frame = words.to_frame("pandas")
    assert frame.loc["dog"].tolist() == [1, 1]
    assert frame.index.name == "id"
    assert numbers.to_frame().index.dtype == np.int64
    with pytest.raises(ParameterError, match="unknown kind 'panda': did you mean 'pandas'"):
        words.to_frame("panda")


def test_to_keyedvectors_of_gensim(words, numbers):
    keyed = words.to_keyedvectors()
    assert keyed["dog"].tolist() == [1, 1]
    assert [node for node, _ in keyed.most_similar("cat", topn=2)] == ["kitten", "dog"]
    assert numbers.to_keyedvectors()["-2"].tolist() == [1, 1]


def test_to_arrow_does_not_copy(words):
    table = words.to_arrow()
    assert table["id"].to_pylist() == ["cat", "dog", "cow", "kitten"]
    assert table["vector"].chunk(0).flatten().to_numpy().ctypes.data == words.vectors.ctypes.data


@pytest.mark.parametrize(
    ("library", "convert"),
    [
        ("pandas", lambda embedding: embedding.to_frame()),
        ("polars", lambda embedding: embedding.to_frame("polars")),
        ("gensim", lambda embedding: embedding.to_keyedvectors()),
    ],
    ids=["pandas", "polars", "gensim"],
)
def test_an_absent_library_is_named(words, library, convert, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingDependencyError, match=f"{library} is not installed: pip install {library}"):
        convert(words)
