"""What maintainers do with catalogues: refresh them, see how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bot.config import read_config
from bot.errors import WaymarkError
from bot.flow.model import Flow
from bot.flow.shape import near
from bot.house import read_content, utc_now
from bot.preview.readthrough import chapters, document
from bot.preview.watch import Watch
from bot.terminal import settle
from bot.texts.catalogue import folder_of
from bot.texts.languages import ENGLISH
from bot.texts.offer import Offers
from bot.texts.rename import read_renames
from bot.texts.source import ours
from bot.texts.update import update


def update_files(tags: Iterable[str], dry_run: bool) -> Iterator[Path]:
    """Refresh the languages named, or all that have a folder; yields each file that changes."""
    config = read_config()
    content = read_content(config)
    root, source = config.root / "locales", ours(content.library)
    known = content.languages.by_tag
    renames = read_renames(root, source)
    for tag in tags:
        if tag not in known or tag == ENGLISH:
            raise WaymarkError(tag, "is no language to translate into.", near(tag, known))
    for tag in tags or [tag for tag in known if folder_of(root, tag).is_dir()]:
        for path, text in update(root, known[tag], source, renames=renames).items():
            if not dry_run:
                _write(path, text)
            yield path.relative_to(config.root)


def _write(path: Path, text: str) -> None:
    if not text:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def status_rows() -> list[dict[str, Any]]:
    """One row per language of the table, in the order of their numbers."""
    content = read_content(read_config())
    offers = Offers(content.languages, content.catalogues, content.library)
    source = ours(content.library)
    rows = []
    for language in sorted(content.languages.by_tag.values(), key=lambda one: one.number):
        if language.tag == ENGLISH:
            continue
        catalogue = content.catalogues.get(language.tag)
        states = list(catalogue.states.values())
        rows.append({
            "tag": language.tag,
            "tier": language.tier,
            "coverage": len(catalogue.words.keys() & source.keys()) / len(source),
            "checked": states.count("checked") + states.count("approved"),
            "approved": states.count("approved"),
            "offered": offers.has_language(language),
            "flows": sum(offers.has_flow(flow, language) for flow in content.library.flows.values()),
        })  # fmt: skip
    return rows


def read_through(tag: str, out: Path) -> Iterator[Flow]:
    """Write the document of a language; yields each flow when it is done, the file is written last."""
    config = read_config()
    watch = Watch(settle(None, config), utc_now().date())
    gallery = watch.gallery()
    known = gallery.languages.by_tag
    if tag not in known or tag == ENGLISH:
        raise WaymarkError(tag, "is no language to read.", near(tag, known))
    parts = []
    for flow, part in chapters(gallery, known[tag]):
        parts.append(part)
        yield flow
    try:
        out.write_text(document(gallery, known[tag], parts), encoding="utf-8")
    except OSError as error:
        raise WaymarkError(str(out), f"cannot be written: {error.strerror}.", "Name another file.") from None
