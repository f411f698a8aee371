"""A file of patients planned twice, with one policy of rounding or supply and with another: what one asks for against the other."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from ivigcalc.batch.planning import CUT, Memory, Problem, Task, plan_row, read_record
from ivigcalc.batch.reading import Record
from ivigcalc.data import Data
from ivigcalc.demand.rows import Row
from ivigcalc.demand.savings import Savings, Side
from ivigcalc.demand.summing import Sums, add, finish, start
from ivigcalc.errors import InputError, Refused
from ivigcalc.model import Plan
from ivigcalc.site import ROUNDING, SUPPLY

AS_IS = "as-is"
"""The policy that leaves every row as it stands."""
OPTIONS = (*ROUNDING, *SUPPLY)
"""The options that a policy may set: how a dose is rounded and drawn up, never the dose or the patient."""


class Policy(NamedTuple):
    """A policy, which wins over the cells of every row."""

    name: str  # as typed
    options: dict[str, str]


class _Side:
    """A side while rows are read."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.calculated_g = Fraction(0)
        self.sums: Sums = start(("product",))


def read_policies(texts: Iterable[str]) -> tuple[Policy, Policy]:
    """Read the two policies that are to be compared.

    Args: each as typed, such as "round=5 g" or "product=privigen-us;round=vial".
    Returns: both.
    Raises: InputError.
    """
    found = [_policy(text) for text in texts]
    if len(found) != 2:
        raise InputError(
            f"--compare stands {'once' if len(found) == 1 else f'{len(found)} times'}; write it twice, one policy against the other, "
            f'such as --compare {AS_IS} --compare "round=vial"'
        )
    first, second = found
    if first.options == second.options:
        raise InputError(f'--compare: "{first.name}" and "{second.name}" are the same policy; change one of them')
    return first, second


def _policy(text: str) -> Policy:
    name = " ".join(text.split())
    if name.lower() == AS_IS:
        return Policy(AS_IS, {})
    options: dict[str, str] = {}
    for part in filter(None, map(str.strip, name.split(";"))):
        option, equals, value = (word.strip() for word in part.partition("="))
        if not equals or not value:
            raise InputError(f'--compare: {part!r} is no option with its value; write such as "round=5 g", "vials=10,20", or {AS_IS}')
        if option not in OPTIONS:
            raise InputError(f"--compare: {option!r} is no option of rounding or supply; write one of {', '.join(OPTIONS)}")
        if option in options:
            raise InputError(f"--compare: {option} stands twice in {name!r}; write it once")
        options[option] = value
    if not options:
        raise InputError(f'--compare: nothing was given; write such as "round=5 g", "vials=10,20", or {AS_IS}')
    return Policy(name, options)


def with_policy(texts: dict[str, str], policy: Policy) -> dict[str, str]:
    """The cells of a row under a policy; what belongs to a choice goes with it, as where an option is typed beside a site file.

    Args: the cells by column; the policy.
    Returns: the cells.
    """
    gone = set(policy.options)
    if not gone.isdisjoint(("product", "concentration")):
        gone |= {*SUPPLY, "ramp"}
    if "round" in gone:
        gone |= {"direction", "round-over"}
    return {**{name: text for name, text in texts.items() if name not in gone}, **policy.options}


def compare(
    records: Iterable[Record],
    policies: tuple[Policy, Policy],
    task: Task,
    data: Data,
    report: Callable[[Problem], object],
    advance: Callable[[int], object],
) -> Savings:
    """Plan every record with both policies, and add up those that both of them plan.

    Args: the records; the policies; what is the same for all; the data files; what takes a row that one of them does not plan; what
    takes the number of rows so far.
    Returns: both sides.
    """
    sides = _Side(policies[0]), _Side(policies[1])
    memory = Memory({}, {})
    counts: Counter[tuple[bool, bool]] = Counter()
    for record in records:
        plans = _plans(record, policies, task, data, memory, report)
        if plans is None:
            continue
        first, second = plans
        counts[first is not None, second is not None] += 1
        if first and second:
            _add_both(sides, (first, second))
        advance(counts.total())
    prices = data.site.prices if data.site else None
    one, two = (Side(*side.policy, side.calculated_g, finish(side.sums, prices)) for side in sides)
    return Savings(one, two, counts.total(), counts[True, True], counts[True, False], counts[False, True], counts[False, False])


def _plans(
    record: Record, policies: tuple[Policy, Policy], task: Task, data: Data, memory: Memory, report: Callable[[Problem], object]
) -> tuple[Plan | None, Plan | None] | None:
    """A record planned with both policies, None for one that does not plan it; None alone for a record without a word."""
    try:
        row = read_record(record, task.header)
    except InputError as error:
        report(Problem(record.line, "", "faulty", str(error)))
        return None, None
    if row is None:
        return None
    plans: list[Plan | None] = [None, None]
    said: dict[str, list[str]] = {}  # what is wrong -> with which policies
    for number, policy in enumerate(policies):
        try:
            plans[number] = plan_row(with_policy(row.texts, policy), task, data, memory)[0]
        except (InputError, Refused) as error:
            kind = "refused" if isinstance(error, Refused) else "faulty"
            said.setdefault(f"{kind}:{str(error).removeprefix('--')}", []).append(policy.name)
    for what, names in said.items():
        kind, _, message = what.partition(":")
        report(Problem(record.line, row.id, "refused" if kind == "refused" else "faulty", f"with {' and '.join(names)}: {message}"))
    if record.cut:
        report(Problem(record.line, row.id, "note", CUT))
    return plans[0], plans[1]


def _add_both(sides: tuple[_Side, _Side], plans: tuple[Plan, Plan]) -> None:
    """Add a patient to both sides; vials or times that one side does not know are left out of both, so that like stands against like."""
    with_vials = all(infusion.given.vials is not None for plan in plans for infusion in plan.infusions)
    with_minutes = all(infusion.given.minutes is not None for plan in plans for infusion in plan.infusions)
    for side, plan in zip(sides, plans, strict=True):
        side.calculated_g += plan.calculated_g
        for row in _rows(plan):
            kept = row if with_vials else row._replace(vials=None, wasted_g=None)
            add(side.sums, kept if with_minutes else kept._replace(minutes=None))


def _rows(plan: Plan) -> Iterator[Row]:
    supply = plan.choices.supply
    product = supply.product.id if supply and supply.product else ""
    codes = tuple(finding.code for finding in plan.findings)
    for i in plan.infusions:
        given = i.given
        yield Row(
            "", "", i.phase, i.cycle, i.day, i.days, i.date, i.ordered_g, product, given.vials, given.wasted_g, given.minutes, codes
        )  # fmt: skip
