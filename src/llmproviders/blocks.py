# SPDX-License-Identifier: Apache-2.0
"""The provider that `using_provider` sets within a ``with`` block.

A block applies to its context, like a context variable. A block in a generator applies only while the generator's frame is on
the call stack.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import Final
from weakref import WeakValueDictionary

import attrs

from .providers.base import Provider

__all__ = ["block", "blocks_in_generators", "current_provider", "open_blocks"]


@attrs.define(eq=False)
class Block:
    """An open block."""

    provider: Provider
    within: Block | None
    """The generator's block around this one, on the call stack at its start; None if there is none."""


class Blocks(list[Block]):
    """The open blocks in the frame of one generator. Unlike a list, it supports weak references."""


@attrs.frozen(eq=False)
class OpenBlocks:
    """An open block and those around it: a linked list, so that a block is added in constant time."""

    block: Block
    around: OpenBlocks | None


open_blocks: Final[ContextVar[OpenBlocks | None]] = ContextVar("llmproviders_open_blocks", default=None)
"""The open blocks of a context that are not in a generator."""
blocks_in_generators: Final[WeakValueDictionary[int, Blocks]] = WeakValueDictionary()
"""The open blocks in generators, by the id of the generator's frame; `block` keeps the frame alive, so that the id is unique."""

_GENERATOR: Final = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
_ENTERING: Final = ("__enter__", "__aenter__", "enter_context", "enter_async_context")
"""Names of functions that enter a block for their caller."""


@contextmanager
def block(provider: Provider) -> Iterator[None]:
    """Make *provider* the current one within the ``with`` statement."""
    new = Block(provider, _block_of_generator())
    generator = _entering_generator()
    if generator is None:
        open_blocks.set(OpenBlocks(new, open_blocks.get()))
        try:
            yield
        finally:
            # A token of the variable would not work: blocks may end in any order, and in another context.
            open_blocks.set(_without(open_blocks.get(), new))
    else:
        blocks = blocks_in_generators.setdefault(id(generator), Blocks())
        blocks.append(new)
        try:
            yield
        finally:
            blocks.remove(new)
            if not blocks:
                blocks_in_generators.pop(id(generator), None)


def _without(blocks: OpenBlocks | None, block: Block) -> OpenBlocks | None:
    """The open blocks without *block*, which is usually the innermost."""
    inner: list[Block] = []
    rest = blocks
    while rest is not None and rest.block is not block:
        inner.append(rest.block)
        rest = rest.around
    if rest is None:
        return blocks
    rest = rest.around
    for each in reversed(inner):
        rest = OpenBlocks(each, rest)
    return rest


def current_provider() -> Provider | None:
    """The provider of the innermost block that applies to the running code; None if there is none."""
    around = _block_of_generator()
    blocks = open_blocks.get()
    while blocks is not None:
        if around is None or blocks.block.within is around:
            return blocks.block.provider
        blocks = blocks.around
    return None if around is None else around.provider


def _entering_generator() -> FrameType | None:
    """The frame of the generator that contains the ``with`` statement; None if it is not in a generator."""
    frame = inspect.currentframe()
    frame = frame and frame.f_back
    while frame is not None and (frame.f_code.co_name in _ENTERING or _is_run_by_contextlib(frame)):
        frame = frame.f_back
    return frame if frame is not None and frame.f_code.co_flags & _GENERATOR else None


def _is_run_by_contextlib(frame: FrameType) -> bool:
    """Whether *frame* is of a generator that `contextlib` runs to enter a block, such as `block`."""
    return bool(frame.f_code.co_flags & _GENERATOR and frame.f_back and frame.f_back.f_code.co_name in _ENTERING)


def _block_of_generator() -> Block | None:
    """The last block of the nearest generator on the call stack that has blocks."""
    frame = inspect.currentframe() if blocks_in_generators else None
    while frame is not None:
        blocks = blocks_in_generators.get(id(frame))
        if blocks:
            return blocks[-1]
        frame = frame.f_back
    return None
