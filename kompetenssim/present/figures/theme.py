"""One look for all figures: calm, readable in greyscale and by colour-blind readers, drawn without a network.

Figures are Altair charts turned into SVG by vl-convert, with Swedish number and date formats. The
colours differ in lightness as much as in hue, and every series also has its own dash or label.
"""

from __future__ import annotations

from typing import Any

INK = "#1c2b33"
MUTED = "#5c6b73"
GRID = "#e3e7e8"
MAIN = "#0b4f6c"
REFERENCE = "#c2703d"
TARGET = "#7a1f3d"
SUMMER = "#f3ead2"

#: Steps of the staffing order, dark (own staff) to light, agency and unmet set off.
STEP_COLOURS = {
    "Egna": "#0b4f6c", "Omfördelade": "#3f87a6", "Resurspool": "#7fb7c9", "Växlade": "#c6dfe3",
    "Övertid, mertid": "#e6c86e", "Hyra": "#c2703d", "Obemannat": "#5e1f36",
}

#: Swedish percent sign, set off by a no-break space.
PERCENT_LABEL = "format(datum.value * 100, ',.0f') + '\\u00a0%'"

#: Bundled with vl-convert, so text is measured alike on every machine; readers see their own sans serif.
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


def config() -> dict[str, Any]:
    """Give the Vega-Lite configuration of every figure."""
    label = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelColor": INK,
        "titleColor": MUTED,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    }
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {**label, "gridColor": GRID, "domainColor": MUTED, "tickColor": MUTED, "labelPadding": 6, "titlePadding": 10},
        "axisX": {"grid": False},
        "axisY": {
            "domain": False,
            "ticks": False,
            "titleAngle": 0,
            "titleAlign": "left",
            "titleY": -12,
            "titleX": 0,
            "titleBaseline": "bottom",
        },
        "header": {
            "labelFont": FONT,
            "labelFontSize": 14,
            "labelFontWeight": "bold",
            "labelColor": INK,
            "labelAnchor": "start",
            "labelPadding": 10,
            "title": None,
        },
        "legend": {
            **label,
            "orient": "top",
            "title": None,
            "symbolType": "square",
            "symbolSize": 150,
            "columnPadding": 16,
            "offset": 14,
        },
        "title": {"font": FONT, "fontSize": 14, "color": INK, "anchor": "start", "offset": 12, "frame": "group"},
        "text": {"font": FONT, "fontSize": 12, "color": INK},
    }


def svg(chart: Any, *, title: str, description: str) -> str:
    """Turn an Altair chart into SVG with a title and description that a screen reader reads.

    Numbers and dates are Swedish; nothing is fetched.
    """
    import vl_convert

    spec = chart.configure(**config()).to_dict()
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[], format_locale="sv-SE", time_format_locale="sv-SE")
    return labelled(drawn, title=title, description=description)


def labelled(drawn: str, *, title: str, description: str) -> str:
    """Give an SVG role, title and description, and let it scale with the page."""
    from html import escape

    head, _, body = drawn.partition(">")
    return (f'{head} role="img" aria-label="{escape(title, quote=True)}. {escape(description, quote=True)}">'
            f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{body}")
