"""The things ivigcalc talks about. Frozen, without behaviour beyond what their fields mean; the unit is in the name."""

from datetime import date, time
from fractions import Fraction
from typing import Generic, Literal, NamedTuple, TypeVar

from ivigcalc.units import Basis, Dose
from ivigcalc.when import Interval

T = TypeVar("T", int, Fraction, Interval)

Level = Literal["note", "warning", "refusal"]
Direction = Literal["nearest", "down", "up"]

NOT_STATED = "not stated"
"""What stands in a data file, and on the screen, where a source states nothing."""
MOST_DAYS = 31
"""Our own bound on the days of a course."""
MOST_CYCLES = 1_000
"""Our own bound on the courses of a plan."""
STEP_G = (Fraction("0.01"), Fraction(100))
"""Our own bounds on a rounding step, which is a whole number of the least of them."""


class Span(NamedTuple, Generic[T]):
    """What a source states: one figure (low = high) or a range."""

    low: T
    high: T

    @property
    def fixed(self) -> T | None:
        """The one figure, or None for a range."""
        return self.low if self.low == self.high else None


class Source(NamedTuple):
    """Where figures come from; a field is None where the source does not state it."""

    key: str
    citation: str
    url: str | None
    licence: str | None
    read: str  # ISO date on which the source was read
    external: bool  # outside the documents that the regimen was taken from
    kind: str | None = None  # of evidence, such as guideline, label or trial


class Cited(NamedTuple):
    """One place in a source: where, and its words."""

    source: Source
    locator: str
    quote: str

    @property
    def place(self) -> str:
        """The source and where in it."""
        return f"{self.source.citation}, {self.locator}"

    @property
    def place_and_quote(self) -> str:
        """The source, where in it, and its words."""
        return f'{self.place}: "{self.quote}"'


class Cap(NamedTuple):
    """The most that a source allows for a day or a course; from an external source it warns and changes nothing."""

    grams: Fraction | None  # one of these two is stated
    per: Basis
    cited: Cited
    g_per_kg: Fraction | None = None

    def at(self, weight_kg: Fraction) -> Fraction:
        """The cap [g] for a dosing weight [kg]."""
        return self.grams if self.grams is not None else (self.g_per_kg or Fraction(0)) * weight_kg


class Phase(NamedTuple):
    """One part of a regimen, such as loading; None where the source does not state a figure."""

    name: str
    dose: Span[Fraction] | None  # g/kg
    per: Basis
    days: Span[int] | None
    every: Span[Interval] | None
    cycles: Span[int] | None
    begins: Interval | None = None  # from the start of the last course of the phase before
    follows: bool = False  # another phase
    caps: tuple[Cap, ...] = ()
    between: bool = False  # spans the doses of several sources, so that a dose within it is stated by none of them


class Window(NamedTuple):
    """A start window that a source names: within so many days of an event."""

    days: int
    event: str


class Ages(NamedTuple):
    """The ages of a source's patients, where it states them as figures [years]."""

    from_years: Fraction | None
    below_years: Fraction | None


class Conflict(NamedTuple):
    """Where sources differ on a regimen, in words; what one of them says against it is cited."""

    text: str
    between: tuple[str, ...]  # ids of the regimens that it is shown with
    cited: tuple[Cited, ...]


class Regimen(NamedTuple):
    """One cited plan for an indication; `choose` names the regimens it stands for, and then it has no phases."""

    id: str
    name: str
    indication: str
    aliases: tuple[str, ...]
    jurisdiction: str | None
    population: str | None
    weight_basis: str | None
    phases: tuple[Phase, ...]
    choose: tuple[str, ...]
    window: Window | None
    cited: tuple[Cited, ...]
    readings: tuple[str, ...]  # where a plan rests on how the catalogue reads the source
    notes: tuple[str, ...]
    not_stated: tuple[str, ...]
    specialty: str | None = None
    standing: str | None = None  # standard, contested, not routine or historical
    weight_basis_in_pregnancy: str | None = None  # where the source names another weight for it
    conflicts: tuple[Conflict, ...] = ()
    ages: Ages | None = None  # of its source's patients, where these are figures

    @property
    def evidence(self) -> tuple[str, ...]:
        """The kinds of its sources, such as guideline or trial."""
        return tuple(dict.fromkeys(cited.source.kind for cited in self.cited if cited.source.kind))


class Indication(NamedTuple):
    """What people call an indication; its regimens name it by its id."""

    id: str
    name: str
    aliases: tuple[str, ...]


class NotIvig(NamedTuple):
    """A treatment that people ask for here and that is not IVIG."""

    id: str
    aliases: tuple[str, ...]
    explanation: str
    cited: tuple[Cited, ...]


class NotRecommended(NamedTuple):
    """An indication for which a source says that IVIG is not to be given."""

    id: str
    name: str
    aliases: tuple[str, ...]
    explanation: str
    cited: tuple[Cited, ...]


class Catalogue(NamedTuple):
    """Everything that regimens.yaml holds."""

    regimens: dict[str, Regimen]
    indications: dict[str, Indication]
    not_ivig: dict[str, NotIvig]
    not_recommended: dict[str, NotRecommended]
    ambiguous: dict[str, tuple[str, ...]]
    data: bytes  # of the file, for its digest
    others: tuple[str, ...] = ()  # where only one regimen was read: the ids of the others of its indication


class Limit(NamedTuple):
    """A safety limit: more than `g_per_kg` per day or course is refused."""

    code: str
    g_per_kg: Fraction
    per: Basis
    cited: tuple[Cited, ...]


class WeightPolicy(NamedTuple):
    """A published dosing-weight policy: its thresholds and words; the rule itself is a function of dosing/weights.py."""

    id: str
    name: str
    rule: str
    figures: dict[str, Fraction]
    cited: tuple[Cited, ...]

    @property
    def source(self) -> str:
        """Where the rule was read."""
        return "; ".join(cited.place for cited in self.cited)


class NotOffered(NamedTuple):
    """A dosing-weight policy whose rule was read only in part."""

    id: str
    name: str
    missing: str


class WeightPolicies(NamedTuple):
    """The dosing-weight policies of limits.yaml."""

    offered: dict[str, WeightPolicy]
    not_offered: dict[str, NotOffered]


class RoundingRule(NamedTuple):
    """A published rule for rounding a dose, offered by name; None where its source does not state it."""

    id: str
    name: str
    step_g: Fraction
    direction: Direction | None
    over: Basis | None
    ask_below_g: Fraction | None  # a smaller dose has a rule of its own, which `note` holds
    note: str | None
    cited: tuple[Cited, ...]


class RoundingRules(NamedTuple):
    """By how much a rounded dose may depart from the calculated one, and the published rules."""

    limit_percent: Fraction
    cited: tuple[Cited, ...]
    rules: dict[str, RoundingRule]


class Passage(NamedTuple):
    """One place in a source, and what it asks for in words of ours; its own words may not have been kept."""

    source: Source
    locator: str
    says: str
    quote: str | None


class Caution(NamedTuple):
    """What a second person should see of a patient, a product or a schedule: when, what, and who says so."""

    figures: dict[str, Fraction]
    cited: tuple[Passage, ...]


class VaccineRow(NamedTuple):
    """One row of a table of live vaccines: for so much immunoglobulin [g/kg], so many months."""

    from_g_per_kg: Fraction
    to_g_per_kg: Fraction
    months: int
    note: str | None


class VaccineTable(NamedTuple):
    """How long to wait with a live vaccine in one jurisdiction; stepwise, lowest doses first."""

    name: str
    rows: tuple[VaccineRow, ...]
    notes: tuple[str, ...]
    cited: tuple[Passage, ...]


class Cautions(NamedTuple):
    """Everything under `cautions:` and `vaccines:` of limits.yaml, by name."""

    of: dict[str, Caution]
    vaccines: dict[str, VaccineTable]


class Limits(NamedTuple):
    """Everything that limits.yaml holds."""

    doses: tuple[Limit, ...]
    rounding: RoundingRules
    weights: WeightPolicies
    cautions: Cautions | None = None


# Products

V = TypeVar("V", bound=object)

Grade = Literal["full", "mostly", "partial"]
LadderKind = Literal["labelled", "manufacturer chart", "trial protocol", "compendium"]
Risk = Literal["kidney", "thrombosis", "earlier reactions"]

NO_QUOTE = "no verbatim quote of its source was kept"
"""How a figure without a quote is marked wherever it is shown."""


class Figure(NamedTuple, Generic[V]):
    """What a source states of a product; without a quote it is shown as such and never becomes a rate step."""

    value: V
    source: Source
    quote: str | None  # verbatim; None where none was kept
    note: str | None = None


class Rate(NamedTuple):
    """A rate as its source prints it, in one or several units; where these disagree the lowest counts."""

    ml_per_kg_per_h: Fraction  # the lowest of those printed
    printed: tuple[str, ...]  # only the units of the source, such as 3.33 mg/kg/min
    less_than: bool  # the source says less than this: one pump step below
    minutes: Figure[Span[int]] | None  # how long it is held, or of an increment how often
    source: Source
    quote: str | None
    note: str | None
    shown_only: str | None  # why it is never a rate step; None where it may be one
    disagree: bool = False  # the units that its source prints do not come to the same rate


class Ladder(NamedTuple):
    """The steps that a source prints between the first rate and the maximum, each with its minutes."""

    kind: LadderKind
    steps: tuple[Rate, ...]


class RateTable(NamedTuple):
    """The rates of a label for some indications."""

    indications: tuple[str, ...]  # such as pi, itp; all; all-except-pi
    label: str  # the indications in the label's words
    first: Rate
    ladder: Ladder | None  # None where the label prints no steps
    increment: Rate | None  # what each further step adds, after the ladder if there is one
    step_minutes: Figure[Span[int]] | None  # how often the rate may rise
    maximum: Rate
    note: str | None

    def covers(self, indication: str) -> bool:
        """Whether the table is for this indication; nothing is carried over from another."""
        if self.indications[0] == "all":
            return True
        if self.indications[0].startswith("all-except-"):
            return self.indications[0] != f"all-except-{indication}"
        return indication in self.indications


class AtRisk(NamedTuple):
    """What a label asks for in a patient at risk: a maximum, or only a sentence."""

    risks: tuple[Risk, ...]
    rate: Rate | None
    sentence: Figure[str] | None


class Contraindication(NamedTuple):
    """A reason not to give the product, or a warning of its label."""

    name: str  # such as hyperprolinaemia
    kind: Literal["contraindication", "warning"]
    words: Figure[str]


class LabelDose(NamedTuple):
    """A dose of the label in words, for display; its value is None where the indication was read and the dose was not."""

    indications: tuple[str, ...]
    label: str
    population: str | None
    from_age_years: int | None  # where the population has a lowest age
    dose: Figure[str | None]


class Product(NamedTuple):
    """A product on one market in one strength; None where no source that was read states a figure."""

    id: str
    name: str
    brand: str  # what its markets and strengths share
    aliases: tuple[str, ...]
    market: str
    form: str
    grade: Grade  # how much of its label was read
    concentration: Figure[tuple[Fraction, ...]]  # g/mL, lowest first; several where it is made up in several strengths
    vials: Figure[tuple[Fraction, ...]] | None  # g, largest first
    stabiliser: Figure[str] | None
    sugar: Figure[str] | None
    iga: Figure[str] | None
    sodium: Figure[str] | None
    osmolality: Figure[str] | None
    ph: Figure[str] | None
    doses: tuple[LabelDose, ...]
    rates: tuple[RateTable, ...]
    at_risk: tuple[AtRisk, ...]
    contraindications: tuple[Contraindication, ...]
    conflicts: tuple[str, ...]  # between sources
    missing: tuple[str, ...]
    notes: tuple[str, ...]
    not_listed: tuple[str, ...]  # others of this brand that are sold and are not in the file

    @property
    def g_per_ml(self) -> Fraction | None:
        """The one concentration, or None where it must be chosen."""
        return self.concentration.value[0] if len(self.concentration.value) == 1 else None

    @property
    def vials_g(self) -> tuple[Fraction, ...]:
        """The vial sizes [g], largest first; none where no source states them."""
        return self.vials.value if self.vials else ()


class RampStep(NamedTuple):
    """A rate of a ramp and how long it is held; None until the end of the infusion."""

    rate: Fraction  # mL/kg/h, or mL/h where it does not rest on the weight
    minutes: Fraction | None
    per_kg: bool = True


class Ramp(NamedTuple):
    """A named or typed way to raise the rate of an infusion; nothing in it may exceed the label's maximum."""

    name: str  # as it is asked for
    words: str  # what it is
    steps: tuple[RampStep, ...]  # none for one that doubles the label's first rate
    doubles_after: Fraction | None = None  # minutes
    product: str | None = None  # the only product that it is for; None where its source names none
    cited: Cited | None = None
    note: str | None = None


class Formulary(NamedTuple):
    """Everything that products.yaml holds."""

    products: dict[str, Product]
    ramps: dict[str, Ramp]
    indications: dict[str, str]  # the indication of a regimen -> the short name that labels have here
    data: bytes  # of the file, for its digest


class Supply(NamedTuple):
    """What the doses are drawn from: a product in one strength, a strength alone, or only the vials on the shelf."""

    product: Product | None
    g_per_ml: Fraction | None
    vials_g: tuple[Fraction, ...]  # larger first; none where they are not known
    vials_by_hand: bool


class RateCap(NamedTuple):
    """The most that a label allows; `less_than` where the label says less than this figure."""

    ml_per_kg_per_h: Fraction
    less_than: bool
    at_risk: bool = False  # it is the label's figure for a patient at risk
    shown_only: str | None = None  # why it is never a rate step


class RateChoice(NamedTuple):
    """What was chosen of the rate of an infusion."""

    table: RateTable | None = None  # the label's rates for the indication
    indication: str | None = None  # that was asked for with --rate-for
    passed_over: str | None = None  # of the same label: its rates for the regimen's own indication, where others were asked for
    open: str | None = None  # why there is no table
    mend: str | None = None  # what would give one
    ramp: Ramp | Literal["printed"] | None = None
    risks: tuple[Risk, ...] = ()
    pump_step: Fraction = Fraction("0.1")  # mL/h, what common pumps take; our own default, shown with the steps
    start: time | None = None


class Rates(NamedTuple):
    """How fast an infusion may run, and the ramp that it runs by, if there is one."""

    choice: RateChoice
    at_risk: tuple[AtRisk, ...]
    cap: RateCap | None
    ramp: Ramp | None
    ladder: tuple[RampStep, ...]  # of the ramp, in mL/kg/h; none where only a first rate and a maximum are known
    weight_kg: Fraction  # the lower of actual and dosing weight: our own choice
    first_ml_per_h: Fraction | None
    most_ml_per_h: Fraction | None


class PumpStep(NamedTuple):
    """A step as the pump runs it."""

    ml_per_kg_per_h: Fraction  # as the ramp or the cap says
    ml_per_h: Fraction  # what to set: rounded down to the pump's own step
    minutes: Fraction
    volume_ml: Fraction
    so_far_ml: Fraction
    ends_after_minutes: Fraction
    capped: bool


Counts = tuple[tuple[Fraction, int], ...]
"""How many vials of each size [g], larger sizes first."""


class Given(NamedTuple):
    """What giving a dose takes; None where it is not known or was not asked."""

    volume_ml: Fraction | None = None
    vials: Counts | None = None
    wasted_g: Fraction | None = None
    wasted_percent: Fraction | None = None  # of what is opened
    minutes: Fraction | None = None
    steps: tuple[PumpStep, ...] | None = None
    shortest_minutes: Fraction | None = None  # at the maximum all the time


class LastCourse(NamedTuple):
    """The course before this plan: the day of its last infusion, what it held in all, and its first day if that was given."""

    day: date
    grams: Fraction
    first: date | None = None


class Patient(NamedTuple):
    """What was said of the patient; None where nothing was said, which is never taken as no."""

    label: str | None
    weight_kg: Fraction
    height_cm: Fraction | None = None
    sex: Literal["female", "male"] | None = None
    age_years: Fraction | None = None
    pregnant: bool | None = None
    pre_pregnancy_kg: Fraction | None = None
    blood_group: Literal["O", "A", "B", "AB"] | None = None
    history: tuple[str, ...] | None = None  # names such as iga-deficiency; empty where there is none
    last_course: LastCourse | None = None
    weight_date: date | None = None
    previous_weight_kg: Fraction | None = None


class DosingWeight(NamedTuple):
    """The weight that the dose rests on, and why it is this one."""

    kg: Fraction
    basis: Literal["actual", "ideal", "adjusted", "pre-pregnancy"]
    policy: str
    reason: str
    source: str | None


class Undecided(NamedTuple):
    """A dosing weight that cannot be worked out, and what would be needed."""

    needs: tuple[str, ...]  # options of the command line
    reason: str


class Rounding(NamedTuple):
    """The one rounding step: to a multiple of `step_g` or to whole vials, ties to the lower dose."""

    step_g: Fraction | None = Fraction("0.01")  # None: whole vials; design: 0.1 mL of a 10% product
    direction: Direction = "nearest"
    applies_to: Basis | None = None  # None: what the regimen states
    vials_g: tuple[Fraction, ...] = ()  # the sizes that whole vials are made of
    limit_percent: Fraction = Fraction(10)  # HOPA and Siegel, limits.yaml
    limit_source: str = "a limit of ivigcalc"
    published_limit: Fraction = Fraction(10)  # as limits.yaml has it, beside one set by hand
    rule: RoundingRule | None = None

    @property
    def to(self) -> str:
        """The step as text, such as 0.01 g."""
        from ivigcalc.numbers import exact_text

        return "vial" if self.step_g is None else f"{exact_text(self.step_g)} g"


class PhaseChoice(NamedTuple):
    """A figure that was chosen for one phase by its name."""

    phase: str
    figure: Literal["dose", "days", "every", "begins"]
    value: Dose | int | Interval


class Choices(NamedTuple):
    """What was chosen for the plan, beside the regimen; None where nothing was said."""

    dose: Dose | None = None
    days: int | None = None
    every: Interval | None = None
    cycles: int | None = None
    until: date | None = None
    start: date | None = None
    infuse_on: frozenset[int] | None = None
    closed: frozenset[date] = frozenset()
    event: date | None = None  # the event that opens a regimen's start window
    dosing_weight: str | None = None  # actual, ideal, adjusted or the id of a policy
    rounding: Rounding = Rounding()
    supply: Supply | None = None
    rate: RateChoice = RateChoice()
    vaccines: str | None = None  # the jurisdiction whose table of live vaccines was asked for
    today: date | None = None  # where a date is counted from it
    begins: Interval | None = None  # from the start of the last course of a phase to the phase after it
    by_phase: tuple[PhaseChoice, ...] = ()


class Override(NamedTuple):
    """A figure of the source that was changed by hand."""

    what: Literal["dose", "days", "every", "cycles", "begins"]
    source: int | str
    used: int | str
    phase: str | None = None  # where the regimen has several


class Settled(NamedTuple):
    """A phase with every choice made."""

    name: str
    dose_g_per_kg: Fraction
    per: Basis
    days: int
    every: Interval | None
    cycles: Span[int] | None  # as the source has it, None if open
    begins: Interval | None
    caps: tuple[Cap, ...]
    overrides: tuple[Override, ...]
    entered: tuple[str, ...]  # figures that the source does not state and the user gave
    from_source: frozenset[Basis]  # the doses (of a day, of a course) that are the source's own figures


class Infusion(NamedTuple):
    """One day's dose."""

    phase: str
    cycle: int
    day: int  # within the course
    days: int  # the course's length
    date: date | None
    calculated_g: Fraction
    ordered_g: Fraction
    change_percent: Fraction  # of the ordered dose against the calculated one
    g_per_kg: Fraction  # ordered, per kg of dosing weight
    course_g: Fraction  # ordered, the whole course
    cumulative_g: Fraction  # ordered, over the schedule so far
    given: Given


class Course(NamedTuple):
    """One cycle: consecutive infusion days."""

    phase: Settled
    cycle: int
    start: date | None
    planned: date | None  # where the interval alone would put it; differs from `start` when it was moved
    uncapped_g: Fraction  # before the caps of the regimen's own source
    calculated_g: Fraction
    ordered_g: Fraction
    g_per_kg: Fraction  # ordered, per kg of dosing weight
    calculated_g_per_kg: Fraction
    change_percent: Fraction  # of the ordered course against the calculated one
    rounded_over: Basis
    tie: bool  # the calculated dose lay midway between two that could be ordered
    given: Given  # all days together; no steps
    under_cap: bool = False  # only a cap of the source kept the rounded dose from the next higher one


class Finding(NamedTuple):
    """Something a second person should see: a note, a warning, or a refusal."""

    code: str
    level: Level
    text: str
    source: str | None = None
    figure: str | None = None  # of a refusal: the g per kg that --accept must name; None where nothing accepts it
    accepted: bool = False
    reason: str | None = None  # for which it was accepted


class SiteUse(NamedTuple):
    """What a plan took from a hospital's own file."""

    name: str
    sha256: str
    defaults: dict[str, str | tuple[str, ...]]  # options that were not typed
    own: frozenset[str]  # everything that is its own, such as regimens.ward-itp
    replaced: frozenset[str]  # those of them that replace what ships


class Plan(NamedTuple):
    """A schedule with its reasons."""

    patient: Patient
    weight: DosingWeight
    regimen: Regimen | None  # None for a dose entered by hand
    cited: tuple[Cited, ...]
    choices: Choices
    phases: tuple[Settled, ...]
    overrides: tuple[Override, ...]  # every figure of the source that was changed by hand
    rounding: Rounding
    courses: tuple[Course, ...]
    infusions: tuple[Infusion, ...]
    calculated_g: Fraction
    ordered_g: Fraction
    rates: Rates | None  # None without a product or concentration
    given: Given  # the whole schedule together; no steps
    next_start: date | None
    last_start: date | None  # the last day of the regimen's start window
    others: tuple[str, ...]  # the ids of further regimens of the indication
    findings: tuple[Finding, ...] = ()
    site: SiteUse | None = None


class Option(NamedTuple):
    """One way to give a regimen that leaves something open, with its calculated and ordered grams."""

    regimen: Regimen | None
    phase: Settled
    every: Span[Interval] | None
    uncapped_g: Fraction
    day_g: Fraction
    course_g: Fraction
    ordered_g: tuple[Fraction, ...]  # of each day, as the plan would order it
    findings: tuple[Finding, ...] = ()
    weight: DosingWeight | None = None  # where each regimen has its own, by what its source names


class LeftOut(NamedTuple):
    """A regimen of an indication that has no grams to show, and why."""

    regimen: Regimen
    why: str


class Comparison(NamedTuple):
    """The choices that a regimen leaves open, side by side; no schedule."""

    patient: Patient
    weight: DosingWeight
    regimen: Regimen | None  # as asked for; None for a dose entered by hand or an indication with several regimens
    options: tuple[Option, ...]
    missing: tuple[str, ...]  # the options of the command line that would settle it
    left_out: tuple[LeftOut, ...] = ()
    findings: tuple[Finding, ...] = ()  # of all of them together
    risks: tuple[str, ...] = ()  # of the patient, as they were said

    @property
    def regimens(self) -> tuple[Regimen, ...]:
        """The regimens with something to show, then those without."""
        shown = (option.regimen for option in self.options if option.regimen)
        return tuple(dict.fromkeys((*shown, *(left.regimen for left in self.left_out))))


class Origin(NamedTuple):
    """What a plan was made from, for the formats that carry it."""

    options: dict[str, str | tuple[str, ...]]  # as typed, by name
    version: str
    catalogue_sha256: str
    products_sha256: str | None = None  # where a product or ramp was taken from the formulary
