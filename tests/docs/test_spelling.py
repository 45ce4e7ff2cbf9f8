# SPDX-License-Identifier: Apache-2.0
"""tools/check_spelling.py finds misspelled words in prose, and only there."""

from __future__ import annotations

import gc
import warnings
from functools import cache

from check_spelling import WORDS, docstrings, misspelled
from spylls.hunspell import Dictionary


@cache
def dictionary() -> Dictionary:
    with warnings.catch_warnings():
        # spylls closes no file.
        warnings.simplefilter("ignore", ResourceWarning)
        found = Dictionary.from_files("en_US")
        gc.collect()
    return found


PAGE = """
# A headng

A `coed`, a [linck](targt.md), `temprature`'s OpenAICompatProvider in a_nmae and exmaple.com; Flink's secnd-class words. <!-- commnt -->

| Colum |
|---|
| `cel`, cotent |

```python
wrod = 1
```
"""


def test_words_of_prose() -> None:
    """Words of headings, paragraphs, links and cells are checked; code, targets, names and comments are not."""
    found = [each.partition(" in ")[0] for each in misspelled(PAGE, dictionary(), {"flink"})]
    assert ["headng", "linck", "secnd", "Colum", "cotent"] == found


def test_the_place_is_shown() -> None:
    """A message has the words around the misspelled one."""
    assert ["wrod in 'one two three four wrod five six seven eight'"] == list(
        misspelled("zero one two three four wrod five six seven eight nine", dictionary(), ())
    )


def test_docstrings_are_found() -> None:
    """The docstrings of modules, functions and attributes are read; other strings are not."""
    source = '"""A."""\nx = 1\n"""B."""\nclass C:\n    """D."""\n    def f(self):\n        """E."""\n        return "F"\n'
    assert ["A.", "B.", "D.", "E."] == sorted(docstrings(source))


def test_the_list_of_words() -> None:
    """The list is sorted, in lower case, and has no word that the dictionary has."""
    words = WORDS.read_text("utf-8").split()
    assert sorted(set(words)) == words
    assert [] == [word for word in words if word != word.lower() or dictionary().lookup(word)]
