"""Five ready sets of pairs, made up by rule with a fixed seed; none is a task of the page."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random

from s2s_demo.custom.plan import Pair
from s2s_demo.prediction import Template, Words

FIRST, LAST = date(1950, 1, 1), date(2049, 12, 31)
MONTHS = "January February March April May June July August September October November December"
# Revised Romanization of Korean (Ministry of Culture and Tourism, notice 2000-8), letter by letter in the order of Unicode;
# a final consonant as it sounds before a pause, no change of sound across syllables.
INITIALS = "g kk n d tt r m b pp s ss - j jj ch k t p h"
VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
FINALS = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t"
SYLLABLES = (
    "가각간갈감강개거건검게겨격견결경계고곡곤골공과관광교구국군굴궁권귀규그극근글금급기길김꽃나낙난날남내너널네노논놀농"
    "누눈뉴늘능니다단달담당대더덕도독돈돌동두둑둔뒤드들등디딸라락란람랑래러력련령로록론료루류름리린림마막만말맛망매머먹"
    "면명모목몸무문물미민바박반발밤밥방배백번법벽변별병보복본봄봉부북분불비빈빛빵사산살삼상새색생서석선설섬성세소속손송"
    "수숙순술숨시식신실심싸쌀아악안알암앙애야약양어억언얼여역연열영예오옥온올옷와완왕외요용우운울원월위유육윤은을음의이"
    "인일임입자작잔장재저적전절점정제조족존종좋주죽준중지직진질집짜차찬참창책처천철청체초촌총최추축춘출충치친칠카코크타"
    "탁탄태터토통투특파판팔편평포표품풍피필하학한할함합항해행향허험현혈형호혼홍화확환활황회효후훈휴흑흥희힘"
)
WHO = "나 너 우리 동생 언니 친구 선생님 할머니 아버지 학생 아이 고양이 강아지 이웃 의사 손님 가수 농부 사장님 형"
WHEN = "오늘 어제 아침에 저녁에 주말에 밤에 방금 일찍 날마다 가끔 지난주에 봄에"
WHERE = "집에서 학교에서 시장에서 공원에서 부엌에서 방에서 바닷가에서 식당에서 마당에서 도서관에서"
HOW = "천천히 빨리 조용히 열심히 혼자 같이 다시 몰래 즐겁게 정말"
WHAT = {
    "밥 빵 국수 김밥 떡 라면 만두": "먹었다 샀다 만든다 나누었다 먹고 싶다",
    "책 편지 신문 그림 사진 이야기": "보았다 찾았다 좋아한다 보고 있다 잃어버렸다",
    "노래 춤 피아노 한국어 수영": "배웠다 연습한다 가르친다 잘한다 배우고 싶다",
    "자전거 가방 모자 옷 우산": "샀다 고쳤다 찾았다 빌렸다 사고 싶다",
    "꽃 나무 토마토": "심었다 그렸다 키운다 심고 싶다",
}


@dataclass(frozen=True)
class Example:
    """A set of pairs to begin with. pairs: makes them, the same ones every time, no x twice."""

    name: str
    title: Words
    about: Words
    pairs: Callable[[], list[Pair]]


def romanised(word: str) -> str:
    """A word of Hangul syllables in Latin letters, syllable by syllable.

    >>> romanised("한국")
    'hanguk'
    """
    initials, vowels, finals = (
        ["" if letter == "-" else letter for letter in table.split()] for table in (INITIALS, VOWELS, FINALS)
    )
    codes = [ord(c) - ord("가") for c in word]
    return "".join(initials[c // 588] + vowels[c % 588 // 28] + finals[c % 28] for c in codes)


def _distinct(drawn: Iterator[Pair], count: int) -> list[Pair]:
    found: dict[str, str] = {}
    for x, y in drawn:
        found.setdefault(x, y)
        if len(found) == count:
            break
    return list(found.items())


def _reversed_words() -> Iterator[Pair]:
    rng = Random(0)
    while True:
        sounds = [rng.choice("bcdfghjklmnprstvwz") + rng.choice("aeiou") for _ in range(rng.randint(2, 5))]
        word = "".join(sounds) + rng.choice(["", "n", "r", "s", "t"])
        yield word, word[::-1]


def _dates() -> Iterator[Pair]:
    rng = Random(0)
    months = MONTHS.split()
    while True:
        day = FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))
        y, m, d, name = day.year, day.month, day.day, months[day.month - 1]
        ways = [
            f"{d} {name} {y}",
            f"{name} {d}, {y}",
            f"{d} {name[:3]} {y}",
            f"{name[:3]} {d}, {y}",
            f"{d:02}/{m:02}/{y}",
            f"{d}.{m}.{y}",
            f"{y}년 {m}월 {d}일",
        ]
        yield rng.choice(ways), day.isoformat()


def _romanised_words() -> Iterator[Pair]:
    rng = Random(0)
    while True:
        word = "".join(rng.choices(SYLLABLES, k=rng.randint(2, 4)))
        yield word, romanised(word)


def _spaced_sentences() -> Iterator[Pair]:
    rng = Random(0)
    while True:
        words = _sentence(rng)
        marks = ["0" * (len(word) - 1) + "1" for word in words]
        yield "".join(words), "".join(marks)[:-1] + "0"


def _sentence(rng: Random) -> list[str]:
    """The words of a made-up sentence: who, perhaps when, where and how, what, and a verb that goes with it."""
    who = rng.choice(WHO.split())
    things = rng.choice(list(WHAT))
    thing, verb = rng.choice(things.split()), rng.choice(_verbs(WHAT[things]))
    words = [who + rng.choice([_after(who, "은", "는"), "도"])]
    words += [rng.choice(some.split()) for some in (WHEN, WHERE, HOW) if rng.random() < 0.5]
    return [*words, thing + _after(thing, "을", "를"), *verb.split("_")]


def _verbs(text: str) -> list[str]:
    """The verbs of a row; "-고" and what follows it are one verb of two words, joined by "_"."""
    return text.replace("고 ", "고_").split()


def _after(word: str, closed: str, open_: str) -> str:
    """The particle after a word: `closed` where its last syllable ends in a consonant, else `open_`."""
    return closed if (ord(word[-1]) - ord("가")) % 28 else open_


def _movements() -> Iterator[Pair]:
    """Three numbers a step as of a sensor on a wrist, and what the wrist does: it is still, walks or shakes, each for a while.

    One row says little, since any swing passes through zero; how fast the rows before and after it swing tells.
    """
    rng = Random(0)
    speeds, names = {"still": 0.0, "walk": 0.7, "shake": 2.1}, ["still", "walk", "shake"]
    while True:
        rows, labels, at, last = [], [], rng.uniform(0, 6), ""
        while len(labels) < 24:
            last = rng.choice([name for name in names if name != last])
            for _ in range(rng.randint(5, 12)):
                at += speeds[last]
                wide = 1.0 if speeds[last] else 0.0
                values = (wide * math.sin(at + shift) + rng.gauss(0, 0.25) for shift in (0.0, 1.0, 2.0))
                rows.append(" ".join(f"{value:.2f}" for value in values))
                labels.append(last)
        yield " ; ".join(rows), " ".join(labels)


def _example(name: str, count: int, title: Words, about: Template, draw: Callable[[], Iterator[Pair]]) -> Example:
    said = about.format(n=f"{count:,}")
    return Example(name, title, said, lambda: _distinct(islice(draw(), 100 * count), count))


EXAMPLES: dict[str, Example] = {
    example.name: example
    for example in (
        _example(
            "reverse",
            5000,
            Words("단어 뒤집기", "Reverse a word"),
            Template(
                "지어낸 단어와 거꾸로 쓴 단어, {n}쌍 (합성)", "Made-up words and their reverse: {n} pairs, synthetic"
            ),
            _reversed_words,
        ),
        _example(
            "dates",
            3000,
            Words("날짜 형식", "Date formats"),
            Template(
                "일곱 가지로 쓴 날짜와 YYYY-MM-DD, {n}쌍 (합성). 03/04/2021은 4월 3일로 읽습니다.",
                "Dates written in seven ways and as YYYY-MM-DD: {n} pairs, synthetic. 03/04/2021 is 3 April.",
            ),
            _dates,
        ),
        _example(
            "romanise",
            3000,
            Words("한글 로마자 옮겨 적기", "Hangul transliteration"),
            Template(
                "지어낸 한글 단어와 로마자, {n}쌍 (합성). 로마자 표기법의 글자 표만 쓰고 소리 변화는 넣지 않았습니다.",
                "Made-up Hangul words and Latin letters: {n} pairs, synthetic. The letters of the Revised Romanization, without sound changes.",
            ),
            _romanised_words,
        ),
        _example(
            "spacing",
            3000,
            Words("한국어 띄어쓰기 복원", "Korean spacing"),
            Template(
                "붙여 쓴 문장과, 음절마다 뒤에 띄어쓰기가 있으면 1, 없으면 0, {n}쌍 (작은 문법으로 만든 합성 문장)",
                "Sentences without spaces, and for each syllable 1 if a space follows, else 0: {n} pairs, synthetic, from a small grammar",
            ),
            _spaced_sentences,
        ),
        _example(
            "movements",
            600,
            Words("손목의 움직임", "Movements of a wrist"),
            Template(
                "한 단계가 숫자 셋인 지어낸 센서 기록과, 단계마다 가만히(still)·걷기(walk)·흔들기(shake), {n}쌍 (합성)",
                "A made-up sensor's three numbers a step, and for each step still, walk or shake: {n} pairs, synthetic",
            ),
            _movements,
        ),
    )
}
