"""Shows the files that an example writes: pictures as pictures, map pages in a frame."""

import shutil
from pathlib import Path
from typing import Any

from sphinx_gallery.scrapers import figure_rst

PAGES = Path(__file__).parents[1] / "build" / "pages"
"""Files that are copied beside the site's pages as they are."""

FRAME = """
.. raw:: html

    <iframe class="map-page" src="../{name}" loading="lazy" title="The page that the example writes"></iframe>
    <p><a href="../{name}">Open the page by itself</a></p>

"""


def show(_block: Any, block_vars: dict[str, Any], gallery_conf: dict[str, Any]) -> str:
    """Return reStructuredText that shows the pictures and pages that a block wrote beside the example."""
    source = Path(block_vars["src_file"])
    pictures = []
    for picture in sorted(source.parent.glob("*.png")):
        pictures.append(next(block_vars["image_path_iterator"]))
        shutil.move(picture, pictures[-1])
    text = figure_rst(pictures, gallery_conf["src_dir"]) if pictures else ""
    for page in sorted(source.parent.glob("*.html")):
        PAGES.mkdir(parents=True, exist_ok=True)
        name = f"{source.stem}-{page.name}"
        shutil.move(page, PAGES / name)
        text += FRAME.format(name=name)
    return text
