"""The tables of the model description that the code gives: `python -m kompetenssim.resolve.document`.

The tables of parameters and quantities in docs/model.md are made from the schema, the quantities and the lever types;
the text around them is written by hand.
"""

from __future__ import annotations

import re
import types
import typing
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo

from kompetenssim.levers import LEVERS
from kompetenssim.model.quantities import QUANTITIES
from kompetenssim.model.template import GROUP_PARAMETERS, SCALARS, Template
from kompetenssim.resolve import resolve
from kompetenssim.spec.load import load
from kompetenssim.spec.number import Number
from kompetenssim.spec.region import Part, Region

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "model.md"
EXAMPLE = ROOT / "scenarios" / "rjh" / "utgangslage_2015.yaml"
GROUP = "sjukskoterska"
#: What makes quantities beside the effects of levers: blocks of levers, and time itself.
BLOCKS = {
    "post_fte": "`PostBlock`", "pool_hours": "`PoolBlock`", "cap_weeks": "`CapBlock`", "cap_cost": "`CapBlock`",
    "seats_spring": "`ProgrammeBlock`", "seats_autumn": "`ProgrammeBlock`", "shift_trained": "`ShiftBlock`",
    "shift_handed": "`ShiftBlock`", "shift_realised": "`ShiftBlock`", "shift_planned_hours": "`ShiftBlock`",
    "measure_cost": "`kostnad` of a measure", "measure_grant": "`kostnad` of a measure",
}  # fmt: skip


def tables() -> dict[str, str]:
    """Give the generated tables by the name of their place in the page."""
    template = resolve(load(EXAMPLE, levers=LEVERS, root=ROOT))
    group = template.groups.index(GROUP)
    return {
        "group parameters": _parameters(template, {n: template.group_columns[i][group] for i, n in enumerate(GROUP_PARAMETERS)}),
        "region parameters": _parameters(template, dict(zip(SCALARS, template.scalar_columns, strict=True))),
        "quantities": _quantities(),
    }


def render(page: str) -> str:
    """Give the page with its generated tables brought up to date."""
    for name, table in tables().items():
        before, mark, rest = page.partition(f"<!-- {name}: generated -->\n")
        _, end, after = rest.partition("<!-- end -->")
        if not mark or not end:
            raise ValueError(f"{PAGE.name} has no place for the table '{name}'")
        page = f"{before}{mark}\n{table}\n\n{end}{after}"
    return page


def _parameters(template: Template, columns: dict[str, int]) -> str:
    lines = ["| name in the code | key | meaning and unit | default | mark |", "|---|---|---|---|---|"]
    for name, column in columns.items():
        path = template.parameters[column].name
        field = _field(path.removesuffix("/40"))
        key = re.sub(r"\d{4}-\d\d-\d\d", "DATUM", path.replace(f"yrkesgrupper.{GROUP}", "yrkesgrupper.GRUPP").removesuffix("/40"))
        lines.append(f"| `{name}` | `{key}` | {field.description or ''} | {_default(field)} | {_mark(field)} |")
    return "\n".join(lines)


def _quantities() -> str:
    lines = ["| quantity | per | unit | combines | meaning | set by |", "|---|---|---|---|---|---|"]
    for name, q in QUANTITIES.items():
        levers = [f"`{key}`" for key, lever in sorted(LEVERS.items()) if name in lever.acts_on]
        makers = ", ".join([BLOCKS[name]] if name in BLOCKS else levers) or "–"
        lines.append(f"| `{name}` | {q.dimension} | {q.unit} | {q.combine} | {q.meaning} | {makers} |")
    return "\n".join(lines)


def _field(path: str) -> FieldInfo:
    """Find the schema field of a Swedish path; the key of a mapping (a group, a date) takes one step."""
    model: type[Part] = Region
    field: FieldInfo | None = None
    keyed = False
    for step in path.split("."):
        if keyed:
            keyed = False
            continue
        field = next(f for n, f in model.model_fields.items() if (f.alias or n) == step)
        model, keyed = _inside(field.annotation, model)
    if field is None:
        raise ValueError("an empty path names no field")
    return field


def _inside(annotation: Any, otherwise: type[Part]) -> tuple[type[Part], bool]:
    for a in typing.get_args(annotation) if typing.get_origin(annotation) in (typing.Union, types.UnionType) else [annotation]:
        if typing.get_origin(a) is dict:
            return typing.get_args(a)[1], True
        if isinstance(a, type) and issubclass(a, Part):
            return a, False
    return otherwise, False


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    n = field.default
    if not isinstance(n, Number):
        return "none"
    return f"{n.mode:g}" if n.low is None or n.high is None else f"{n.mode:g} ({n.low:g}–{n.high:g})"


def _mark(field: FieldInfo) -> str:
    if not isinstance(field.default, Number):
        return "data"
    return "A" if field.default.assumption else field.default.source or "definition"


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(PAGE)
