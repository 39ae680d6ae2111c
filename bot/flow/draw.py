"""Draw a flow as a Mermaid statechart, with its signals on the arrows."""

from __future__ import annotations

from bot.flow.model import Flow

MAX_LABEL = 60


def draw(flow: Flow) -> str:
    """Mermaid text: paste it where Mermaid is rendered, or into a Markdown page."""
    lines = ["stateDiagram-v2", f"    %% {flow.title}", f"    [*] --> {_id(flow.start)}"]
    for step in flow.steps.values():
        kind = "" if step.is_question else "(card) "
        lines.append(f"    {_id(step.id)} : {_words(kind + step.text)}")
        if step.only_if:
            lines.append(f"    note right of {_id(step.id)} : only if {' or '.join(step.only_if)}")
    for step in flow.steps.values():
        for option in step.options:
            signals = f" [{', '.join(str(signal) for signal in option.signals)}]" if option.signals else ""
            target = "[*]" if option.go == "LEAVE" else _id(option.go)
            lines.append(f"    {_id(step.id)} --> {target} : {_words(option.say + signals)}")
    return "\n".join(lines)


def _id(name: str) -> str:
    return name.replace("@", "to_").replace(".", "_")


def _words(text: str) -> str:
    """Text without the marks that Mermaid reads as its own."""
    plain = text.replace(":", " -").replace(";", ",").replace("\n", " ").replace("#", "")
    return plain if len(plain) <= MAX_LABEL else plain[: MAX_LABEL - 1] + "…"
