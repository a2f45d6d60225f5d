"""Check numbers while their spelling is still known, and explain in Swedish what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kompetenssim.spec.dates import first_day
from kompetenssim.spec.keys import fold, listing, nearest
from kompetenssim.spec.node import BOUNDS, CENTRE, INVALID, Node, Problems

NUMBER_KEYS: Mapping[str, str] = {
    "undre": "undre", "trolig": "trolig", "ovre": "ovre", "varde": "varde",
    "kalla": "kalla", "avser": "avser", "antagande": "antagande",
    "low": "undre", "mode": "trolig", "high": "ovre", "value": "varde",
    "source": "kalla", "refers_to": "avser", "assumption": "antagande",
}

PROVENANCE = ("kalla", "antagande", "avser")

_SPACE = "[ \u00a0\u2009\u202f]"  # ordinary, no-break, thin
_COMMA = re.compile(rf"[-+]?\d(\d|{_SPACE})*,\d+")
_PERCENT = re.compile(rf"([-+]?(\d|[.,]|{_SPACE})+?)\s*%")
_SPACED = re.compile(rf"[-+]?\d{{1,3}}(({_SPACE}|_)\d{{3}})+(\.\d+)?")
_OTHER_MINUS = re.compile(r"[\u2212\u2013]\s*\d+([.,]\d+)?")
_ZERO = re.compile(r"[-+]?0\d+(\.\d+)?")
_LEADING = re.compile(r"(?<![0-9])0+(?=[0-9])")
_CLOCK = re.compile(r"\d+:\d{2}(:\d{2})?")
_PLAIN = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")


def explain(node: Node) -> str:
    """Say why something that should be a number is not one, and what to write instead."""
    if not node.scalar:
        return f"ett tal väntades, inte en {'mappning' if node.mapping is not None else 'lista'}"
    text = node.text.strip()
    bare = re.sub(f"{_SPACE}|_", "", text)
    if not text:
        return "ett tal väntades, men värdet är tomt"
    percent = _PERCENT.fullmatch(text)
    if percent:
        bare = percent[1].replace(",", ".").strip()
        return f"ett tal skrivs utan procenttecken: skriv {bare} (nyckelns ändelse _procent säger enheten)"
    if _COMMA.fullmatch(text):
        return f"decimaltecken ska vara punkt: skriv {bare.replace(',', '.')}"
    if _SPACED.fullmatch(text):
        return f"ett tal skrivs utan mellanslag: skriv {bare}"
    if _OTHER_MINUS.fullmatch(text):
        return f"minustecknet ska vara ett vanligt bindestreck: skriv -{bare[1:].strip().replace(',', '.')}"
    if _ZERO.fullmatch(text):
        return f"ett tal får inte börja med noll: skriv {_LEADING.sub('', text)}"
    if _CLOCK.fullmatch(text):
        return f"ett tal väntades, inte klockslaget {text}; klockslag skrivs inom citattecken och bara där en text väntas"
    if node.quoted and _PLAIN.fullmatch(text):
        return f"ett tal väntades, inte en text: ta bort citattecknen och skriv {text}"
    return f"ett tal väntades, inte {_kind_of_text(text)}"


def is_number(node: Node) -> bool:
    """Tell whether a node is a plain number."""
    return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def check_range(node: Node, path: str, extra: Mapping[str, Any], problems: Problems) -> None:
    """Report a number outside the `ge` and `le` of its field; a key `…_andel` is a share, 0 to 1, unless it says otherwise."""
    least, most = extra.get("ge"), extra.get("le")
    name = path.rpartition(".")[2]
    if least is None and most is None and (name.endswith("_andel") or name == "andel"):
        least, most = 0, 1
    value = node.value
    if (least is not None and value < least) or (most is not None and value > most):
        text = f"{node.text or value} är utanför det tillåtna: {_interval(least, most)}"
        problems.error(node.origin, path, text, code="utanfor_gransen")


def shape_number(node: Node, path: str, extra: Mapping[str, Any], inherited: Mapping[str, Node], problems: Problems) -> Node:
    """Bring a number to the form of a mapping, checked against its range, with the provenance it inherits."""
    if node.mapping is None:
        if not is_number(node):
            problems.error(node.origin, path, explain(node), code="inte_tal")
            return node.with_value(INVALID)
        check_range(node, path, extra, problems)
        return node.with_value({"varde": node, **inherited}, number=True)
    entries: dict[str, Node] = {}
    sound = True
    for written, child in node.mapping.items():
        key = NUMBER_KEYS.get(fold(written))
        at = f"{path}.{written}"
        if key is None:
            allowed = sorted(set(NUMBER_KEYS.values()))
            text = f"okänd nyckel i ett tal, tillåtna är {listing(allowed)}"
            problems.error(child.key_origin or child.origin, at, text, nearest(written, allowed), "okand_nyckel")
        elif key in PROVENANCE:
            entries[key] = provenance_value(key, child)
        elif not is_number(child):
            if not child.invalid:
                problems.error(child.origin, at, explain(child), code="inte_tal")
            sound = False
        else:
            check_range(child, path, extra, problems)
            entries[key] = child
    if extra.get("intervall") is False and sound and set(BOUNDS) & set(entries):
        middle = next((entries[k].text for k in CENTRE if k in entries), "ett tal")
        text = f"värdet dras inte slumpmässigt, så ett intervall säger inget: skriv {middle}"
        problems.error(next(entries[k] for k in BOUNDS if k in entries).origin, path, text, code="intervall")
    if not sound or any(child.invalid for child in node.mapping.values()):
        return node.with_value(INVALID)
    own = {k: v for k, v in entries.items() if k in PROVENANCE}
    return node.with_value(entries | provenance(own, inherited), number=True)


def provenance_value(key: str, node: Node) -> Node:
    """Read `kalla`, `avser` and `antagande` as text; `antagande: ja` and `nej` become true and false."""
    if not node.scalar or node.value is None or node.invalid:
        return node
    if key == "antagande":
        return node.with_value({"ja": True, "nej": False}.get(fold(node.text), node.text))
    return node.with_value(node.text)


def provenance(own: Mapping[str, Node], inherited: Mapping[str, Node]) -> dict[str, Node]:
    """Join what a mapping says of its source with what it inherits: who has a source or is an assumption inherits neither."""
    says = any(own[k].value is not None for k in ("kalla", "antagande") if k in own)
    passed = {k: v for k, v in inherited.items() if k == "avser" or not says}
    return passed | {k: v for k, v in own.items() if v.value is not None}


def _kind_of_text(text: str) -> str:
    try:
        first_day(text)
    except ValueError:
        return f"'{text[:60]}'"
    return f"datumet {text}"


def _interval(least: float | None, most: float | None) -> str:
    if least is None:
        return f"högst {most:.12g}"
    return f"minst {least:.12g}" if most is None else f"{least:.12g} till {most:.12g}"
