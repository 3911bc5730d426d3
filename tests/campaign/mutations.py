"""Files as they should be, and what becomes of them: bytes flipped, cut, inserted, numbers at limits."""

import gzip
import io
import json
import lzma

import networkx
import numpy as np
import pyarrow as pa
import scipy.io
import scipy.sparse
from pyarrow import parquet

LIMITS = [
    b"0",
    b"-1",
    b"2147483648",
    b"4294967296",
    b"9223372036854775808",
    b"1e400",
    b"-0.0",
    b"nan",
    b"inf",
]
PIECES = [b"\x00", b"\n", b"\r\n", b"\t", b",", b'"', b"'", b"#", b"%", b" ", b"\xff\xfe", b"\xef\xbb\xbf"]
WORDS = [b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"\xff\xff\xff\x7f", b"\x01\x00\x00\x00", b"\x00" * 8]


def graph_files():
    """Bytes of a small graph in every format that is read, by file name."""
    rng = np.random.default_rng(0)
    edges = np.unique(rng.integers(0, 30, (60, 2)), axis=0)
    weights = rng.integers(1, 9, len(edges)) / 4
    graph = networkx.Graph()
    graph.add_weighted_edges_from(
        (f"n{a}", f"n{b}", w) for (a, b), w in zip(edges, weights.tolist(), strict=True)
    )
    matrix = scipy.sparse.coo_array((weights, edges.T), shape=(30, 30))
    matrix = (matrix + matrix.T).tocsr()
    table = pa.table({"source": edges[:, 0], "target": edges[:, 1], "weight": weights})
    names = pa.table({"source": [f"n{a}" for a in edges[:, 0]], "target": [f"n{b}" for b in edges[:, 1]]})
    rows = [f"{a},{b},{w}" for (a, b), w in zip(edges, weights, strict=True)]
    text = "source,target,weight\n" + "\n".join(rows) + "\n"
    return {
        "edges.csv": text.encode(),
        "edges.txt": text.replace(",", " ").encode(),
        "edges.tsv": "\n".join(f'"n {a}"\tn{b}' for a, b in edges).encode(),
        "edges.csv.gz": gzip.compress(text.encode()),
        "edges.csv.xz": lzma.compress(text.encode()),
        "edges.parquet": _written(lambda file: parquet.write_table(table, file)),
        "names.parquet": _written(lambda file: parquet.write_table(names, file)),
        "edges.arrow": _written(lambda file: _ipc(table, file)),
        "names.arrow": _written(lambda file: _ipc(names, file)),
        "csr.npz": _written(lambda file: scipy.sparse.save_npz(file, matrix)),
        "bsr.npz": _written(lambda file: scipy.sparse.save_npz(file, matrix.tobsr((2, 2)))),
        "coo.npz": _written(lambda file: scipy.sparse.save_npz(file, matrix.tocoo(), compressed=False)),
        "dia.npz": _written(lambda file: scipy.sparse.save_npz(file, matrix.todia())),
        "pecanpy.npz": _written(lambda file: _pecanpy(matrix, file)),
        "matrix.mtx": _written(lambda file: scipy.io.mmwrite(file, matrix)),
        "network.mat": _written(lambda file: scipy.io.savemat(file, {"network": matrix})),
        "small.mat": _written(
            lambda file: scipy.io.savemat(file, {"network": matrix.tocsc()}, do_compression=True)
        ),
        "graph.metis": _metis(matrix),
        "graph.adjlist": "\n".join(networkx.generate_adjlist(graph)).encode(),
        "graph.graphml": "\n".join(networkx.generate_graphml(graph)).encode(),
        "graph.gml": "\n".join(networkx.generate_gml(graph)).encode(),
        "graph.gexf": "\n".join(networkx.generate_gexf(graph)).encode(),
        "graph.net": "\n".join(networkx.generate_pajek(graph)).encode(),
        "graph.json": json.dumps(networkx.node_link_data(graph, edges="links")).encode(),
    }


def vector_files():
    """Bytes of vectors in every format, by file name."""
    vectors = np.random.default_rng(1).normal(size=(20, 6)).astype(np.float32)
    ids = np.arange(20)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), 6)
    rows = "\n".join(f"{i} " + " ".join(f"{x:.4f}" for x in row) for i, row in zip(ids, vectors, strict=True))
    return {
        "v.npz": _written(lambda file: np.savez(file, node_ids=ids, vectors=vectors, info=np.array("{}"))),
        "v.parquet": _written(lambda file: parquet.write_table(pa.table({"id": ids, "vector": lists}), file)),
        "v.bin": b"20 6\n"
        + b"".join(b"%d " % i + row.tobytes() for i, row in zip(ids, vectors, strict=True)),
        "v.txt": f"20 6\n{rows}\n".encode(),
        "v.csv": rows.replace(" ", ",").encode(),
        "v.npy": _written(lambda file: np.save(file, vectors)),
    }


def mutated(content, rng):
    """A copy of the bytes with one to eight changes."""
    found = bytearray(content)
    for _ in range(1 + int(rng.integers(8))):
        if not found:
            break
        at = int(rng.integers(len(found)))
        kind = rng.integers(8)
        if kind == 0:
            found[at] ^= 1 << int(rng.integers(8))
        elif kind == 1:
            found[at] = int(rng.integers(256))
        elif kind == 2:
            end = len(found) if rng.random() < 0.3 else at + int(rng.integers(1, 40))
            del found[at:end]
        elif kind == 3:
            found[at:at] = rng.bytes(int(rng.integers(1, 9)))
        elif kind == 4:
            found[at:at] = _of(PIECES, rng)
        elif kind == 5:
            found[at : at + 4] = _of(WORDS, rng)
        elif kind == 6:
            found[at : at + int(rng.integers(1, 5))] = _of(LIMITS, rng)
        else:
            end = at + int(rng.integers(1, 60))
            found[at:at] = found[at:end]
    return bytes(found)


def _of(choices, rng):
    return choices[int(rng.integers(len(choices)))]


def _written(write):
    file = io.BytesIO()
    write(file)
    return file.getvalue()


def _ipc(table, file):
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _pecanpy(matrix, file):
    ids = np.array([f"n{i}" for i in range(30)])
    np.savez(file, IDs=ids, data=matrix.data, indptr=matrix.indptr, indices=matrix.indices)


def _metis(matrix):
    off = matrix.tolil()
    off.setdiag(0)
    off = off.tocsr()
    off.eliminate_zeros()
    rows = [" ".join(str(c + 1) for c in off.indices[a:b]) for a, b in zip(off.indptr, off.indptr[1:])]
    return "\n".join([f"30 {off.nnz // 2}", *rows]).encode() + b"\n"
