"""A picture of what a person costs against how many there are: a line for each means, both scales logarithmic."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 210, 40, 50
COLOURS = ("#888888", "#c0392b", "#2c6fbb", "#2e8b57", "#8e44ad", "#d68910", "#444444")


def picture(per_person: Mapping[str, Mapping[int, float]]) -> str:
    """An SVG. `per_person`: label → people → CPU seconds a person; one of no size is left out."""
    lines = {label: points for label, points in per_person.items() if points}
    sizes = [people for points in lines.values() for people in points]
    micros = [seconds * 1e6 for points in lines.values() for seconds in points.values()]
    low, high = floor(log10(min(micros))), ceil(log10(max(micros)))
    first, last = log10(min(sizes)), log10(max(sizes))

    def across(people: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(people) - first) / ((last - first) or 1)

    def down(micro: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - log10(micro)) / (high - low)

    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"'
        ' font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22">CPU µs a person 每人 CPU 微秒 · 24 months, seven benefits 24 个月、七项待遇</text>',
    ]
    for power in range(low, high + 1):
        y = down(10.0**power)
        drawn.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        drawn.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for people in sorted(set(sizes)):
        drawn.append(f'<text x="{across(people):.1f}" y="{HEIGHT - 20}" text-anchor="middle">{people:,}</text>')
    names = sorted(lines, key=lambda label: down(_last(lines[label]) * 1e6))
    below = 0.0
    for label in names:
        points = lines[label]
        colour = COLOURS[list(lines).index(label) % len(COLOURS)]
        at = [(across(people), down(points[people] * 1e6)) for people in sorted(points)]
        drawn.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="'
            + " ".join(f"{x:.1f},{y:.1f}" for x, y in at)
            + '"/>'
        )
        drawn += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in at]
        below = max(below + 17, at[-1][1] + 4)  # names of lines that end close to one another stay apart
        drawn.append(f'<text x="{WIDTH - RIGHT + 12}" y="{below:.1f}" fill="{colour}">{escape(label)}</text>')
    return "\n".join([*drawn, "</svg>", ""])


def _last(points: Mapping[int, float]) -> float:
    return points[max(points)]
