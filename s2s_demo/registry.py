"""What one file adds: every module of a package that does not start with `_` ends in `ENGINE = Engine(...)` or `TASK = Task(...)`.

A file with a mistake in it is left out and named in one sentence; all the others are there.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from s2s_demo.prediction import Words, quoted

NAME, LONGEST_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*"), 40


class Mistake(Exception):
    """What is wrong with the file of an engine or a task, in both languages; the file is named around it."""

    def __init__(self, ko: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(ko, en)


@dataclass(frozen=True)
class Found:
    """What the files of a package hold.

    Attributes:
        members: what was found, by its name, in its own order.
        faults: one sentence for each file that was left out.
    """

    members: dict[str, Any]
    faults: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Rule:
    """What a member has to be. The names of tasks and engines are folders, words of a command and parts of addresses.

    Attributes:
        kind: its type.
        fields: the type of every field that is looked at; a tuple means any of these.
        taken: names that mean something else already.
        check: looks at all that a type does not say.
    """

    kind: type
    fields: dict[str, type | tuple[type, ...]]
    taken: Collection[str] = ()
    check: Callable[[Any], None] = field(default=lambda member: None)


def find(package: ModuleType | Any, attribute: str, rule: Rule) -> Found:
    """Everything in the package's files, with a sentence for each file that was left out.

    Args:
        package: the package whose modules are read.
        attribute: what every one of them ends in.
        rule: what that has to be.

    Returns:
        The members in the order of their field `order`. Where two have one name, it is the one's whose file is named so.
    """
    members: dict[str, Any] = {}
    faults: list[Words] = []
    names = [one.name for one in pkgutil.iter_modules(package.__path__) if not one.name.startswith("_")]
    read: list[tuple[bool, str, Any]] = []
    for name in names:
        try:
            member: Any = getattr(importlib.import_module(f"{package.__name__}.{name}"), attribute, None)
            _checked(member, attribute, rule)
            read.append((member.name != name.replace("_", "-"), name, member))
        # a file from anybody may fail in any way, an exit of the program among them
        except (Exception, SystemExit) as e:
            faults.append(_named(package, name, e))
    for _, name, member in sorted(read, key=lambda one: one[:2]):
        if member.name in members:
            taken = Mistake(
                f"‘{member.name}’이라는 이름을 이미 다른 파일이 씁니다.",
                f"the name ‘{member.name}’ is taken by another file.",
            )
            faults.append(_named(package, name, taken))
        else:
            members[member.name] = member
    ranked = sorted(members.values(), key=lambda member: (member.order, member.name))
    return Found({member.name: member for member in ranked}, tuple(faults))


def _checked(member: Any, attribute: str, rule: Rule) -> None:
    """Raises a `Mistake` if the member is not what the rule asks for."""
    kind = rule.kind.__name__
    if not isinstance(member, rule.kind):
        raise Mistake(
            f"파일 끝에 `{attribute} = {kind}(...)`가 있어야 합니다.", f"it must end in `{attribute} = {kind}(...)`."
        )
    for name, expected in rule.fields.items():
        if not isinstance(getattr(member, name), expected):
            types = expected if isinstance(expected, tuple) else (expected,)
            listed, got = " | ".join(one.__name__ for one in types), type(getattr(member, name)).__name__
            raise Mistake(f"`{name}`은(는) {listed}여야 하는데 {got}입니다.", f"`{name}` must be {listed}, not {got}.")
    if not NAME.fullmatch(member.name) or len(member.name) > LONGEST_NAME:
        raise Mistake(
            f"이름 ‘{quoted(member.name)}’은(는) 영어 소문자로 시작해 소문자, 숫자와 사이의 -로만 된 {LONGEST_NAME}자까지여야 합니다.",
            f"the name ‘{quoted(member.name)}’ must be lowercase letters, digits and single hyphens between them, "
            f"a letter first, up to {LONGEST_NAME}.",
        )
    if member.name in rule.taken:
        raise Mistake(
            f"‘{member.name}’이라는 이름은 다른 뜻으로 쓰입니다.",
            f"the name ‘{member.name}’ is taken: it means something else here.",
        )
    rule.check(member)


def _named(package: ModuleType | Any, name: str, error: BaseException) -> Words:
    """The sentence that names the file and says what is wrong with it."""
    file = f"{Path(next(iter(package.__path__))).name}/{name}.py"
    if isinstance(error, Mistake):
        return Words(f"{file}: {error.words.ko}", f"{file}: {error.words.en}")
    line, what = _line_of(error, name), quoted(error.msg if isinstance(error, SyntaxError) else str(error), 120)
    told = f"{type(error).__name__}: {what}" if what else type(error).__name__
    return Words(
        f"{file}: {f'{line}번째 줄, ' if line else ''}{told}", f"{file}: {f'line {line}, ' if line else ''}{told}"
    )


def _line_of(error: BaseException, name: str) -> int:
    """The line of the file at which it went wrong, 0 where that is nowhere in it."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 0 for frame in reversed(frames) if Path(frame.filename).stem == name), 0)
