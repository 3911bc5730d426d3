"""Files of vectors: round trips, other people's readers and writers, and damaged files."""

import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from graphkit.embedding import Embedding
from graphkit.errors import InputError, ParameterError, RunError
from graphkit.io.vectors import FORMATS, check_vectors_target

SUFFIXES = tuple(FORMATS)
WITH_INFO = (".parquet", ".npz")
PLAIN_IDS = ["b", "a", "ö-ü", "007", '"quoted"', "#x", "1e5"]
AWKWARD_IDS = ["with blank", "", "comma, tab\t", 'say "hi"', "two\nlines", "nul\0inside", "ö"]
INFO = {"method": "fastrp", "params": {"dim": 3, "weights": (0.0, 1.5), "seed": np.int64(7)}}


def awkward_values(num_rows, dim):
    """Every kind of finite float32: tiny, huge, subnormal, negative zero."""
    bits = np.random.default_rng(4).integers(0, 2**32, num_rows * dim, dtype=np.uint64).astype(np.uint32)
    values = bits.view(np.float32)
    values[:4] = [-0.0, 1e-45, 3.4028235e38, 0.1]
    return np.where(np.isfinite(values), values, np.float32(1)).reshape(num_rows, dim)


def bits_of(vectors):
    return np.ascontiguousarray(vectors).view(np.uint32).tolist()


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "ids",
    [PLAIN_IDS, [5, -3, 0, 2**62, -(2**63), 7, 8], ["7", "007"], ["+7"], ["-0"], ["9223372036854775808"]],
    ids=["strings", "numbers", "zeros", "plus", "minus zero", "beyond int64"],
)
def test_every_format_gives_back_ids_and_bits(suffix, ids, tmp_path):
    written = Embedding(ids, awkward_values(len(ids), 9), INFO)
    path = tmp_path / f"emb{suffix}"
    written.save(path)
    read = Embedding.load(path)
    assert read.node_ids.tolist() == ids
    assert read.node_ids.dtype == written.node_ids.dtype
    assert bits_of(read.vectors) == bits_of(written.vectors)
    assert read.vectors.flags.c_contiguous


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_how_the_vectors_were_made_is_kept_where_there_is_a_place(suffix, tmp_path):
    path = tmp_path / f"emb{suffix}"
    Embedding(["a"], [[1.0]], INFO).save(path)
    kept = {"method": "fastrp", "params": {"dim": 3, "weights": [0.0, 1.5], "seed": 7}}
    assert Embedding.load(path).info == (kept if suffix in WITH_INFO else {})


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("num_rows", [0, 1, 2, 40_000])
def test_every_size(suffix, num_rows, tmp_path):
    vectors = np.arange(3 * num_rows, dtype=np.float32).reshape(num_rows, 3)
    Embedding(np.arange(num_rows), vectors).save(tmp_path / f"emb{suffix}")
    read = Embedding.load(tmp_path / f"emb{suffix}")
    assert (read.vectors.shape, read.node_ids.dtype) == (vectors.shape, np.int64)
    np.testing.assert_array_equal(read.vectors, vectors)
    np.testing.assert_array_equal(read.node_ids, np.arange(num_rows))


@pytest.mark.parametrize("suffix", [".parquet", ".npz", ".csv", ".tsv"])
def test_awkward_ids_survive(suffix, tmp_path):
    ids = [*AWKWARD_IDS, "\u2028"]
    Embedding(ids, awkward_values(len(ids), 2)).save(tmp_path / f"emb{suffix}")
    assert list(Embedding.load(tmp_path / f"emb{suffix}")) == ids


@pytest.mark.parametrize("suffix", [".txt", ".bin", ".npy"])
@pytest.mark.parametrize("node_id", ["two\nlines", "carriage\rreturn"])
def test_ids_that_a_format_cannot_carry_are_refused(suffix, node_id, tmp_path):
    path = tmp_path / f"emb{suffix}"
    with pytest.raises(InputError, match=r"emb.*: the id .* save as \.parquet"):
        Embedding(["a", node_id], [[1.0], [2.0]]).save(path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("node_id", ["", "a b", "a\tb", "no\u00a0break"])
def test_word2vec_refuses_blanks(binary, node_id, tmp_path):
    with pytest.raises(InputError, match="is empty or holds a blank"):
        Embedding(["a", node_id], [[1.0], [2.0]]).to_word2vec(tmp_path / "x", binary=binary)


def test_an_npz_refuses_an_id_that_ends_in_nul(tmp_path):
    with pytest.raises(InputError, match="ends in a NUL character"):
        Embedding(["a\0"], [[1.0]]).save(tmp_path / "emb.npz")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_never_written(suffix, bad, tmp_path):
    with pytest.raises(RunError, match="vectors of 1 of 2 nodes hold NaN or infinity, the first that of 'b'"):
        Embedding(["a", "b"], [[1.0, 2.0], [1.0, bad]]).save(tmp_path / f"emb{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_existing_file_is_replaced_only_when_asked(suffix, tmp_path):
    path = tmp_path / f"emb{suffix}"
    Embedding(["a"], [[1.0]]).save(path, overwrite=False)
    with pytest.raises(InputError, match="exists already"):
        Embedding(["b"], [[2.0]]).save(path, overwrite=False)
    assert list(Embedding.load(path)) == ["a"]
    Embedding(["b"], [[2.0]]).save(path)
    assert list(Embedding.load(path)) == ["b"]


def test_a_kill_between_ids_and_array_never_pairs_old_with_new(tmp_path, monkeypatch):
    path = tmp_path / "emb.npy"
    Embedding(["a", "b"], [[1.0], [2.0]]).save(path)

    replace = Path.replace

    def killed(self, target):
        if target.suffix == ".npy":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        Embedding(["b", "a"], [[1.0], [2.0]]).save(path)
    assert not path.exists()


def test_the_path_may_look_like_a_pattern(tmp_path):
    for suffix in SUFFIXES:
        path = tmp_path / f"emb[1]*{suffix}"
        Embedding(["a"], [[1.0]]).save(path)
        assert list(Embedding.load(path)) == ["a"]


def test_to_parquet_and_to_word2vec_choose_the_format_whatever_the_name(tmp_path):
    import polars as pl

    embedding = Embedding(["a", "b"], [[1.0, 2.0], [0.5, -1.0]])
    embedding.to_parquet(tmp_path / "vectors")
    assert pl.read_parquet(tmp_path / "vectors")["id"].to_list() == ["a", "b"]
    embedding.to_word2vec(tmp_path / "vectors")
    assert (tmp_path / "vectors").read_text() == "2 2\na 1 2\nb 0.5 -1\n"


def test_npy_is_memory_mapped_on_request(tmp_path):
    Embedding([1, 2], [[1.0], [2.0]]).save(tmp_path / "emb.npy")
    mapped = Embedding.load(tmp_path / "emb.npy", mmap=True)
    assert isinstance(mapped.vectors.base, np.memmap) or isinstance(mapped.vectors, np.memmap)
    assert (tmp_path / "emb.ids.txt").read_text() == "1\n2\n"
    Embedding([1], [[1.0]]).save(tmp_path / "emb.npz")
    with pytest.raises(ParameterError, match=r"mmap works with \.npy files only"):
        Embedding.load(tmp_path / "emb.npz", mmap=True)


@pytest.mark.parametrize("binary", [False, True])
def test_gensim_reads_ours_and_we_read_gensims(binary, tmp_path):
    from gensim.models import KeyedVectors

    ids, vectors = PLAIN_IDS, awkward_values(len(PLAIN_IDS), 5)
    ours, theirs = tmp_path / "ours", tmp_path / ("theirs.bin" if binary else "theirs.txt")
    Embedding(ids, vectors).to_word2vec(ours, binary=binary)
    keyed = KeyedVectors.load_word2vec_format(str(ours), binary=binary)
    assert keyed.index_to_key == ids
    assert bits_of(keyed.vectors) == bits_of(vectors)
    keyed.save_word2vec_format(str(theirs), binary=binary)
    read = Embedding.load(theirs)
    assert list(read) == ids
    assert bits_of(read.vectors) == bits_of(vectors)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b" \n"])
def test_word2vec_text_of_other_writers(end, tmp_path):
    path = tmp_path / "emb.txt"
    path.write_bytes(end.join([b"2 3", b"a 1 -2.5 3e-2", b"b 0 0 1"]) + end)
    read = Embedding.load(path)
    assert (list(read), read["a"].tolist()) == (["a", "b"], [1, -2.5, np.float32(0.03)])


def test_word2vec_binary_with_the_original_tools_line_breaks(tmp_path):
    rows = [b"a " + np.float32([1, 2]).tobytes(), b"b " + np.float32([3, 4]).tobytes()]
    (tmp_path / "emb.bin").write_bytes(b"2 2\n" + b"".join(row + b"\n" for row in rows))
    read = Embedding.load(tmp_path / "emb.bin")
    assert (list(read), read["b"].tolist()) == (["a", "b"], [3, 4])


def test_pandas_and_polars_read_our_tables(tmp_path):
    import pandas as pd
    import polars as pl

    embedding = Embedding(["a", "b"], [[1.0, 2.0], [0.5, -1.0]])
    embedding.save(tmp_path / "emb.csv")
    embedding.save(tmp_path / "emb.parquet")
    embedding.save(tmp_path / "emb.tsv")
    assert pd.read_csv(tmp_path / "emb.csv", index_col="id").loc["b"].tolist() == [0.5, -1.0]
    assert pl.read_csv(tmp_path / "emb.tsv", separator="\t").columns == ["id", "v0", "v1"]
    assert pd.read_parquet(tmp_path / "emb.parquet")["vector"][1].tolist() == [0.5, -1.0]
    assert pl.read_parquet(tmp_path / "emb.parquet").equals(embedding.to_frame("polars"))


def test_pyarrow_reads_our_parquet_and_we_read_lists_of_doubles(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    Embedding([1, 2], [[1.0, 2.0], [0.5, -1.0]], {"method": "x"}).save(tmp_path / "emb.parquet")
    schema = pq.read_schema(tmp_path / "emb.parquet")
    assert str(schema.field("vector").type) == "fixed_size_list<element: float>[2]"
    metadata = pq.read_metadata(tmp_path / "emb.parquet").metadata
    assert json.loads(metadata[b"graphkit"]) == {"method": "x"}
    pq.write_table(
        pa.table({"id": ["a", "b"], "vector": [[1.0, 2.0], [3.0, 4.0]]}), tmp_path / "lists.parquet"
    )
    assert Embedding.load(tmp_path / "lists.parquet")["b"].tolist() == [3, 4]


DAMAGED = [
    ("emb.txt", b"", "emb.txt: the file is empty"),
    ("emb.txt", b"a 1 2\nb 3 4\n", "line 1: expected the header .*, found 'a 1 2'"),
    ("emb.txt", b"1 0\na\n", "line 1: expected the header"),
    ("emb.txt", b"2 2\na 1 2\nb 3\n", "emb.txt, line 3: expected an id and 2 numbers, found 2 fields"),
    ("emb.txt", b"2 2\na 1 2\nb 3 4 5\n", "line 3: expected an id and 2 numbers, found 4 fields"),
    ("emb.txt", b"2 2\na 1 2\nb 3 x\n", "line 3: expected a number, found 'x'"),
    ("emb.txt", b"3 2\na 1 2\nb 3 4\n", "its first line promises 3 vectors, found 2"),
    ("emb.txt", b"1 2\na 1 2\nb 3 4\n", "its first line promises 1 vectors, found 2"),
    ("emb.txt", b"2 1\na 1\na 2\n", "emb.txt: node id .*a.* appears more than once"),
    ("emb.bin", b"2 2\na 12345678b 1234", "breaks in vector 2 of the 2 that its first line promises"),
    ("emb.bin", b"2 2\n", "breaks in vector 1 of the 2"),
    ("emb.bin", b"1 1\n\xff 1234", "breaks in vector 1 of the 1"),
    ("emb.bin", b"hello", "line 1: expected the header"),
    ("emb.npz", b"no zip file", "emb.npz: not an .npz file of vectors"),
    ("emb.npz", b"", "not an .npz file of vectors"),
    ("emb.npy", b"no array", "the ids are missing: expected one a line in .*emb.ids.txt"),
    ("emb.parquet", b"no parquet", "emb.parquet: not a Parquet file that can be read"),
    ("emb.parquet", b"", "not a Parquet file that can be read"),
    ("emb.txt", b"1 2\na nine 2\n", "emb.txt, line 2: expected a number, found 'nine'"),
    ("emb.txt", b"1 2\n\xff 1 2\n", "emb.txt, line 2: the id is not valid UTF-8"),
    ("emb.txt", b"1 2\na 1 2\n\n", "emb.txt, line 3: expected an id and 2 numbers, found 0 fields"),
    ("emb.csv", b"", "emb.csv, line 1: expected a column of ids and columns of numbers"),
    ("emb.csv", b"id\na\n", "emb.csv, line 1: expected a column of ids"),
    ("emb.csv", b"id,v0\na,1\nb,x\n", "emb.csv, line 3: expected a number, found 'x'"),
    ("emb.csv", b'id,v0\n"a\nb",1\nb,\n', "emb.csv, line 4: expected a number, found ''"),
    ("emb.csv", b"id,v0,v1\na,1,2\nb,3\n", "emb.csv, line 3: expected an id and 2 numbers, found 2 fields"),
    ("emb.tsv", b"id\tv0\na\t1\t2\n", "emb.tsv, line 2: expected an id and 1 numbers, found 3 fields"),
]


@pytest.mark.parametrize(("name", "content", "message"), DAMAGED)
def test_damaged_files_say_where(name, content, message, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        Embedding.load(tmp_path / name)


def test_damaged_pairs_and_foreign_tables_say_what_is_missing(tmp_path):
    import polars as pl

    np.save(tmp_path / "emb.npy", np.ones((3, 2)))
    (tmp_path / "emb.ids.txt").write_text("a\nb\n")
    with pytest.raises(InputError, match=r"holds an array \[3, 2\], but .* 2 ids"):
        Embedding.load(tmp_path / "emb.npy")
    (tmp_path / "emb.npy").write_bytes(b"no array")
    with pytest.raises(InputError, match="not an array file"):
        Embedding.load(tmp_path / "emb.npy")
    np.savez(tmp_path / "emb.npz", vectors=np.ones((3, 2)))
    with pytest.raises(InputError, match="expected the arrays node_ids and vectors"):
        Embedding.load(tmp_path / "emb.npz")
    pl.DataFrame({"id": [1], "x": [2.0]}).write_parquet(tmp_path / "emb.parquet")
    with pytest.raises(InputError, match="expected the columns 'id' and 'vector', found id, x"):
        Embedding.load(tmp_path / "emb.parquet")
    pl.DataFrame({"id": [1, 2], "vector": [[1.0], [1.0, 2.0]]}).write_parquet(tmp_path / "emb.parquet")
    with pytest.raises(InputError, match="the column 'vector' must hold numbers, equally many a row, found"):
        Embedding.load(tmp_path / "emb.parquet")


class _Bomb:
    def __reduce__(self):
        return (os.mkdir, ("bombed",))


@pytest.mark.parametrize("name", ["emb.npy", "emb.npz", "emb.bin", "emb.txt", "emb.parquet"])
def test_a_pickle_is_never_opened(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / name
    if name == "emb.npz":
        np.savez(path, node_ids=np.array([_Bomb()]), vectors=np.ones((1, 1)))
    else:
        path.write_bytes(pickle.dumps(_Bomb()))
        (tmp_path / "emb.ids.txt").write_text("a\n")
    with pytest.raises(InputError):
        Embedding.load(path)
    assert not (tmp_path / "bombed").exists()


def test_targets_are_checked_before_the_work(tmp_path):
    check_vectors_target(tmp_path / "new.npy", overwrite=False)
    (tmp_path / "emb.ids.txt").touch()
    with pytest.raises(InputError, match=r"emb\.ids\.txt: exists already"):
        check_vectors_target(tmp_path / "emb.npy", overwrite=False)
    with pytest.raises(InputError, match="does not exist"):
        check_vectors_target(tmp_path / "no folder" / "emb.npy", overwrite=False)
    with pytest.raises(
        ParameterError, match=r"no format for vectors has the suffix '\.pkl'; use \.parquet, "
    ):
        check_vectors_target(tmp_path / "emb.pkl", overwrite=False)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.txt: no such file"):
        Embedding.load(tmp_path / "none.txt")
