"""What maintainers do with catalogues: refresh them, see how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bot.config import read_config
from bot.errors import WaymarkError
from bot.flow.model import Flow
from bot.flow.shape import near
from bot.house import read_content, utc_now
from bot.preview.readthrough import chapters, document
from bot.preview.watch import Watch
from bot.terminal import settle
from bot.texts import back, ledger
from bot.texts.catalogue import folder_of, read_catalogue
from bot.texts.languages import ENGLISH, Language
from bot.texts.pseudo import catalogue_of, language_of
from bot.texts.rename import Renames, read_renames
from bot.texts.source import ours
from bot.texts.update import update
from bot.texts.words import Message


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
        if renames and not dry_run:
            _rename_tables(root, known[tag], source, renames)


def _rename_tables(root: Path, language: Language, source: Mapping[str, Message], renames: Renames) -> None:
    """Let what people vouched for, and told back, follow a message to its new key."""
    words = read_catalogue(root, language.tag, source, language)[0].whole
    reviews = ledger.read_reviews(root, language.tag)
    if renames.keys() & reviews.keys():
        ledger.write_reviews(root, language.tag, ledger.renamed(reviews, renames, source, words).values())
    backs, _ = back.read_back(root, language.tag)
    if renames.keys() & backs.keys():
        back.write_back(root, language.tag, back.renamed(backs, renames, source, words).values())


def _write(path: Path, text: str) -> None:
    if not text:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def pseudo_lines(tag: str) -> Iterator[str]:
    """Every message of a made-up language, after its key."""
    words = catalogue_of(tag, ours(read_content(read_config()).library)).words
    yield from (f"{key}: {text}" for key, text in words.items())


def pseudo_files(tag: str, out: Path) -> Iterator[Path]:
    """The same as PO files, for tools of translators; yields each file."""
    source = ours(read_content(read_config()).library)
    for path, text in update(out, language_of(tag), source, catalogue_of(tag, source).words).items():
        _write(path, text)
        yield path


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
