"""Vectors for TensorBoard's projector: a folder that ``tensorboard --logdir`` opens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from graphkit.arrays import NodeIds, Vectors
from graphkit.files.atomic import PathLike, atomic_write, check_target

_TENSORS, _METADATA, _CONFIG = "tensors.tsv", "metadata.tsv", "projector_config.pbtxt"

_SETTINGS = f'''embeddings {{
  tensor_name: "graphkit"
  tensor_path: "{_TENSORS}"
  metadata_path: "{_METADATA}"
}}
'''


def write_projector(
    folder: PathLike,
    node_ids: NodeIds,
    vectors: Vectors,
    columns: Mapping[str, NDArray[Any]] | None = None,
    *,
    overwrite: bool = True,
) -> None:
    """Write vectors, ids and columns as TensorBoard's embedding projector reads them.

    Parameters
    ----------
    folder
        Where to; made if it is not there. ``tensorboard --logdir FOLDER`` shows it under "Projector", and
        <https://projector.tensorflow.org> takes the two tables.
    node_ids
        [num_nodes].
    vectors
        [num_nodes, dim].
    columns
        Name and values, [num_nodes] each, shown beside the ids.
    overwrite
        Whether files of a former export are replaced.

    Raises
    ------
    InputError
        If the folder cannot be written, or holds an export and `overwrite` is false.
    """
    import pyarrow as pa
    from pyarrow import csv

    target = Path(folder)
    if not target.exists():
        check_target(target, overwrite=True).mkdir()
    for name in (_TENSORS, _METADATA, _CONFIG):
        check_target(target / name, overwrite=overwrite)
    with atomic_write(target / _TENSORS, overwrite=overwrite) as file:
        table = pa.table({f"v{place}": axis for place, axis in enumerate(vectors.T)})
        csv.write_csv(table, file, csv.WriteOptions(include_header=False, delimiter="\t"))
    with atomic_write(target / _METADATA, overwrite=overwrite) as file:
        file.write(_metadata(node_ids, columns or {}).encode())
    with atomic_write(target / _CONFIG, overwrite=overwrite) as file:
        file.write(_SETTINGS.encode())


def _metadata(node_ids: NodeIds, columns: Mapping[str, NDArray[Any]]) -> str:
    """A line a node; only with more than one column does a header stand above."""
    ids = [_one_line(node_id) for node_id in node_ids.tolist()]
    if not columns:
        return "".join(f"{node_id}\n" for node_id in ids)
    names = ["id", *map(_one_line, columns)]
    rows = zip(
        ids, *([_one_line(value) for value in values.tolist()] for values in columns.values()), strict=True
    )
    return "".join("\t".join(row) + "\n" for row in (names, *rows))


def _one_line(value: Any) -> str:
    """A value without the characters that part rows and columns; the format has no quotes."""
    return " ".join(str(value).split()) if isinstance(value, str) else str(value)
