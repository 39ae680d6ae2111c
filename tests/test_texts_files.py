"""Catalogue files: brought in step without losing a word, and searched for what would mislead a reader."""

from __future__ import annotations

from pathlib import Path

import pytest
import tongues
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from stage import ROOT

from bot.errors import ContentError
from bot.house import Content
from bot.texts import words
from bot.texts.catalogue import read_catalogue
from bot.texts.checks import check_language, check_locales
from bot.texts.extract import KEYWORDS, code_messages, notes_of, template
from bot.texts.languages import Language
from bot.texts.rename import read_renames
from bot.texts.update import domains, update
from bot.texts.words import BUTTON_LIMIT, PLACEHOLDER, PLACEHOLDERS, Message

SOURCE = {
    "ui.back": Message("ui.back", "Back", "N", limit=BUTTON_LIMIT),
    "ui.unread": Message("ui.unread", "I cannot read this.", "S"),
    "contact.hours": Message("contact.hours", "Open: {hours}", "I"),
    "card.year.text": Message("card.year.text", "It was 2022.", "I"),
    "work.pay.text": Message("work.pay.text", "Are you paid for 2 days?", "Q", note="Neutral tone."),
    "work.pay.opt.yes": Message("work.pay.opt.yes", "Yes", "Q", limit=BUTTON_LIMIT),
    "work.pay.opt.no": Message("work.pay.opt.no", "No", "Q", limit=BUTTON_LIMIT),
    "profile.short": Message("profile.short", "Facts and places.", "I", limit=120),
}
SPANISH_WORDS = {
    "ui.back": "Atrás",
    "ui.unread": "No puedo leer esto.",
    "contact.hours": "Abierto: {hours}",
    "card.year.text": "Fue en 2022.",
    "work.pay.text": "¿Te pagan 2 días?",
    "work.pay.opt.yes": "Sí",
    "work.pay.opt.no": "No, nunca",
    "profile.short": "Hechos y lugares.",
}


@pytest.fixture
def spanish(content: Content) -> Language:
    return content.languages.by_tag["es"]


def put(root: Path, language: Language, given: dict[str, str], source: dict[str, Message] = SOURCE) -> Path:
    """One catalogue of the small source, written as the product writes it."""
    path = root / language.tag / "LC_MESSAGES" / "safety.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(update(root, language, source, given)[path], encoding="utf-8")
    return path


# -- bringing catalogues in step ----------------------------------------------------------------------------------


def test_a_new_language_starts_from_the_english(spanish: Language, tmp_path: Path) -> None:
    """A language without a folder gets one file per domain, with every message, empty, and our own header."""
    source = SOURCE | {"work.x": Message("work.x", "More", "I", "work")}

    made = update(tmp_path, spanish, source)

    assert {path.relative_to(tmp_path).as_posix() for path in made} == {
        "es/LC_MESSAGES/safety.po",
        "es/LC_MESSAGES/work.po",
    }
    text = made[tmp_path / "es" / "LC_MESSAGES" / "safety.po"]
    assert text.startswith('msgid ""\nmsgstr ""\n"Language: es\\n"\n')
    assert f'"Plural-Forms: {spanish.plural}\\n"' in text
    assert text.count('msgctxt "') == len(SOURCE)


@pytest.mark.parametrize("tag", ["ar", "fa_AF", "ksw", "mam", "rw", "zh_Hans", "my"])
def test_headers_come_from_our_table(content: Content, tmp_path: Path, tag: str) -> None:
    """Also where a library knows another plural rule, or not the language at all."""
    language = content.languages.by_tag[tag]

    text = tongues.renewed(tmp_path, language, SOURCE)

    assert f'"Language: {tag}\\n"\n"Plural-Forms: {language.plural}\\n"\n' in text


def test_updating_twice_changes_nothing(spanish: Language, tmp_path: Path) -> None:
    """A catalogue in step stays as it is, byte for byte: no dates, no line numbers."""
    path = put(tmp_path, spanish, SPANISH_WORDS)

    assert update(tmp_path, spanish, SOURCE) == {}
    assert "POT-Creation-Date" not in path.read_text(encoding="utf-8")


def test_translations_and_comments_of_translators_stay(spanish: Language, tmp_path: Path) -> None:
    """New messages come in empty; what was translated, and what translators wrote beside it, is kept."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    path.write_text(path.read_text(encoding="utf-8").replace('msgctxt "ui.back"', '# short!\nmsgctxt "ui.back"'))
    newer = SOURCE | {"ui.forth": Message("ui.forth", "Forth", "N")}

    (text,) = update(tmp_path, spanish, newer).values()
    path.write_text(text, encoding="utf-8")

    assert read_catalogue(tmp_path, "es", newer)[0].words == SPANISH_WORDS
    assert "# short!\n" in text
    assert 'msgctxt "ui.forth"\nmsgid "Forth"\nmsgstr ""' in text


def test_changed_english_sets_the_old_words_aside(spanish: Language, tmp_path: Path) -> None:
    """A negated sentence is offered the old words for a person to judge; they do not speak, and the old pair stays."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    newer = SOURCE | {"ui.unread": Message("ui.unread", "I can read this.", "S")}

    path.write_text(tongues.renewed(tmp_path, spanish, newer), encoding="utf-8")

    text = path.read_text(encoding="utf-8")
    assert (
        '#, fuzzy\n#| msgid "I cannot read this."\nmsgctxt "ui.unread"\nmsgid "I can read this."\n'
        'msgstr "No puedo leer esto."\n'
    ) in text
    assert '#~ msgid "I cannot read this."\n#~ msgstr "No puedo leer esto."' in text
    assert tongues.renewed(tmp_path, spanish, newer) == text
    assert "ui.unread" not in read_catalogue(tmp_path, "es", newer)[0].words


def test_english_that_comes_back_takes_its_words_up_again(spanish: Language, tmp_path: Path) -> None:
    """Words set aside are not lost: with the old English they speak again."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    newer = SOURCE | {"ui.unread": Message("ui.unread", "I can read this.", "S")}
    path.write_text(tongues.renewed(tmp_path, spanish, newer), encoding="utf-8")

    path.write_text(tongues.renewed(tmp_path, spanish, SOURCE), encoding="utf-8")

    assert read_catalogue(tmp_path, "es", SOURCE)[0].words == SPANISH_WORDS
    assert "#~" not in path.read_text(encoding="utf-8")


def test_the_same_english_elsewhere_is_offered_and_not_spoken(spanish: Language, tmp_path: Path) -> None:
    """A repeat is suggested in the words most used for it, marked fuzzy: a person judges whether they fit here."""
    newer = SOURCE | {"work.x.opt.yes": Message("work.x.opt.yes", "Yes", "Q", "work", BUTTON_LIMIT)}
    put(tmp_path, spanish, SPANISH_WORDS)

    text = tongues.renewed(tmp_path, spanish, newer, "work")

    assert '#, fuzzy\nmsgctxt "work.x.opt.yes"\nmsgid "Yes"\nmsgstr "Sí"' in text


def test_a_message_takes_its_words_along_to_another_file(spanish: Language, tmp_path: Path) -> None:
    """When a message changes its domain nothing is lost and nothing stays behind; a file nobody needs is removed."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    moved = {key: Message(key, message.english, domain="core") for key, message in SOURCE.items()}

    made = update(tmp_path, spanish, moved)

    assert made[path] == ""
    (tmp_path / "es" / "LC_MESSAGES" / "core.po").write_text(made[path.with_name("core.po")], encoding="utf-8")
    path.unlink()
    assert read_catalogue(tmp_path, "es", moved)[0].words == SPANISH_WORDS


def test_a_renamed_message_keeps_its_words(spanish: Language, tmp_path: Path) -> None:
    """The table of renames carries translations from an old key to the new one, one by one or all below a name."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    keys = {"ui.back": "ui.return", "work.pay.text": "wage.pay.text", "work.pay.opt.yes": "wage.pay.opt.yes"}
    newer = {keys.get(key, key): Message(keys.get(key, key), one.english) for key, one in SOURCE.items()}
    del newer["work.pay.opt.no"]
    (tmp_path / "renames.toml").write_text('"ui.back" = "ui.return"\n"work.pay." = "wage.pay."\n', encoding="utf-8")

    renames = read_renames(tmp_path, newer)
    (text,) = update(tmp_path, spanish, newer, renames=renames).values()
    path.write_text(text, encoding="utf-8")

    words = read_catalogue(tmp_path, "es", newer)[0].words
    assert words == {keys.get(key, key): text for key, text in SPANISH_WORDS.items() if key != "work.pay.opt.no"}
    assert '#~ msgctxt "work.pay.opt.no"' in text


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('"ui.old" = "ui.none"', 'renames: ui.old: "ui.none" is no message. Name a key of today, or take it out.'),
        ('"ui.back" = "ui.unread"', "renames: ui.back: is a message of today. Take it out: a key is never reused."),
        ('"ui." = "ui.back"', 'renames: ui.: names no new key. Write "old" = "new", or "old." = "new.".'),
        ("ui", "renames.toml: cannot be read: "),
    ],
)
def test_a_rename_that_leads_nowhere_is_told(tmp_path: Path, table: str, says: str) -> None:
    """A table that would lose words stops the update."""
    (tmp_path / "renames.toml").write_text(table, encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        read_renames(tmp_path, SOURCE)

    assert str(caught.value).startswith(says)


def test_a_guess_marked_by_a_translator_stays_marked(spanish: Language, tmp_path: Path) -> None:
    """An entry somebody marked fuzzy is kept with its mark, and still does not speak."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    marked = path.read_text(encoding="utf-8").replace('msgctxt "ui.back"', '#, fuzzy\nmsgctxt "ui.back"')
    path.write_text(marked, encoding="utf-8")

    assert "#, fuzzy\n" in tongues.renewed(tmp_path, spanish, SOURCE)
    assert "ui.back" not in read_catalogue(tmp_path, "es", SOURCE)[0].words


def test_given_words_fill_gaps_and_replace_nothing(spanish: Language, tmp_path: Path) -> None:
    """Words offered for a key go in where there are none."""
    put(tmp_path, spanish, {"ui.back": "Atrás"})

    (text,) = update(tmp_path, spanish, SOURCE, {"ui.back": "Volver", "ui.unread": "No puedo leer esto."}).values()

    assert 'msgstr "Atrás"' in text
    assert "Volver" not in text
    assert 'msgstr "No puedo leer esto."' in text


def test_a_broken_catalogue_is_not_written_over(spanish: Language, tmp_path: Path) -> None:
    """A file that cannot be read is left alone, with its place named."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    path.write_text('msgid "broken', encoding="utf-8")

    with pytest.raises(ContentError, match="locales/es/safety: cannot be read"):
        update(tmp_path, spanish, SOURCE)


def test_translators_read_class_limit_and_note(content: Content) -> None:
    """Above each message stand its class, its limit and what the flow file says to translators."""
    notes = {entry.key: entry.notes for entry in template(SOURCE, "safety")}

    assert notes["work.pay.text"][0].startswith("Class Q question of a screening")
    assert notes["work.pay.text"][-1] == "Neutral tone."
    assert "At most 24 characters." in notes["ui.back"]


def test_translators_read_who_speaks_what_comes_next_and_what_stands_in_braces(content: Content) -> None:
    """Comments name the reader, the screen an answer leads to, and meaning and sample of every placeholder."""
    source = content.catalogues.source
    notes = {key: " ".join(notes_of(message)) for key, message in source.items()}

    assert "An outreach worker to a client, aloud" in notes["guided_short.g1_2.text"]
    assert "The bot to: adults, alone on their own phone." in notes["self_adult.sa_w1.text"]
    assert notes["core.co_safe.opt.not_safe"].endswith("Next: the talk ends, the chat is emptied.")
    assert "{date}: a day, for example 2026-11-22." in notes["contact.checked"]
    used = {name for message in source.values() for name in PLACEHOLDER.findall(message.english)}
    assert used <= PLACEHOLDERS.keys()


# -- extraction ---------------------------------------------------------------------------------------------------


def test_babel_extracts_what_the_bot_says(content: Content) -> None:
    """The messages that plain Babel finds with our extractor and mapping are those of the running bot."""
    source = {(key, message.english) for key, message in content.catalogues.source.items()}
    with (ROOT / "locales" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)

    found = set()
    extracted = extract_from_dir(ROOT, methods, options, DEFAULT_KEYWORDS | KEYWORDS, directory_filter=_holds_words)
    for _, _, text, _, context in extracted:
        found.add((context or text[0], text[1] if isinstance(text, tuple) else text))

    assert found == source


def _holds_words(path: str) -> bool:
    return Path(path).name in {ROOT.name, "flows", "bot", "texts"}


def test_each_word_of_the_code_is_read_from_its_call() -> None:
    """What Babel reads in the table of words is what the table registers at import."""
    assert code_messages(Path(words.__file__)) == {key: message.english for key, message in words.WORDS.items()}


def test_a_template_holds_each_message_once(content: Content) -> None:
    """All domains together hold every message of the bot, each in one of them."""
    source = content.catalogues.source
    held = [entry.key for domain in domains(source) for entry in template(source, domain)]

    assert sorted(held) == sorted(source)


# -- checks -------------------------------------------------------------------------------------------------------

INVISIBLE = "holds the invisible character"
SAID = "Numbers and links come from the directory: take it out."
# key, words with a fault, what is found
FAULTS: dict[str, tuple[str, str, str, str]] = {
    "placeholder lost": (
        "contact.hours", "Abierto", "error",
        "has the placeholders none where the English has ['hours']. Keep each {name} exactly as it is.",
    ),
    "placeholder translated": (
        "contact.hours", "Abierto: {horas}", "error",
        "has the placeholders ['horas'] where the English has ['hours']. Keep each {name} exactly as it is.",
    ),
    "placeholder added": (
        "ui.unread", "No puedo leer {this}.", "error",
        "has the placeholders ['this'] where the English has none. Keep each {name} exactly as it is.",
    ),
    "number of a telephone": ("ui.unread", "Llama al 900 105 090.", "error", f'holds "900 105 090". {SAID}'),
    "number in native digits": ("ui.unread", "Llama al ٩٠٠١٠٥.", "error", f'holds "٩٠٠١٠٥". {SAID}'),
    "link": ("ui.unread", "Mira https://ayuda.es", "error", f'holds "https:". {SAID}'),
    "site": ("ui.unread", "Mira ayuda.org", "error", f'holds "ayuda.org". {SAID}'),
    "handle": ("ui.unread", "Escribe a @ayuda", "error", f'holds "@a". {SAID}'),
    "another year": ("card.year.text", "Fue en 2023.", "error", f'holds "2023". {SAID}'),
    "another figure in a question": (
        "work.pay.text", "¿Te pagan 3 días?", "error",
        "has the figures ['3'] where the English has ['2']. Use the same figures, in ASCII digits.",
    ),
    "short number in a safety text": (
        "ui.unread", "No puedo leer. Llama al 112.", "error", f'holds "112". {SAID}',
    ),
    "figure in an information": (
        "profile.short", "5 hechos y lugares.", "warning",
        "has the figures ['5'] where the English has []. Use the same figures, in ASCII digits.",
    ),
    "direction mark": ("ui.unread", "No puedo\u202e leer.", "error", f"{INVISIBLE} U+202E. Take it out."),
    "zero width": ("ui.unread", "No pu\u200bedo leer.", "error", f"{INVISIBLE} U+200B. Take it out."),
    "private use": ("ui.unread", "No \ue000 puedo leer.", "error", f"{INVISIBLE} U+E000. Take it out."),
    "decomposed letters": (
        "ui.back", "Atra\u0301s", "error",
        "is not in composed form (NFC). Save it again from a PO editor that composes.",
    ),
    "another script": (
        "ui.unread", "Не могу прочесть.", "error",
        "has 0 of 14 letters in the script Latn. Write it in that script.",
    ),
    "the English itself": (
        "ui.unread", "I cannot read this.", "error", "is the same as the English. Translate it, or leave it empty.",
    ),
    "answer far too long": (
        "work.pay.opt.yes", "Sí, todos los días sin falta", "error",
        '"Sí, todos los días sin falta" is 28 characters long. A button holds 24: find shorter words.',
    ),
    "button too long": (
        "ui.back", "A la pantalla de antes de esta", "warning",
        '"A la pantalla de antes de esta" is 30 characters long. A button holds 24: find shorter words.',
    ),
    "button cut off on any phone": (
        "ui.back", "Volver a la pantalla que estaba antes de esta", "error",
        '"Volver a la pantalla que estaba antes de esta" is 45 characters long. A button holds 24: find shorter words.',
    ),
    "text too long": (
        "profile.short", "Hechos y lugares. " * 8, "error", "is 144 characters long. At most 120: shorten it.",
    ),
    "two answers alike": (
        "work.pay.opt.no", "sí", "error",
        'reads "sí", as work.pay.opt.yes does. Give each answer words of its own.',
    ),
}  # fmt: skip


def test_a_clean_catalogue_gives_no_finding(spanish: Language, tmp_path: Path) -> None:
    """The words that the faults below are planted in are without one."""
    put(tmp_path, spanish, SPANISH_WORDS)

    assert check_language(tmp_path, spanish, SOURCE) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(spanish: Language, tmp_path: Path, fault: str) -> None:
    """A fault is named with the message's key, the value and what to do, and blocks where it can mislead."""
    key, wrong, level, says = FAULTS[fault]
    put(tmp_path, spanish, SPANISH_WORDS | {key: wrong})

    found = check_language(tmp_path, spanish, SOURCE)

    assert (found[0].level, str(found[0])) == (level, f"locales/es: {key}: {says}")
    assert {finding.address for finding in found} == {f"locales/es: {key}"}


def test_a_whole_language_without_faults_is_clean(content: Content, spanish: Language, tmp_path: Path) -> None:
    """All messages of the bot in made-up words pass every check."""
    tongues.translate(tmp_path, spanish, content.catalogues.source)

    assert check_language(tmp_path, spanish, content.catalogues.source) == []


def test_joiners_are_allowed_where_the_script_needs_them(content: Content, tmp_path: Path) -> None:
    """The zero-width non-joiner belongs to Persian spelling, and to nothing else here."""
    words = {"ui.back": "می\u200cخواهم"}
    for tag, clean in (("fa", True), ("ar", False)):
        language = content.languages.by_tag[tag]
        put(tmp_path, language, words)
        assert (check_language(tmp_path, language, SOURCE) == []) == clean


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "nplurals=2",
            "nplurals=1",
            "locales/es/safety: has another plural rule than languages.toml. Run: waymark locale update",
        ),
        (
            "Language: es",
            "Language: es_ES",
            'locales/es/safety: does not say "Language: es". Run: waymark locale update',
        ),
    ],
)
def test_a_header_of_another_hand_is_found(spanish: Language, tmp_path: Path, old: str, new: str, says: str) -> None:
    """A plural rule or tag that an editor put in is named."""
    path = put(tmp_path, spanish, SPANISH_WORDS)
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    assert [str(finding) for finding in check_language(tmp_path, spanish, SOURCE)] == [says]


def test_a_catalogue_out_of_step_is_found(spanish: Language, tmp_path: Path) -> None:
    """When the English has a message more, the catalogue asks for an update."""
    put(tmp_path, spanish, SPANISH_WORDS)
    newer = SOURCE | {"ui.forth": Message("ui.forth", "Forth", "N")}

    assert [str(finding) for finding in check_language(tmp_path, spanish, newer)] == [
        "locales/es/safety: is not in step with the English. Run: waymark locale update es"
    ]


def test_a_broken_catalogue_is_found(spanish: Language, tmp_path: Path) -> None:
    """A file that no editor can read is named with what is wrong in it."""
    put(tmp_path, spanish, SPANISH_WORDS).write_text('msgid "broken', encoding="utf-8")

    found = check_language(tmp_path, spanish, SOURCE)

    assert found[0].address == "locales/es/safety"
    assert found[0].what.startswith("cannot be read: ")


def test_a_folder_that_is_no_language_is_found(content: Content, tmp_path: Path) -> None:
    """A folder under a name that the table does not have is named."""
    (tmp_path / "spanish").mkdir()

    assert [str(finding) for finding in check_locales(tmp_path, content.languages, content.catalogues)] == [
        "locales/spanish: is no tag of languages.toml. Rename or add the language."
    ]


def test_the_catalogues_that_ship_block_nothing(content: Content) -> None:
    """Every language in the repository passes its checks, and is in step with the English."""
    found = check_locales(ROOT / "locales", content.languages, content.catalogues)

    assert [str(finding) for finding in found if finding.level == "error"] == []


def test_catalogues_carry_no_dates(content: Content) -> None:
    """A change of words is the only thing that changes a file."""
    for path in (ROOT / "locales").rglob("*.po"):
        with path.open("rb") as file:
            assert not any("date" in str(header).lower() for header, _ in _headers(file)), path


def _headers(file: object) -> list[tuple[str, str]]:
    text = file.read().decode("utf-8").partition("\n\n")[0]  # type: ignore[attr-defined]
    return [(line.partition(":")[0], line) for line in text.splitlines() if line.startswith('"')]
