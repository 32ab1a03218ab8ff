"""Draws the Mermaid charts of pages as SVG, which needs neither a script nor a network."""

from __future__ import annotations

import re
from typing import Any

import pygal
from pygal.style import Style

_INK = "currentColor"
_FAINT = "#8886"
_STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground=_INK,
    foreground_strong=_INK,
    foreground_subtle=_INK,
    font_family="inherit",
    guide_stroke_color=_FAINT,
    major_guide_stroke_color=_FAINT,
    colors=("#7b88e8",),
    stroke_width="3",
    major_label_font_size=14,
    label_font_size=14,
    title_font_size=16,
)


def svg(source: str, language: str, css_class: str, options: Any, md: Any, **more: Any) -> str:
    """A chart in Mermaid's xychart-beta, with one line, as SVG for the page; a formatter of superfences."""
    title, along, up = re.findall(r'^ *(?:title|x-axis|y-axis) "(.*?)"', source, re.MULTILINE)
    labels, figures = re.findall(r"\[(.*)\]", source)
    chart = pygal.Line(
        style=_STYLE,
        title=title,
        x_title=along,
        y_title=up,
        include_x_axis=True,
        show_legend=False,
        max_scale=6,
        js=(),
        height=340,
        disable_xml_declaration=True,
    )
    chart.uuid = re.sub(r"\W+", "-", title)  # random otherwise
    chart.x_labels = re.findall(r'"(.*?)"', labels)
    chart.add(up, [float(figure) for figure in figures.split(",")])
    return f'<div class="{css_class}">{chart.render(is_unicode=True)}</div>'
