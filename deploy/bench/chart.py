"""A picture of the figures: bars of processor time a tap, on a scale that shows small and large ones alike."""

from __future__ import annotations

import math
import statistics
from html import escape

NAMES = {
    "floor_polling": "bare protocol, constant replies (polling)",
    "floor_webhook": "bare protocol, constant replies (webhook)",
    "waymark_polling": "Waymark (polling)",
    "waymark_webhook": "Waymark (webhook)",
    "grammy": "grammY",
    "aiogram_dialog": "aiogram-dialog",
    "ptb_conversation": "python-telegram-bot ConversationHandler",
}
LEFT, WIDTH, ROW, TOP = 290, 380, 30, 44
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2430 }
.bar { fill: #8a94a6 } .ours { fill: #2f6fde } .line { stroke: #1f2430; stroke-width: 1.5 } .soft { opacity: .7 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e9ef } .bar { fill: #6b7485 } .ours { fill: #6ea0ff } .line { stroke: #e6e9ef }
}
"""


def draw(figures: dict[str, list[float]]) -> str:
    """An SVG that reads on light and on dark ground; thin lines reach from the least to the most of the rounds."""
    named = [(name, figures[name]) for name in NAMES if figures.get(name)]
    least = min(min(each) for _, each in named) / 1.5
    most = max(max(each) for _, each in named) * 1.1
    height = TOP + ROW * len(named) + 14

    def x(value: float) -> float:
        return LEFT + WIDTH * math.log(value / least) / math.log(most / least)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 90}" height="{height}" role="img" '
        f'viewBox="0 0 {LEFT + WIDTH + 90} {height}"><title>Processor time a tap</title><style>{STYLE}</style>',
        f'<text x="{LEFT}" y="20" class="soft">processor time a tap in microseconds, each step to the right '
        "a multiple</text>",
    ]
    for place, (name, each) in enumerate(named):
        y, middle = TOP + ROW * place, statistics.median(each)
        kind = "bar ours" if name.startswith("waymark") else "bar"
        parts += [
            f'<text x="{LEFT - 10}" y="{y + 15}" text-anchor="end">{escape(NAMES[name])}</text>',
            f'<rect class="{kind}" x="{LEFT}" y="{y + 2}" width="{x(middle) - LEFT:.0f}" height="18" rx="2"/>',
            f'<path class="line" d="M{x(min(each)):.0f} {y + 11}H{x(max(each)):.0f}"/>',
            f'<text x="{x(max(each)) + 8:.0f}" y="{y + 15}">{middle:,.0f}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])
