"""Pages lead where they say, hold every public name, and their Python runs."""

import ast
import importlib
import re
from pathlib import Path

import pytest

import graphkit as gk
from graphkit.methods.registry import MAPS, METHODS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
WRITTEN = {"build", "gallery", "api", "project"}
"""Folders of docs/ that the build writes."""

PAGES = sorted(
    page
    for page in DOCS.rglob("*.md")
    if page.relative_to(DOCS).parts[0] not in WRITTEN | {"ext", "templates"}
)
FRONT = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")]
RUN = [page for page in PAGES if page.parent.name in ("start", "guide", "coming-from")]

LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
CARD = re.compile(r":link: (\S+)\n:link-type: doc")


def name_of(page):
    return page.relative_to(ROOT).as_posix()


def anchors(page):
    """The anchors of a page's headings, as GitHub and MyST make them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def target_of(page, link):
    """The file in the tree that a link leads to; of a page that the build writes, what it is written from."""
    path = (page.parent / link).resolve()
    if not path.is_relative_to(DOCS) or path.relative_to(DOCS).parts[0] not in WRITTEN:
        return path
    folder = path.relative_to(DOCS).parts[0]
    if folder == "project":
        return ROOT / f"{path.stem.upper()}.md"
    index = {"gallery": ROOT / "examples/gallery/GALLERY_HEADER.rst", "api": DOCS / "ext/api_pages.py"}
    return index[folder] if path.stem == "index" else ROOT / "examples/gallery" / f"{path.stem}.py"


@pytest.mark.parametrize("page", PAGES + FRONT, ids=name_of)
def test_links_lead_somewhere(page):
    text = FENCE.sub("", page.read_text())
    for link in [*LINK.findall(text), *(f"{card}.md" for card in CARD.findall(page.read_text()))]:
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = target_of(page, path) if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_is_in_a_tree_of_contents():
    listed = set()
    for page in PAGES:
        for tree in re.findall(r"^```\{toctree\}\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE):
            entries = [line for line in tree.splitlines() if line and not line.startswith(":")]
            for entry in entries:
                assert target_of(page, f"{entry}.md").exists(), entry
                listed.add((page.parent / f"{entry}.md").resolve())
    assert {page for page in PAGES if page not in listed} == {DOCS / "index.md"}


@pytest.fixture
def api_pages(monkeypatch):
    monkeypatch.syspath_prepend(DOCS / "ext")
    return importlib.import_module("api_pages")


def test_every_public_name_is_in_the_reference(api_pages):
    shown = api_pages.overview()
    names = {f"graphkit.{name}" for name in gk.__all__} - {"graphkit.__version__"}
    for module in ("maps", "evaluation", "datasets", "outofcore", "pyg", "io"):
        offered = importlib.import_module(f"graphkit.{module}").__all__
        names |= {f"graphkit.{module}.{name}" for name in offered}
    missing = {name for name in names if f"   {name}\n" not in shown and f"``{name}``" not in shown}
    assert not missing


def test_reference_leads_to_each_name_once(api_pages):
    names = [name for _, group in api_pages.groups() for name in group]
    assert len(set(names)) == len(names)
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_every_method_is_in_the_table_of_the_first_page():
    table = (ROOT / "README.md").read_text()
    table = table[table.index("<!-- methods -->") : table.index("<!-- /methods -->")]
    for name, where in METHODS.items():
        assert f"| `{name}` |" in table, f"{name} has no row"
        assert name == "auto" or f"`{where.partition(':')[2]}`" in table
    assert not set(MAPS) & set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))


def test_first_page_is_short_and_begins_with_what_works_at_once():
    text = (ROOT / "README.md").read_text()
    assert len(text.splitlines()) <= 100
    commands = re.findall(r"^\$ (make \w+)", text, re.MULTILINE)
    assert commands[:2] == ["make demo", "make test"]


def python_of(page):
    return PYTHON.findall(page.read_text())


@pytest.mark.parametrize("page", PAGES + FRONT, ids=name_of)
def test_python_on_pages_is_python(page):
    for block in python_of(page):
        ast.parse(block)


@pytest.mark.parametrize("page", [page for page in RUN if python_of(page)], ids=name_of)
def test_python_on_pages_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {}
    for block in python_of(page):
        exec(compile(block, name_of(page), "exec"), names)


def test_python_of_the_first_page_runs_on_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source, target, _ = gk.datasets.load("les_miserables").graph.to_edges()
    (tmp_path / "edges.txt").write_text("".join(f"{a} {b}\n" for a, b in zip(source, target)))
    names = {}
    for block in python_of(ROOT / "README.md"):
        exec(block.replace("edges.txt.gz", "edges.txt").replace("dog.n.01", "Valjean"), names)
    assert names["vectors"].vectors.shape == (77, 128)
    assert (tmp_path / "map.html").exists()
