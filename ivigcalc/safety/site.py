"""What a plan took from a hospital's own file, so that nothing in it can change a dose unseen. Pure."""

from collections.abc import Iterator

from ivigcalc.model import Finding, SiteUse


def check_site(site: SiteUse, used: tuple[str, ...]) -> Iterator[Finding]:
    """Name every default that came from the file, and every regimen, product or ramp of its own.

    Args: what was taken; the names of what the plan rests on, such as regimens.itp.
    Returns: the findings; the first one has the digest of the file in its code.
    """
    own = [name for name in used if name in site.own]
    if not site.defaults and not own:
        return
    yield Finding(f"site-{site.sha256[:12]}", "note", f"The site file of {site.name} was used; its digest starts with {site.sha256[:12]}.")
    for name, value in site.defaults.items():
        text = value if isinstance(value, str) else ", ".join(value)
        yield Finding(f"site-{name}", "note", f'From it: "--{name} {text}"')
    for name in own:
        section, key = name.split(".", 1)
        kind = section.removesuffix("s")
        if name in site.replaced:
            yield Finding(f"site-{kind}", "warning", f"The {kind} {key} is the site's own and replaces the one that ships with ivigcalc.")
        else:
            yield Finding(f"site-{kind}", "note", f"The {kind} {key} is the site's own.")
