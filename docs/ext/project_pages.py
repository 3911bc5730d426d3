"""The pages that lie beside the code, as pages of the site: links to files lead to where they are."""

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGES = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md", "security": "SECURITY.md"}
"""Name of the page under ``project/``, and the file."""

LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]+)\)")


def as_page(text: str) -> str:
    """Return a file's text with its links seen from ``docs/project``; files that are no page stay as code."""

    def moved(link: re.Match[str]) -> str:
        words, target = link.groups()
        if "://" in target or target.startswith("#"):
            return link[0]
        path, _, anchor = target.partition("#")
        anchor = f"#{anchor}" if anchor else ""
        if path.startswith("docs/"):
            return f"[{words}](../{path.removeprefix('docs/')}{anchor})"
        for name, file in PAGES.items():
            if path == file:
                return f"[{words}]({name}.md{anchor})"
        return f"`{path}`"

    return LINK.sub(moved, text)


def setup(app: Any) -> dict[str, Any]:
    """Write the pages at once: sources are looked for after this."""
    (Path(app.srcdir) / "build" / "pages").mkdir(parents=True, exist_ok=True)
    folder = Path(app.srcdir) / "project"
    folder.mkdir(exist_ok=True)
    for name, file in PAGES.items():
        text = as_page((ROOT / file).read_text())
        page = folder / f"{name}.md"
        if not page.exists() or page.read_text() != text:
            page.write_text(text)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
