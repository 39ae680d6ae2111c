"""Noise is always on and correct: it follows its law exactly, and nothing can turn it off."""

import ast
import math
import os
import random
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from pathlib import Path

import opendp.prelude as dp
import pytest

from bot.counts.noise import SCALE, Laplace, permit

DRAWS = 100_000
EDGE = 14  # what lies further out is one class on each side
ROOT = Path(__file__).parents[2]


def mass(k: int) -> float:
    p = math.exp(-1 / SCALE)
    return (1 - p) / (1 + p) * p ** abs(k)


def expected_share(k: int) -> float:
    """The share of a class: one value, or at the edge the whole tail."""
    p = math.exp(-1 / SCALE)
    return p**EDGE / (1 + p) if abs(k) == EDGE else mass(k)


def clipped(draws: list[int]) -> Counter[int]:
    return Counter(max(-EDGE, min(EDGE, k)) for k in draws)


def chance_of_more(chi_square: float, degrees: int) -> float:
    """The upper tail of the chi-square distribution, by the series of the lower incomplete gamma function."""
    a, x = degrees / 2, chi_square / 2
    term = total = 1 / a
    n = a
    while term > total * 1e-15:
        n += 1
        term *= x / n
        total += term
    return 1 - total * math.exp(-x + a * math.log(x) - math.lgamma(a))


def fit(draws: list[int]) -> float:
    """How likely so bad a fit to the exact law is if the law holds."""
    seen = clipped(draws)
    chi_square = sum(
        (seen[k] - len(draws) * expected_share(k)) ** 2 / (len(draws) * expected_share(k))
        for k in range(-EDGE, EDGE + 1)
    )
    return chance_of_more(chi_square, 2 * EDGE)


@pytest.fixture(scope="module")
def draws() -> list[int]:
    noise = Laplace(random.Random(20_260_117).getrandbits)
    return [noise.draw() for _ in range(DRAWS)]


def test_the_yardstick_knows_its_table() -> None:
    """The chi-square tail used below gives the values of the printed tables."""
    assert chance_of_more(3.841459, 1) == pytest.approx(0.05, abs=1e-6)
    assert chance_of_more(56.8923, 28) == pytest.approx(0.001, abs=1e-5)


def test_shares_of_the_law_add_up_to_one() -> None:
    """The expected shares, tails included, are a whole."""
    assert sum(expected_share(k) for k in range(-EDGE, EDGE + 1)) == pytest.approx(1, abs=1e-12)


def test_hundred_thousand_draws_fit_the_exact_law(draws: list[int]) -> None:
    """100,000 draws do not differ from the exact mass function (p > 0.001)."""
    assert fit(draws) > 0.001


def test_operating_system_draws_fit_the_exact_law() -> None:
    """The sampler as shipped follows the law too; the bar is low enough never to fail by chance."""
    noise = Laplace()

    assert fit([noise.draw() for _ in range(20_000)]) > 1e-9


@pytest.mark.parametrize("wrong", ["scale", "double zero", "shift"])
def test_the_yardstick_finds_a_wrong_sampler(draws: list[int], wrong: str) -> None:
    """A sampler of another scale, with zero twice as likely, or off by a little, fails the same test."""
    rng = random.Random(5)
    if wrong == "scale":
        bad = [k + rng.choice([-1, 0, 0, 0, 0, 1]) for k in draws]
    elif wrong == "double zero":
        bad = [0 if k == 1 and rng.random() < 0.2 else k for k in draws]
    else:
        bad = [k + (rng.random() < 0.1) for k in draws]

    assert fit(bad) < 0.001


def test_draws_agree_with_a_reference_sampler(draws: list[int]) -> None:
    """A sampler built another way, as the difference of two geometric numbers, gives the same spread."""
    rng = random.Random(7)
    p = math.exp(-1 / SCALE)

    def geometric() -> int:
        return int(math.log(1 - rng.random()) / math.log(p))

    ours, theirs = clipped(draws), clipped([geometric() - geometric() for _ in range(DRAWS)])
    chi_square = sum((ours[k] - theirs[k]) ** 2 / (ours[k] + theirs[k]) for k in range(-EDGE, EDGE + 1))

    assert chance_of_more(chi_square, 2 * EDGE) > 0.001


def test_draws_agree_with_opendp(draws: list[int]) -> None:
    """The sampler of a published library, which was proven and reviewed elsewhere, gives the same spread."""
    dp.enable_features("contrib")
    sampler = dp.m.make_laplace(dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int), scale=float(SCALE))
    ours, theirs = clipped(draws), clipped(sampler([0] * len(draws)))
    chi_square = sum((ours[k] - theirs[k]) ** 2 / (ours[k] + theirs[k]) for k in range(-EDGE, EDGE + 1))

    assert chance_of_more(chi_square, 2 * EDGE) > 1e-6  # its bits are the system's: no seed keeps it from bad luck


def test_both_signs_are_equally_likely(draws: list[int]) -> None:
    """Up and down come equally often, within four standard deviations."""
    up, down = sum(k > 0 for k in draws), sum(k < 0 for k in draws)

    assert abs(up - down) < 4 * math.sqrt(up + down)


def test_a_wager_is_won_with_probability_exp_of_minus_one_half() -> None:
    """Every branch of the wager, weighed with fractions, gives the alternating series of exp(-1/2) term by term."""

    class Script(Laplace):
        """Wins the first `wins` wagers, loses the next, and weighs that path."""

        def __init__(self, wins: int) -> None:
            super().__init__()
            self.wins, self.weight = wins, Fraction(1)

        def below(self, n: int) -> int:
            if self.wins:
                self.wins -= 1
                self.weight *= Fraction(1, n)
                return 0
            self.weight *= Fraction(n - 1, n)
            return 1

    yes, depth = Fraction(0), 11
    for wins in range(depth + 1):
        path = Script(wins)
        yes += path.weight if path.goes_on() else 0 * path.weight

    series = sum(Fraction((-1) ** j, SCALE**j * math.factorial(j)) for j in range(depth + 1))
    assert yes == series


@pytest.mark.parametrize("n", [2, 4, 6, 8, 10, 12])
def test_a_number_below_n_is_uniform(n: int) -> None:
    """Each bit pattern that fits is taken as it is and each other one thrown away, so every number weighs the same."""
    width = (n - 1).bit_length()
    taken: Counter[int] = Counter()
    for pattern in range(2**width):
        asked: list[int] = []

        def bits(width: int, asked: list[int] = asked, pattern: int = pattern) -> int:
            asked.append(width)
            return pattern if len(asked) == 1 else 0

        number = Laplace(bits).below(n)
        assert asked == [width] * len(asked)
        if len(asked) == 1:
            taken[number] += 1

    assert taken == Counter(range(n))


def test_negative_zero_is_drawn_again() -> None:
    """Zero with a minus sign is thrown away, otherwise zero would come up twice as often."""
    stays_zero = [0, 1]  # the first wager is won with 1 bit, the second lost with 2 bits: an even stop, so size 0
    minus, plus = 1, 0
    answers = iter([*stays_zero, minus, *stays_zero, plus])
    noise = Laplace(lambda _bits: next(answers))

    assert (noise.draw(), list(answers)) == (0, [])


def test_noise_uses_whole_numbers_only() -> None:
    """The sampler holds no floating-point number, no division and no mathematics library."""
    tree = ast.parse((ROOT / "bot/counts/noise.py").read_text(encoding="utf-8"))
    floats = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, float)]
    divisions = [n for n in ast.walk(tree) if isinstance(n, ast.Div)]
    libraries = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}

    assert ([], [], {"secrets", "sys"}) == (floats, divisions, libraries)


def test_no_setting_reaches_the_noise() -> None:
    """No file of the counts reads the environment, the command line or a settings file."""
    for path in (ROOT / "bot/counts").glob("*.py"):
        names = {n.attr for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Attribute)}

        assert not names & {"environ", "getenv", "argv", "flags", "orig_argv", "_xoptions"}, path.name


RELEASE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.counts.ledger import Ledger
from bot.counts.noise import SCALE, Laplace
from bot.counts.schema import Schema
from bot.errors import WaymarkError

class None_(Laplace):
    def draw(self):
        return 0

class Quiet:
    is_genuine = True
    def draw(self):
        return 0

schema, now = Schema.build([("a", ())], ["en"]), lambda: datetime(2026, 1, 1, tzinfo=UTC)
for noise in (None_(), Quiet(), Laplace(lambda bits: 0)):
    try:
        Ledger(Path(sys.argv[1]) / "c.db", schema, now, noise)
    except WaymarkError:
        continue
    print("accepted", noise)
print(SCALE, Ledger(Path(sys.argv[1]) / "c.db", schema, now).state)
"""


@pytest.mark.parametrize(
    ("flags", "settings"),
    [
        ([], {}),
        (["-O"], {"PYTEST_CURRENT_TEST": "x", "PYTEST_VERSION": "9", "WAYMARK_TESTING": "1", "WAYMARK_NOISE": "0"}),
        (["-X", "dev"], {"WAYMARK_SCALE": "0", "WAYMARK_EPSILON": "1000", "WAYMARK_RELEASE": "0", "DEBUG": "1"}),
    ],
)
def test_a_release_refuses_every_other_noise(tmp_path: Path, flags: list[str], settings: dict[str, str]) -> None:
    """Outside a test run no other sampler is accepted and the scale is 2, whatever the variables, files and flags."""
    (tmp_path / "waymark.toml").write_text("noise = 0\nscale = 0\ntesting = true\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, *flags, "-c", RELEASE, str(tmp_path)],
        env={**os.environ, **settings, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "2 ready\n"


def test_a_test_run_may_fix_the_noise() -> None:
    """Inside a test run a seeded source is accepted."""
    permit(Laplace(random.Random(1).getrandbits))
