# SPDX-License-Identifier: Apache-2.0
"""Draw the plots of docs/benchmarks.md from the results, each for light and for dark pages.

Equal data give equal files, with one version of matplotlib. The description of a file has the digest of its data, so that a
test compares it with the results without drawing.
"""

import hashlib
import json
import math

from .page import FOLDER

THEMES = {"light": ("#24292f", "#d0d7de", "#ffffff"), "dark": ("#d8dee4", "#424a53", "#131416")}
"""The colours of text, the grid and the page."""
# The hues of Okabe and Ito, which colour-blind people tell apart, darker or lighter until text in them can be read.
COLOURS = {
    "llmproviders": ("#0062a3", "#5cb8ff"),
    "ververica": ("#b34a00", "#ff8c42"),
    "pydantic": ("#00785a", "#2fc79a"),
    "msgspec": ("#a6487f", "#e39ac4"),
    "dataclass": ("#866100", "#e6b800"),
    "attrs": ("#5f6368", "#a8b1ba"),
}
MARKERS = "o^sDvP"
WIDTH = 5.0
HEIGHT = 3.6
TITLES = {
    "options": ("options given to a construct", "microseconds for a call", False),
    "problems": ("wrong options of a construct", "microseconds for an error with its message", True),
    "files": ("providers in a file", "microseconds for each provider", True),
    "growth": ("entries, options or files", "microseconds for each, with its problems", True),
}
"""The labels of the axes of each plot, and whether the horizontal axis is logarithmic."""


def lines_of(plot, found):
    """The lines of a plot of sizes: points by name. Ours come first."""
    if plot == "growth":
        lines = {}
        for each in found["results"]:
            if "size" in each:
                lines.setdefault(each["line"], {}).update({each["low_size"]: each["theirs"], each["size"]: each["ours"]})
        # The catalogs are in a plot of their own, and variants have other sizes.
        return {name: sorted(points.items()) for name, points in lines.items() if not name.startswith(("a catalog", "variants"))}
    return {each["line"]: each["points"] for each in found["curves"] if each["plot"] == plot}


def data_of(plot, found):
    """All that a plot shows."""
    if plot == "first":
        return [[each["call"], each["peer"], each["first"], each["later"]] for each in found["first"]]
    return [TITLES[plot], lines_of(plot, found)]


def digest_of(plot, found):
    """The digest of the data of a plot, which stands in its file."""
    return hashlib.sha256(json.dumps(data_of(plot, found)).encode()).hexdigest()


def apart(places, gap):
    """The places in order, moved up where one is less than *gap* above the one before."""
    moved = {}
    last = -math.inf
    for name, place in sorted(places.items(), key=lambda item: item[1]):
        moved[name] = last = max(place, last + gap)
    surplus = {name: moved[name] - places[name] for name in places}
    middle = (max(surplus.values()) + min(surplus.values())) / 2
    return {name: place - middle for name, place in moved.items()}


def is_ours(name):
    """Whether a line is that of this library."""
    return name.startswith("llmproviders")


def styled(axes, theme):
    """Give the axes the colours of a theme, a grid, and no frame."""
    text, grid, _ = THEMES[theme]
    axes.set_facecolor("none")
    axes.grid(color=grid, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.tick_params(which="both", colors=text, length=0, labelsize=10)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.xaxis.label.set(color=text, fontsize=10)


def colour_of(name, number, theme):
    """The colour of a line: that of the peer whose name it begins with, or the one of its number."""
    peers = [peer for peer in COLOURS if name.startswith(peer)]
    parsers = {"tomllib.loads": "attrs", "json.loads": "dataclass"}
    light, dark = COLOURS[peers[0] if peers else parsers.get(name, [*COLOURS][number % len(COLOURS)])]
    return light if theme == "light" else dark


def plain(value, _=None):
    """A number of an axis, without exponents."""
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def draw_lines(figure, plot, found, theme):
    """Cost against size: a line for each peer, with its name at the end."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

    below, beside, logarithmic = TITLES[plot]
    axes = figure.subplots()
    axes.set(xscale="log" if logarithmic else "linear", yscale="log", xlabel=below)
    axes.set_title(beside, loc="left", color=THEMES[theme][0], fontsize=10)
    lines = lines_of(plot, found)
    colours = {name: colour_of(name, number, theme) for number, name in enumerate(lines)}
    for number, (name, points) in enumerate(lines.items()):
        style = {"linewidth": 2.4 if is_ours(name) else 1.5, "markersize": 5, "marker": MARKERS[number % len(MARKERS)]}
        axes.plot(*zip(*points, strict=True), color=colours[name], **style)
    low, high = axes.get_ylim()
    if high / low < 30:
        low, high = low / 1.5, high * 1.5
        axes.set_ylim(low, high)
    ends = {name: math.log10(points[-1][1]) for name, points in lines.items()}
    right = max(points[-1][0] for points in lines.values())
    for name, place in apart(ends, 0.062 * math.log10(high / low)).items():
        style = {"color": colours[name], "fontsize": 10, "fontweight": "bold" if is_ours(name) else "normal"}
        axes.annotate(name, (right, 10**place), (7, 0), textcoords="offset points", va="center", annotation_clip=False, **style)
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,)))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(plain))
    if logarithmic:
        sizes = sorted({size for points in lines.values() for size, _ in points})
        axes.set_xticks(sizes if len(sizes) < 5 else [size for size in sizes if str(size).strip("0") == "1"])
        axes.xaxis.set_major_formatter(FuncFormatter(plain))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
    styled(axes, theme)


def draw_first(figure, found, theme):
    """Cold against warm: a hollow point for the first call of each peer, a full one for the tenth."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    calls = list(dict.fromkeys(each["call"] for each in found["first"]))
    for axes, call in zip(figure.subplots(len(calls), sharex=True), calls, strict=True):
        peers = [each for each in found["first"] if each["call"] == call][::-1]
        for place, each in enumerate(peers):
            colour = colour_of(each["peer"], place, theme)
            axes.plot(
                [each["later"], each["first"]], [place, place], color=colour, linewidth=2.4 if is_ours(each["peer"]) else 1.5
            )
            axes.plot(each["later"], place, "o", color=colour, markersize=6)
            axes.plot(each["first"], place, "o", color=colour, markersize=7, markerfacecolor=THEMES[theme][2])
        axes.set(xscale="log", ylim=(-0.6, len(peers) - 0.4))
        axes.set_title(call, loc="left", color=THEMES[theme][0], fontsize=10, fontweight="bold")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(plain))
        axes.set_yticks(range(len(peers)), [each["peer"] for each in peers])
        styled(axes, theme)
    axes.set_xlabel("microseconds: the first call (ring), the tenth (dot)", color=THEMES[theme][0])


PLOTS = (*TITLES, "first")


def path_of(plot, theme, folder=FOLDER):
    """The file of a plot."""
    return folder / f"{plot}-{theme}.svg"


def write(found, folder=FOLDER):
    """Draw every plot."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    # Text stays text, and the ids of elements do not change.
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "llmproviders", "font.family": "sans-serif"}):
        for plot in PLOTS:
            for theme in THEMES:
                figure = Figure(figsize=(WIDTH, 4.6 if plot == "first" else HEIGHT), layout="constrained")
                if plot == "first":
                    draw_first(figure, found, theme)
                else:
                    draw_lines(figure, plot, found, theme)
                metadata = {"Date": None, "Creator": None, "Description": f"data: {digest_of(plot, found)}"}
                figure.savefig(path_of(plot, theme, folder), transparent=True, metadata=metadata)
