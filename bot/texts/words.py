"""Words that are not in flow files: buttons of every screen, frames around contacts, notices, the bot's profile.

Each call of `word` is one message: its key (msgctxt), the English, its class and a note for translators. Babel reads
the calls themselves (`waymark locale update`), so a word exists in one place.

Classes: S safety, Q question, I information, N navigation (locales/README.md says what each means for drafts).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Class = Literal["S", "Q", "I", "N"]
BUTTON_LIMIT = 24
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")

MARKED = re.compile(r"[\d{}\n]")


@dataclass(frozen=True, slots=True)
class Message:
    """One thing the product says: its key, its English, and what a translator must know.

    limit: characters, 0 = none of its own. plural: the English for other counts than one, where {n} makes a difference.
    reader: who speaks to whom. leads: the screen that an answer leads to, by its address, or in words.
    """

    key: str
    english: str
    weight: Class = "N"
    domain: str = "safety"
    limit: int = 0
    note: str = ""
    plural: str = ""
    reader: str = ""
    leads: str = ""

    @property
    def bare(self) -> bool:
        """Whether it holds no figure and no {name}, so that its translations hold none either."""
        return MARKED.search(self.english) is None


# What stands in place of a {name}: meaning, and an example.
PLACEHOLDERS: dict[str, tuple[str, str]] = {
    "answer": ("the answer given, in your words", "Yes"),
    "app": ("the name of a messaging app", "WhatsApp"),
    "citation": ("where an instrument was published", "Example 2020"),
    "date": ("a day", "2026-11-22"),
    "first_three_not_yet": ("up to three items of the checklist, in your words", "We train new staff."),
    "full": ("how many items are in place, a figure", "4"),
    "hours": ("opening hours, as the directory has them", "Mo-Fr 09:00-17:00"),
    "keyword": ("a word to send as a text message", "HELP"),
    "languages": ("names of languages, each as its speakers write it", "English, Español"),
    "limits": ("what a line does not do, as the directory has it", "Only for people under 18."),
    "n": ("a count", "3"),
    "name": ("the name of an instrument", "Example form"),
    "none": ("how many items are not in place, a figure", "2"),
    "owner": ("the organisation that owns an instrument", "Example organisation"),
    "part": ("how many items are in place in part, a figure", "3"),
    "question": ("a question that was asked, in your words", "Who holds your ID, passport or phone?"),
    "source": ("the web site a line was read on", "example.org"),
    "version": ("a short code", "3f2a9c1b"),
}

WORDS: dict[str, Message] = {}


def with_samples(text: str) -> str:
    """A text with an example in place of each {name}."""
    return PLACEHOLDER.sub(lambda match: PLACEHOLDERS.get(match[1], ("", match[0]))[1], text)


def word(key: str, english: str, weight: Class = "N", note: str = "", *, limit: int = 0) -> str:
    """Register one message and return its key."""
    WORDS[key] = Message(key, english, weight, "safety", limit, note)
    return key


def button(key: str, english: str, note: str = "") -> str:
    """A word on a button."""
    return word(key, english, "N", note, limit=BUTTON_LIMIT)


# fmt: off
# Buttons of every screen.
button("ui.back", "Back", "To the screen before.")
button("ui.help", "Get help now", "Shows telephone numbers. On every screen.")
button("ui.leave", "Leave now", "Empties the chat at once. On every screen.")
button("ui.language", "Language", "Opens the list of languages.")
button("ui.start", "Start", "Begins a talk.")
button("ui.start_again", "Start again", "Begins a talk anew after a button could not be read.")
button("ui.more_languages", "More languages", "Opens the next page of languages.")
button("ui.choose_place", "Choose a country", "Opens the list of countries.")
button("ui.other_place", "Another country", "Opens the list of countries; one was chosen before.")
button("ui.choose_region", "Choose a region", "Opens the list of states, provinces or regions of the country.")
button("ui.whole_country", "Whole country", "Shows lines that serve the whole country, not one region.")
button("ui.cannot_talk", "I cannot talk now", "Lines that take text come first.")
button("ui.can_talk", "I can talk", "Undoes the button 'I cannot talk now'.")
button("ui.fear", "I fear officials", "The person fears police or visa staff; other lines come first.")
button("ui.no_fear", "Officials are fine", "Undoes the button 'I fear officials'.")
button("ui.listen", "Listen", "Plays a recording of the words on the screen.")
button("button.menu.roles", "Signs at my work", "Opens a list of checks for people in seven kinds of work.")

# A guided talk: a worker and a client at one phone.
button("ui.client_language", "Client's language", "Opens the list of languages; questions then show in both.")
button("ui.one_language", "One language only", "Undoes the choice of a second language.")
button("ui.hand_over", "Hand over the phone", "The client answers alone; results and notes for the worker are hidden.")
button("ui.give_back", "Give the phone back", "In the client's view: the worker takes over again.")
button("ui.worker_again", "I am the worker", "Confirms that the worker holds the phone again.")
button("ui.client_still", "I am the client", "Goes on in the client's view.")
button("ui.client_unsure", "Not sure", "An answer, in the client's own view.")
button("ui.client_skip", "Skip this", "An answer, in the client's own view.")
word("ui.client_languages", "Which language does the person read? Questions will show in both.", "N", "To the worker, above a list of languages.")
word("ui.please_return", "Thank you. Please give the phone back now.", "S", "To the client: the next screen is for the worker.")
word("ui.who_holds", "Who holds the phone now?", "S", "Asked before the worker's screens come back.")
word("ui.say_this", "Say:", "N", "To the worker, above words to say out loud.")
word("ui.for_you", "For you:", "N", "To the worker, above words that are not said out loud.")
word("ui.touched", "Touched on:", "I", "To the worker, above a list of topics that the answers touched.")
word("ui.summary_once", "Read this once. It is gone when you leave. Write no names anywhere.", "S", "To the worker, on the result.")
word("ui.instrument", "Instrument: {name}. Owner: {owner}. {citation}", "I", "To the worker, before a licensed form.")

# Screens of their own.
word("ui.languages", "Choose your language.", "N", "Above the list of languages.")
word("ui.menu", "What would you like to read?", "N", "Above a list of short texts and checks.")
word("ui.places", "Which country are you in now? I only use this to pick contacts.", "S", "Above a list of countries.")
word("ui.regions", "Which part of the country? You can also see lines for the whole country.", "S", "Above a list of regions.")
word("ui.unread", "I cannot read this button any more. You can start again, get help now, or leave.", "S",
     "Shown for every button that is too old or was made for another chat.")
word("ui.done", "Thank you. Take care of yourself.", "I", "The last line after a guided talk, to the worker.")
word("ui.nothing", "nothing", "I", "Stands where a list of open points would be, when there is none.")

# Around questions and results.
word("ui.signs", "These answers are signs that others have named too:", "I", "Above a list of the person's own answers.")
word("ui.sign", "{question} {answer}", "I", "One line of that list: the question and the answer given.")
word("ui.list_none", "Not yet:", "I", "Above checklist items that are not in place.")
word("ui.list_part", "In part:", "I", "Above checklist items that are in place in part.")
word("ui.list_empty", "Nothing is marked as not yet or in part.", "I", "When the checklist has no open item.")
word("ui.enough_to_offer", "Enough to offer help.", "I", "A quiet line to the worker: no more questions are needed.")
word("ui.draft", "No person has checked these words in your language yet. English stands below them.", "S",
     "Shown before the first question while the translation is a draft.")
word("ui.draft_part", "No person has checked these words in your language yet.", "S", "The same, for texts without questions.")
word("ui.withheld", "I do not have these questions in your language yet. Help contacts are ready for you.", "S",
     "Shown instead of a screening whose translation nobody has checked.")

# Contacts. Numbers, names and links come from the directory and never stand in these texts.
word("contact.title", "These people can help. You choose if and when.", "S", "Above a list of at most five contacts.")
word("contact.urgent", "In danger now? Start with the first one.", "S", "Above the list when someone is in danger.")
word("contact.only_emergency", "For this country I only know the emergency number. Lines in other countries may still listen.", "S",
     "When the directory has nothing else for a country.")
word("contact.empty", "I have no checked number for this country. Lines in other countries may still listen.", "S",
     "When the directory has nothing to show for a country, not even an emergency number.")
word("contact.none", "I have no checked contact here. Choose a country to see who can help.", "S", "When no country was chosen.")
word("contact.call", "Call:", "I", "Before a telephone number on its own line.")
word("contact.call_abroad", "From another country:", "I", "Before a telephone number on its own line.")
word("contact.text", "Text message:", "I", "Before a number that takes text messages.")
word("contact.text_keyword", "Send the word {keyword} to:", "I", "Before a number that takes text messages. {keyword} is for example HELP.")
word("contact.video", "Sign language video call:", "I", "Before a number for video calls.")
word("contact.app", "Message with {app}:", "I", "Before a number. {app} is the name of a messaging app.")
word("contact.chat", "Chat on the web:", "I", "Before a web address.")
word("contact.web", "Web page:", "I", "Before a web address.")
word("contact.hours", "Open: {hours}", "I", "{hours} is for example 24/7 or Mon-Fri 09:00-17:00.")
word("contact.open_now", "Open now.", "I", "By its stated hours, at the moment of the tap. Holidays are not known.")
word("contact.closed_now", "Closed now.", "I", "By its stated hours, at the moment of the tap.")
word("contact.always", "Day and night", "I", "Opening hours: at all hours, every day.")
word("contact.languages", "Languages: {languages}", "I", "{languages} is a list of language names.")
word("contact.interpreters", "interpreters", "I", "In a list of languages: the line has interpreters.")
word("contact.free", "Free to call.", "S", "Only where the source says so.")
word("contact.no_name", "You do not have to give your name.", "S", "Only where the source says so.")
word("contact.police", "Run by, or passes reports to, police or state staff.", "S", "Only where the source says so.")
word("contact.limits", "Serves: {limits}", "I", "Whom a place takes in, in English, as the source says.")
word("contact.checked", "Checked on {date}. Source: {source}", "I", "{date} is for example 2026-11-22, {source} a web site's name.")
word("contact.stale", "Not checked for some time. It may have changed.", "S", "Below a contact whose check is getting old.")
word("contact.low", "Not confirmed: for workers only.", "S", "Below a contact that only workers see.")
word("kind.emergency", "Emergency", "I", "What a line is, before its name.")
word("kind.hotline", "Help line", "I", "What a line is, before its name.")
word("kind.textline", "Text line", "I", "What a line is, before its name.")
word("kind.chat", "Web chat", "I", "What a line is, before its name.")
word("kind.youth", "For children and young people", "I", "What a line is, before its name.")
word("kind.labor", "Worker rights", "I", "What a line is, before its name.")
word("kind.legal", "Legal help", "I", "What a line is, before its name.")
word("kind.immigration", "Help for migrants", "I", "What a line is, before its name.")
word("kind.shelter_intake", "Shelter", "I", "What a line is, before its name.")
word("kind.health", "Health", "I", "What a line is, before its name.")
word("kind.training", "Training", "I", "What a body offers, before its name.")
word("kind.tipline", "Line for reports", "I", "A line that takes reports from the public, often for police.")

# The five statements that must be true and stand in every language (about the chat, not about the person's case).
word("privacy.company", "The company of this app can read this chat. I keep no record of you.", "S", "Statement 1 of 5.")
word("privacy.phone", "Someone who holds your phone may see this chat.", "S", "Statement 2 of 5.")
word("privacy.leave", "Leave now empties what I can remove: my messages and yours from the last 48 hours.", "S", "Statement 3 of 5.")
word("privacy.chat", "To remove the chat itself: hold the chat in the list and delete it. Also stop the bot.", "S", "Statement 4 of 5.")
word("privacy.spyware",
     "Leaving does not hide you from spy programs and does not undo what was already seen. If that worries you, use a phone they do not control.",
     "S", "Statement 5 of 5.")
word("privacy.counts", "I only keep rough counts of how often a talk was used. They cannot be traced to a person.", "S", "On the page about privacy.")
word("about.text", "I am a program, not a person. I show signs to think about and contacts who can help. I cannot say what is true in your case.",
     "S", "On the page about the bot.")
word("about.content", "Version of questions and contacts: {version}", "I", "{version} is a short code.")

# The bot's profile, seen before a talk begins and after it was emptied: neutral, for anyone who holds the phone.
word("profile.description", "Facts about work, travel and daily life, and places to ask. Tap Start.", "I",
     "Shown in an empty chat. Neutral: anyone may see it.", limit=512)
word("profile.short", "Facts and places to ask.", "I", "Shown on the bot's profile. Neutral: anyone may see it.", limit=120)
word("command.start", "Start", "N", "In the menu of commands.", limit=256)
word("command.help", "Contacts", "N", "In the menu of commands.", limit=256)
word("command.exit", "Leave and empty the chat", "N", "In the menu of commands.", limit=256)
word("command.language", "Language", "N", "In the menu of commands.", limit=256)
word("command.privacy", "What is kept", "N", "In the menu of commands.", limit=256)
word("command.about", "What this is", "N", "In the menu of commands.", limit=256)
word("leave.words", "exit, stop, leave", "S",
     "Words a person may type to leave at once, separated by commas. Choose the shortest common ones of your language.")
# fmt: on
