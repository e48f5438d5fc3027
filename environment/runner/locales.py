"""A locale in which Java can name every file."""

import codecs
import locale
from collections.abc import Iterable, MutableMapping

_CANDIDATES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "en_US.utf8")


def is_ascii() -> bool:
    """Whether this process was started in a locale of ASCII alone, as cron's often is."""
    try:
        return codecs.lookup(locale.getencoding()).name == "ascii"
    except LookupError:
        return False


def widen(environment: MutableMapping[str, str], names: Iterable[str] = _CANDIDATES) -> None:
    """Gives the programs that are started from here UTF-8 where the locale is plain ASCII.

    Java reads the encoding of file names from the locale, and could not open a path of other
    letters. Nothing else of the locale changes, nor any other locale.
    """
    if not is_ascii():
        return
    name = next((n for n in names if _exists(n)), None)
    if name is not None:
        # LC_ALL would win over LC_CTYPE; as LANG it still decides all the rest.
        rest = environment.pop("LC_ALL", "")
        if rest:
            environment["LANG"] = rest
        environment["LC_CTYPE"] = name


def _exists(name: str) -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True
