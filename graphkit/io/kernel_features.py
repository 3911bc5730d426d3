"""Files of sparse features: what ``scipy.sparse.load_npz`` reads, and the node ids beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graphkit.arrays import NodeIds
from graphkit.errors import ParameterError
from graphkit.files.atomic import PathLike, atomic_write
from graphkit.io.vectors_numpy import plain_ids

if TYPE_CHECKING:
    import scipy.sparse

SUFFIX = ".npz"


def check_suffix(path: PathLike) -> None:
    """Raise `ParameterError` unless the path ends in ``.npz``."""
    if not str(path).lower().endswith(SUFFIX):
        raise ParameterError(f"{path}: sparse features are written as {SUFFIX}")


def write_kernel_features(
    path: PathLike, features: scipy.sparse.csr_array, node_ids: NodeIds, *, overwrite: bool = True
) -> None:
    """Write features and node ids as a NumPy archive without pickles; it appears whole or not at all.

    Parameters
    ----------
    path
        Where to, ``.npz``.
    features
        SciPy CSR [num_nodes, num_features].
    node_ids
        The id of each row, [num_nodes]: the array ``node_ids``, int64 or fixed-width strings.
    overwrite
        Whether an existing file is replaced.

    Raises
    ------
    ParameterError
        For another suffix.
    InputError
        For a target that cannot be written, or an id that ends in a NUL character.
    RunError
        If the disk is full.

    Examples
    --------
    >>> import tempfile, pathlib, scipy.sparse
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "features.npz"
    >>> write_kernel_features(path, scipy.sparse.eye_array(2, format="csr"), np.array([10, 20]))
    >>> scipy.sparse.load_npz(path).toarray().tolist(), np.load(path)["node_ids"].tolist()
    ([[1.0, 0.0], [0.0, 1.0]], [10, 20])
    """
    check_suffix(path)
    plain = plain_ids(node_ids, path, "rename it")
    with atomic_write(path, overwrite=overwrite) as file:
        # As scipy.sparse.save_npz, which has no room for the ids.
        np.savez(
            file,
            allow_pickle=False,
            format=np.array(b"csr"),
            _is_array=np.array(True),
            shape=np.array(features.shape),
            indptr=features.indptr,
            indices=features.indices,
            data=features.data,
            node_ids=plain,
        )
