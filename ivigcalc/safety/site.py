"""What a plan took from a hospital's own file, so that nothing in it can change a dose unseen. Pure."""

from collections.abc import Iterable, Iterator

from ivigcalc.model import Finding, Ramp, Regimen, SiteUse, Supply


def check_site(site: SiteUse, used: Iterable[str]) -> Iterator[Finding]:
    """Name every default that came from the file, and every regimen, product or ramp of its own.

    Args: what was taken; the names of what the plan rests on, such as regimens.itp.
    Returns: the findings; the first one has the digest of the file in its code.
    """
    own = [name for name in used if name in site.own]
    if not site.defaults and not own:
        return
    yield Finding(
        f"site-{site.sha256[:12]}", "note", f'The site file of {site.name} was used; its digest starts with "{site.sha256[:12]}".'
    )
    for name, value in site.defaults.items():
        text = value if isinstance(value, str) else ", ".join(value)
        yield Finding(f"site-{name}", "note", f'From it: "--{name} {text}"')
    for name in own:
        section, key = name.split(".", 1)
        kind = section.removesuffix("s")
        if name in site.replaced:
            text = f"The {kind} {key} is the site's own and replaces the one that ships with ivigcalc."
            yield Finding(f"site-{kind}-{key}-replaced", "warning", text)
        else:
            yield Finding(f"site-{kind}-{key}", "note", f"The {kind} {key} is the site's own.")


def rests_on(regimens: Iterable[Regimen | None], supply: Supply | None, ramp: Ramp | None) -> tuple[str, ...]:
    """Name what a plan rests on, as a site file would hold it; of a regimen that stands for others, these too.

    Args: the regimens; the product or strength; the ramp.
    Returns: names, such as regimens.itp and products.privigen-us.
    """
    keys = dict.fromkeys(key for regimen in regimens if regimen for key in (regimen.id, *regimen.choose))
    return (
        *(f"regimens.{key}" for key in keys),
        *((f"products.{supply.product.id}",) if supply and supply.product else ()),
        *((f"ramps.{ramp.name}",) if ramp else ()),
    )
