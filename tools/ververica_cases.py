# SPDX-License-Identifier: Apache-2.0
"""The calls that `compare_with_ververica` makes of both libraries, each with its topic.

A call is Python source, so that it is also its name in the record and an example in the guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from llmproviders import DashScopeProvider, OpenAICompatProvider, OptionInfo, Provider, TritonProvider, options

CLASSES: tuple[type[Provider], ...] = (OpenAICompatProvider, DashScopeProvider, TritonProvider)
URL = "https://api.example.com/v1/chat/completions"
PREPARE = f"""
import copy, enum, json, pickle
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
class Strategy(str, enum.Enum):
    IGNORE = "IGNORE"
URL = {URL!r}
ARGUMENTS = dict(endpoint=URL, api_key="sk-demo", model="m", temperature=0.7)
"""
"""Run before each call, in its namespace."""


class Case(NamedTuple):
    """One call; the last line of *code* is an expression."""

    topic: str
    code: str
    shown: str
    """The part of the code that makes the difference."""
    option: str = ""
    key: str = ""
    base: str = ""
    """The call without the value; for a call with a value for an option."""


# Values of options ----------------------------------------------------------------------------------------------------

TYPES = ("1", "1.5", "True", '"x"', "['a']", "('a',)", "{'a': '1'}", "{'a'}", "b'a'")
"""Values of many types; the topic of those that are of the option's type is another."""
NUMBERS = {
    "number": ("1", "0.1", "1.0", "0.1 + 0.2", "1e-7"),
    "range": ("-3", "-0.1", "0", "0.0", "1.1", "2", "2.1", "1e22"),
    "Decimal": ("Decimal('0.5')", "Decimal('0.50')"),
    "Fraction": ("Fraction(1, 2)",),
    "zero": ("-0.0",),
    "infinite": ("float('nan')", "float('inf')"),
    "bool": ("True", "False"),
    "number string": ('"1"', '"0.5"'),
}
INTEGERS = {
    "number": ("1", "5", "255"),
    "range": ("-2**63 - 1", "-2**31 - 1", "-1", "0", "256", "2**31", "2**63"),
    "whole float": ("1.0", "1e3"),
    "infinite": ("float('nan')",),
    "bool": ("True", "False"),
    "number string": ('"1"',),
}
DURATIONS = {
    "duration": ('"10s"', '"10 s"', '"10S"', '"500 ms"', '"2min"', '"1 h"', '"PT10S"', '"10"'),
    "timedelta": ("timedelta(seconds=10)", "timedelta(milliseconds=1500)"),
    "number for a duration": ("10", "1.5"),
    "no duration": ('"soon"', '"-1s"', '"10 parsecs"', '"1.5s"', '""', '" "'),
}
JSON = {
    "json": ("""'{"a": "b"}'""", """'{"a": ["b", "c"]}'""", """' {"a":"b"} '"""),
    "mapping": ("{'X-Team': 'a'}", "{'a': '1'}", "{'a': ['b', 'c']}"),
    "JSON with a name twice": ("""'{"a": "b", "a": "c"}'""",),
    "no json object": ("'{'", "'[1]'", "'1'", "''", "' '", """'{"a": "b",}'"""),
}
TEXTS = {
    "string": ('"x"', '"a,b;c"', '"two\\nlines"', '"1"', '"None"', '" x "', '"\U0001f600"', '"${secret_values.x}"'),
    "mask": ('"******"',),
    "surrogate": ('"\\ud800"',),
    "empty string": ('""', '" "'),
}
OPTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "endpoint": {
        "string": (
            *(f'"{URL}"', f'"{URL}/"', f'"{URL.upper()}"', '"https://api.example.com/v1/embeddings"'),
            *('"https://user:pass@example.com/v1/chat/completions"', '"${endpoint}"'),
        ),
        "endpoint without a task": ('"https://api.example.com/v1"', '"https://api.example.com"'),
        "no URL": ('"api.example.com"', '"http://"', '"x y"'),
        "empty string": ('""', '" "'),
        "dashscope task": (
            '"https://a.com/api/v1/services/embeddings/multimodal-embedding/multimodal-embedding"',
            '"https://a.com/api/v1/services/audio/asr/transcription"',
        ),
    },
    "stop": {"string": ('"END"', '"a,b"'), "empty string": ('""',), "list": ("['END', 'STOP']", "['a']", "('a',)")},
    "custom_headers": {
        "string": ('"X-Team:a"', '"X-Team:a,X-Other:b"'),
        "empty string": ('""', '" "'),
        "mapping to text": ("{'X-Team': 'a'}", "{'a': '1'}"),
        "no headers": ('"X-Team"', '":"'),
        "line break": ('"X-Team:a\\n"',),
    },
    "default_value": {
        "string": ('"FAILED"', '"null"', '""'),
        "default value": ("True", "1", "1.5", "[1, 2]", "('a',)", "{'a': '1'}", "{'a': [None, True]}", "['a']", "['\u00e9']"),
        "mapping with other names": ("{1: 2}",),
        "default value that is no JSON": ("[float('nan')]", "[b'a']", "[{'a'}]"),
        "infinite": ("float('nan')", "float('inf')"),
        "Decimal": ("Decimal('0.50')",),
        "Fraction": ("Fraction(1, 2)",),
        "zero": ("-0.0",),
    },
    "content_type": {
        "content type": (
            *('"TEXT"', '"image_url"', '"AUDIO_BYTES"', '"AUDIO_URL"', '"MULTI_IMAGE_URLS"'),
            *("['TEXT']", "['TEXT', 'IMAGE_URL']", "('TEXT', 'text')"),
        ),
        "unknown choice": ('"VIDEO"', '""', "[]", "['TEXT', 1]"),
    },
    "task": {
        "task": ('"chat/completions"', '"embeddings"'),
        "task in capitals": ('"EMBEDDINGS"', '"Chat/Completions"'),
        "unknown choice": ('"chat"', '""'),
        "dashscope task": ('"multimodal-embedding"', '"audio/asr/transcription"'),
    },
}


def values(info: OptionInfo) -> Iterator[tuple[str, str]]:
    """The topics and values for an option."""
    found: Mapping[str, tuple[str, ...]]
    if info.name in OPTIONS:
        found = OPTIONS[info.name]
    elif info.allowed:
        # content_type and task are above.
        found = {
            "choice": tuple(f'"{each}"' for each in info.allowed),
            "letter case": tuple(f'"{each.swapcase()}"' for each in info.allowed),
            "Java constant": tuple(f'"{each.upper().replace("-", "_")}"' for each in info.allowed if "-" in each),
            "unknown choice": ('"xml"', '""', '" "'),
            "enum member": ("Strategy.IGNORE",) if "IGNORE" in info.allowed else (),
        }
    elif info.format == "json":
        found = JSON
    else:
        sorts: dict[str, dict[str, tuple[str, ...]]] = {
            "Double": NUMBERS,
            "Long": INTEGERS,
            "Integer": INTEGERS,
            "Duration": DURATIONS,
        }
        found = sorts.get(info.java, TEXTS | {"enum member": ("Strategy.IGNORE",)})
    if info.java == "Boolean":
        found = {"choice": ("True", "False"), "string for a bool": ('"true"',), "number for a bool": ("0", "1")}
    seen = {"None"}
    yield "None", "None"
    for topic, each in ((topic, each) for topic, every in found.items() for each in every):
        if each not in seen:
            yield topic, each
            seen.add(each)
    for each in TYPES:
        right = {"1": info.java == "Double", '"x"': info.java == "String"}.get(each, False)
        if each not in seen and not right:
            yield "wrong type", each


def of_options() -> Iterator[Case]:
    """A call for each value of each option of each class."""
    for cls in CLASSES:
        for info in options(cls):
            base = {"endpoint": "URL"}
            if cls is not TritonProvider:
                base = {} if info.name in ("endpoint", "task") else {**base, "api_key": '"sk-demo"'}
            for topic, value in values(info):
                code, without = (
                    f"{cls.__name__}({', '.join(f'{name}={each}' for name, each in arguments.items())}).to_options()"
                    for arguments in (base | {info.name: value}, base)
                )
                yield Case(topic, code, f"{info.name}={value}", info.name, info.key, without)


# Other calls ----------------------------------------------------------------------------------------------------------

CHAT = "chat = OpenAICompatProvider(**ARGUMENTS)\n"
TRITON = "triton = TritonProvider(endpoint='http://t:8000')\n"
COLUMNS = "[('a', 'STRING'), ('b', 'STRING')]"
CALLS = {
    "same options": (
        "OpenAICompatProvider(**ARGUMENTS).to_options()",
        "OpenAICompatProvider(task='chat/completions').to_options()",
        "DashScopeProvider(**ARGUMENTS).to_options()",
        "DashScopeProvider(task='embeddings', dimension=8).to_options()",
        "TritonProvider(endpoint='http://t:8000').to_options()",
        "GenericProvider('x', a='1', b=2).to_options()",
        "OpenAICompatProvider().to_options()",
        "OpenAICompatProvider(task='chat/completions', endpoint=URL).to_options()",
    ),
    "identifier": (
        *("OpenAICompatProvider().provider_identifier()", "DashScopeProvider().provider_identifier()"),
        *("TritonProvider(endpoint='x').model_option_key()", "OpenAICompatProvider().model_option_key()"),
        *("GenericProvider('x').provider_identifier()", "GenericProvider('x').model_option_key()"),
    ),
    "order": (
        *("list(OpenAICompatProvider(**ARGUMENTS).to_options())", "list(TritonProvider(endpoint='x').to_options())"),
        "list(OpenAICompatProvider(task='embeddings', endpoint=URL).to_options())",
        "list(OpenAICompatProvider(b='1', a='2').to_options())[-2:]",
    ),
    "key and task": (
        "OpenAICompatProvider(api_key='sk-demo')",
        "OpenAICompatProvider(endpoint=' ', api_key='sk-demo')",
        "OpenAICompatProvider(endpoint=URL, api_key='sk-demo', task='embeddings')",
    ),
    "signature": (
        *("OpenAICompatProvider('chat/completions')", "TritonProvider('http://t:8000')", "TritonProvider()", "GenericProvider()"),
    ),
    "name keyword": ("GenericProvider(name='x').provider_identifier()",),
    "generic name option": ("GenericProvider('x', name='y').to_options()", "GenericProvider('x', self='y').to_options()"),
    "generic name": ("GenericProvider('').provider_identifier()", "GenericProvider(1).provider_identifier()"),
    "extra option": (
        *("OpenAICompatProvider(trace='a').to_options()['trace']", "OpenAICompatProvider(trace=1).to_options()['trace']"),
        *("TritonProvider(endpoint='http://t', trace='a').to_options()['trace']", "GenericProvider('x', a=1.5).to_options()"),
        "OpenAICompatProvider(**{'my-option': 'a'}).to_options()['my-option']",
    ),
    "extra bool": (
        *("OpenAICompatProvider(trace=True).to_options()['trace']", "DashScopeProvider(trace=False).to_options()['trace']"),
        *(
            "GenericProvider('x', trace=True).to_options()",
            "TritonProvider(endpoint='http://t', trace=True).to_options()['trace']",
        ),
    ),
    "extra None": (
        "OpenAICompatProvider(trace=None).to_options().get('trace')",
        "TritonProvider(endpoint='http://t', trace=None).to_options().get('trace')",
        "GenericProvider('x', trace=None).to_options()",
    ),
    "extra mapping": (
        *(
            "OpenAICompatProvider(trace={'a': 1}).to_options()['trace']",
            "OpenAICompatProvider(trace=['a']).to_options()['trace']",
        ),
        "GenericProvider('x', trace={'a': 1}).to_options()",
    ),
    "extra nan": ("OpenAICompatProvider(trace=float('nan')).to_options()['trace']",),
    "misspelled": (
        *("OpenAICompatProvider(temprature=0.7).to_options()", "OpenAICompatProvider(modle='m').to_options()"),
        "TritonProvider(endpoint='x', timout='1s').to_options()",
    ),
    "Java key": (
        "OpenAICompatProvider(**{'top-p': 0.5}).to_options()",
        "TritonProvider(endpoint='http://t', **{'model-name': 'm'}).to_options()",
    ),
    "other name": (
        "OpenAICompatProvider(base_url=URL).to_options()['base_url']",
        "OpenAICompatProvider(frequency_penalty=1).to_options()['frequency_penalty']",
    ),
    "content-types": (
        "OpenAICompatProvider(content_types='TEXT;IMAGE_URL').to_options()",
        "OpenAICompatProvider(**{'content-types': 'TEXT;IMAGE_URL'}).to_options()",
    ),
    "audio_format": ("OpenAICompatProvider(audio_format='mp3')", "DashScopeProvider(audio_format='mp3')"),
    "content types of tasks": tuple(
        f"{cls}(task='{task}', content_type={kind!r}).to_options()"
        for cls in ("OpenAICompatProvider", "DashScopeProvider")
        for task in ("chat/completions", "embeddings", "multimodal-embedding", "audio/asr/transcription")
        for kind in ("TEXT", "IMAGE_URL", "AUDIO_URL", ["TEXT", "TEXT"])
    ),
    "default content type": (
        "DashScopeProvider(task='multimodal-embedding')",
        "DashScopeProvider(task='audio/asr/transcription')",
    ),
    "columns": (
        f"{CHAT}chat.to_options([('a', 'STRING')])",
        f"{CHAT}chat.to_options({COLUMNS})",
        f"{CHAT}chat.to_options({COLUMNS}, {{'content_type': ['TEXT', 'IMAGE_URL']}})",
        f"{CHAT}chat.to_options([('a', 'STRING')], {{'content_type': ['TEXT', 'IMAGE_URL']}})",
        f"OpenAICompatProvider(task='embeddings').to_options({COLUMNS})",
        f"{CHAT}chat.to_options([])",
        f"{CHAT}chat.to_options(input_columns={COLUMNS}, overrides=None)",
        "DashScopeProvider(task='audio/asr/transcription', content_type='AUDIO_URL').to_options([('a', 'STRING')])",
        f"{TRITON}triton.to_options({COLUMNS})",
        f"GenericProvider('x', a='1').to_options({COLUMNS})",
    ),
    "overrides": (
        f"{CHAT}chat.to_options(overrides={{'temperature': 0.2, 'max_tokens': 5}})",
        f"{CHAT}chat.to_options(overrides={{'temperature': None, 'system_prompt': None}})",
        f"{CHAT}chat.to_options(overrides={{'endpoint': 'https://b.com/v1/embeddings'}})",
        f"{CHAT}chat.to_options(overrides={{'endpoint': None}})",
        f"{CHAT}chat.to_options(overrides={{'task': 'embeddings'}})",
        f"{CHAT}chat.to_options(overrides={{'my-option': 'a'}})",
        "OpenAICompatProvider(trace='a').to_options(overrides={'trace': None})",
        f"{CHAT}chat.to_options(overrides={{}})",
        f"{TRITON}triton.to_options(overrides={{'priority': 4, 'timeout': None}})",
        f"{TRITON}triton.to_options(overrides={{'endpoint': None}})",
        "GenericProvider('x', a='1').to_options(overrides={'a': None, 'b': '2'})",
    ),
    "None for a default in overrides": (f"{CHAT}chat.to_options(overrides={{'retry_num': None}})",),
    "misspelled override": (f"{CHAT}chat.to_options(overrides={{'temprature': 1}})['temprature']",),
    "Java key in overrides": (f"{CHAT}chat.to_options(overrides={{'content-type': 'IMAGE_URL'}})['content-type']",),
    "invalid override": (f"{CHAT}chat.to_options(overrides={{'temperature': 'hot'}})['temperature']",),
    "result is a copy": (f"{CHAT}chat.to_options().clear()\nlen(chat.to_options())",),
    "pickle": (
        f"{CHAT}pickle.loads(pickle.dumps(chat)).to_options() == chat.to_options()",
        f"{CHAT}copy.deepcopy(chat).to_options() == chat.to_options()",
    ),
    "equality": (
        f"{CHAT}chat == OpenAICompatProvider(**ARGUMENTS)",
        f"{CHAT}len({{chat, OpenAICompatProvider(**ARGUMENTS)}})",
    ),
    "read": (f"{CHAT}chat.temperature",),
    "write": (f"{CHAT}chat.temperature = 0.1\nchat.to_options()['temperature']", f"{CHAT}chat.note = 'mine'\nchat.note"),
    "private": (f"{CHAT}chat._params['temperature']", f"{CHAT}'sk-demo' in str(vars(chat))"),
    "repr": (f"{CHAT}repr(chat).startswith('OpenAICompatProvider(')",),
    "repr and the key": (f"{CHAT}'sk-demo' in repr(chat)",),
    "json": (f"{CHAT}json.dumps(chat.to_options()) != ''",),
    "classes": (
        *("isinstance(OpenAICompatProvider(), Provider)", "isinstance(GenericProvider('x'), Provider)"),
        *("issubclass(TritonProvider, Provider)", "isinstance(DashScopeProvider(), OpenAICompatProvider)"),
    ),
    "subclass": (
        "class Own(OpenAICompatProvider):\n"
        "    def provider_identifier(self):\n        return 'own'\nOwn(**ARGUMENTS).provider_identifier()",
    ),
    "subclass with an initializer": (
        "class Own(OpenAICompatProvider):\n"
        "    def __init__(self, **options):\n        super().__init__(task='chat/completions', **options)\nOwn().to_options()",
    ),
    "own class": (
        "class Own(Provider):\n    def provider_identifier(self):\n        return 'own'\n"
        "    def to_options(self, input_columns=None, overrides=None):\n        return {'a': '1'}\nOwn().to_options()",
    ),
    "registry": (
        f"{CHAT}set_provider(chat)\nlist_providers()",
        f"{CHAT}set_provider('a', chat)\nset_provider('b', chat)\nset_default_provider('b')\nlist_providers()",
        "set_provider('triton', endpoint='http://t:8000')\nlist_providers()",
        f"{CHAT}set_provider(chat, chat)",
        f"{CHAT}set_provider('a', chat, temperature=1)",
        f"{CHAT}set_provider(chat)\nset_provider('b', chat)\nset_default_provider('b')\nlist_providers()",
        "set_provider('openai-compat', api_key='sk-demo')",
        "set_provider(1)",
        "set_provider('a', 1)",
    ),
    "registry: identifier of no class": ("set_provider('mine', endpoint='http://x')\nlist_providers()",),
    "registry: again": (f"{CHAT}set_provider('a', chat)\nset_provider('a', chat)\nlist_providers()",),
    "registry: unknown default": ("set_default_provider('nobody')",),
    "registry: empty name": (f"{CHAT}set_provider('', chat)\nlist_providers()",),
    "registry: result": (f"{CHAT}set_provider('a', chat) is chat",),
}


def cases() -> Iterator[Case]:
    """Every call."""
    yield from of_options()
    for topic, every in CALLS.items():
        yield from (Case(topic, code, shown(code)) for code in every)


def shown(code: str) -> str:
    """A call without what is the same in many."""
    code = code.removeprefix(CHAT).removeprefix(TRITON)
    return re.sub(r"^(\w+Provider\(.*\))\.to_options\(\)(\.get\('\w+'\)|\['[\w-]+'\])?$", r"\1", code)
