"""Edges with times from files: numbers, dates with a stated zone, and what is refused by line."""

import numpy as np
import pytest

from graphkit import Graph, TemporalGraph, read_temporal_graph
from graphkit.errors import InputError, ParameterError
from graphkit.io import load_temporal_graph

HOUR = 3_600_000_000
NEW_YEAR = 1_577_836_800_000_000


def write(tmp_path, text, name="edges.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "options", "times"),
    [
        ("1 2 30\n2 3 10\n", {}, [30, 10]),
        ("# mails\n1 2 1.5\n\n2 3 1\n", {}, [1.5, 1]),
        ("1 2 1\n2 3 1.5\n", {}, [1, 1.5]),
        ("a,b,7,2020-01-01\nb,c,8,2020-01-01 01:00:00\n", {"times": 4}, [NEW_YEAR, NEW_YEAR + HOUR]),
        (
            "x,y,w,when\na,b,7,2020-01-01T00:00:00Z\nb,c,8,2020-01-01T00:00:00-01:00\n",
            {"times": "when"},
            [NEW_YEAR, NEW_YEAR + HOUR],
        ),
        ("date,from,to\n2020-01-01,a,b\n2020-01-02,b,c\n", {}, [NEW_YEAR, NEW_YEAR + 24 * HOUR]),
        ("a,b,01/01/2020\nb,c,02/01/2020\n", {"time_format": "%d/%m/%Y"}, [NEW_YEAR, NEW_YEAR + 24 * HOUR]),
        ('"a","b","2020-01-01"\n"b","c","2020-01-02"\n', {}, [NEW_YEAR, NEW_YEAR + 24 * HOUR]),
        # Summer and winter in Berlin: two hours and one before UTC.
        (
            "a,b,2020-01-01\nb,c,2020-07-01\n",
            {"time_zone": "Europe/Berlin"},
            [NEW_YEAR - HOUR, NEW_YEAR + 182 * 24 * HOUR - 2 * HOUR],
        ),
    ],
)
def test_times_of_text(tmp_path, text, options, times):
    graph = read_temporal_graph(write(tmp_path, text), directed=True, **options)
    order = graph.rows(graph.node_ids)
    assert graph.num_nodes == len(order) == 3
    assert sorted(graph.times.tolist()) == sorted(times)
    assert graph.times[graph.timed_indptr[graph.rows([graph.node_ids[0]])[0]]] == times[0]


@pytest.mark.parametrize("suffix", ["parquet", "feather"])
def test_times_of_tables(tmp_path, suffix):
    import pyarrow as pa
    import pyarrow.feather
    import pyarrow.parquet

    days = np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")
    columns = {
        "numbers": ([5, 3], {}, [5, 3]),
        "text": (["2020-01-01", "2020-01-02"], {}, [NEW_YEAR, NEW_YEAR + 24 * HOUR]),
        "days": (pa.array(days), {"time_zone": "Europe/Berlin"}, [NEW_YEAR - HOUR, NEW_YEAR + 23 * HOUR]),
        "moments": (
            pa.array(days.astype("datetime64[ns]")).cast(pa.timestamp("ns", "UTC")),
            {},
            [NEW_YEAR, NEW_YEAR + 24 * HOUR],
        ),
    }
    for name, (column, options, times) in columns.items():
        table = pa.table({"source": [1, 2], "target": [2, 3], "time": column, "weight": [1.0, 2.0]})
        path = tmp_path / f"{name}.{suffix}"
        write_table = pyarrow.parquet.write_table if suffix == "parquet" else pyarrow.feather.write_feather
        write_table(table, path)
        assert read_temporal_graph(path, directed=True, **options).times.tolist() == times


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b,2020-01-01\n# x\nb,c,\n", {}, "line 3: the time is missing; leave such rows out"),
        ("a,b,2020-01-01\nb,c,NA\n", {}, "line 2: the time is missing; leave such rows out"),
        ("a,b,1\nb,c,nan\n", {}, "line 2: the time is missing or infinite (nan); leave such rows out"),
        (
            "a,b,2020-01-01\nb,c,soon\n",
            {},
            "line 2: expected a date as the time, as in the first row (2020-01-01), got 'soon'",
        ),
        (
            "a,b,soon\nb,c,late\n",
            {},
            "line 1: expected a number or a date such as 2020-12-31T23:59:59 as the time, got 'soon'",
        ),
        (
            "a,b,1/2/2020\nb,c,x\n",
            {"time_format": "%d/%m/%Y"},
            "line 2: expected a date as '%d/%m/%Y' as the time",
        ),
        ("a,b\nb,c\n", {}, "there is no column 3 (times), only 2, counted from 1"),
        ("a,b,1\nb,c,2\n", {"times": "when"}, "no column is called 'when' (times)"),
        ("a,b,1\nb,c,2\n", {"times": 2}, "column 2 holds ids, not times; pass times=NAME"),
    ],
)
def test_files_that_are_wrong(tmp_path, text, options, message):
    with pytest.raises(InputError) as error:
        read_temporal_graph(write(tmp_path, text), **options)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("a,b,1\n", {"time_zone": "UTC"}, "time_zone has no effect on times that are numbers"),
        (
            "a,b,2020-01-01T00:00:00Z\n",
            {"time_zone": "UTC"},
            "time_zone has no effect on dates that have an offset",
        ),
        (
            "a,b,2020-01-01\n",
            {"time_zone": "Mars"},
            "time_zone must be a name such as UTC or Europe/Berlin, got 'Mars'",
        ),
        (
            "a,b,1\n",
            {"time_format": ""},
            "time_format must name the parts of a date, such as '%d/%m/%Y', got ''",
        ),
        ("a,b,1\n", {"times": 1.5}, "times must be the name of a column, or its number from 1, got 1.5"),
    ],
)
def test_options_that_are_wrong(tmp_path, text, options, message):
    with pytest.raises(ParameterError) as error:
        read_temporal_graph(write(tmp_path, text), **options)
    assert message in str(error.value)


def test_two_columns_are_two_kinds_of_nodes(tmp_path):
    graph = read_temporal_graph(write(tmp_path, "user,item,time\n1,1,3\n2,1,4\n"), bipartite=True)
    assert graph.node_ids.tolist() == ["user:1", "item:1", "user:2"]


def test_repeated_edges_stay_and_the_report_says_what_times_are(tmp_path):
    loaded = load_temporal_graph(write(tmp_path, "from,to,date\na,b,2020-01-01\na,b,2020-01-01\n"))
    assert loaded.graph.num_timed_arcs == 4
    assert loaded.graph.num_edges == 1
    assert "times: dates in UTC" in loaded.report.remarks


def test_saved_graphs(tmp_path):
    TemporalGraph.from_events([(0, 1)], [5]).save(tmp_path / "timed")
    assert read_temporal_graph(tmp_path / "timed").times.tolist() == [5, 5]
    with pytest.raises(ParameterError, match="time_zone has no effect on a saved graph"):
        read_temporal_graph(tmp_path / "timed", time_zone="UTC")
    Graph.from_edges([(0, 1)]).save(tmp_path / "plain")
    with pytest.raises(InputError, match="is a saved graph without times"):
        read_temporal_graph(tmp_path / "plain")


def test_formats_without_columns(tmp_path):
    with pytest.raises(InputError, match="is of the format mtx, which has no column of times"):
        read_temporal_graph(
            write(tmp_path, "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n", "a.mtx")
        )
