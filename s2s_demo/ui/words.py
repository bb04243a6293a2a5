"""Every sentence of the page in Korean and English, and which of the two a visitor reads."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any

import gradio as gr

from s2s_demo import engines, tasks
from s2s_demo.own import examples
from s2s_demo.prediction import UserError, Words, check_template
from s2s_demo.ui import (
    words_board,
    words_gpu,
    words_gradients,
    words_inside,
    words_longrange,
    words_own,
    words_race,
    words_server,
    words_shapes,
    words_time,
)

WORDS: dict[str, Words] = {
    "title": Words("Seq2Seq 실험실", "Seq2Seq Lab"),
    "thesis": Words(
        "Seq2Seq은 구조가 아니라 **틀**입니다. x와 y가 무엇인지 말할 수 있고 그 쌍이 있으면 모델을 만들 수 있습니다.",
        "Seq2Seq is a **framework**, not an architecture. Whoever can say what x and y are, and has pairs of them, "
        "can build a model.",
    ),
    "left.out": Words("빠진 파일이 있습니다.", "A file was left out."),
    "shade": Words("밝게 또는 어둡게", "Light or dark"),
    "device": Words("계산 장치", "Running on"),
    "tab.arithmetic": Words("산수", "Arithmetic"),
    "tab.pos": Words("품사", "Parts of speech"),
    "tab.intent": Words("의도", "Intent"),
    "tab.video": Words("영상", "Video"),
    "tab.lab": Words("실험실", "Laboratory"),
    "x.info": Words("입력하고 Enter를 누르세요.", "Type and press Enter."),
    "examples": Words("보기", "Examples"),
    "engine": Words("엔진", "Engine"),
    "approach": Words("접근", "Approach"),
    "approach.encoder-only": Words("인코더만", "Encoder only"),
    "approach.encoder-decoder": Words("인코더-디코더", "Encoder-decoder"),
    "approach.decoder-only": Words("디코더만", "Decoder only"),
    "answer": Words("답하기", "Answer"),
    "norms": Words("기울기 크기: 얼마나 멀리 배울 수 있나", "Gradient norms: how far it can learn from"),
    "norms.about": Words(
        "고른 출력 단계 k 하나의 손실 L_k = −log p(y_k)이 입력 t의 임베딩에 남기는 기울기 ‖∂L_k/∂e_t‖. "
        "학습을 마친 모델이며, 세로축은 로그입니다.",
        "‖∂L_k/∂e_t‖: what the loss of one chosen output step, L_k = −log p(y_k), leaves at the embedding of input t. "
        "Trained weights, log axis.",
    ),
    "norms.all": Words("모든 엔진 비교", "Compare all engines"),
    "norms.all.about": Words(
        "정답을 알면 정답을, 모르면 엔진 자신의 답을 먹였을 때의 값. 각 곡선은 자기 최댓값으로 나누었습니다.",
        "With the true answer fed in where it is known, else the engine's own; each curve is divided by its own largest value.",
    ),
    "norms.all.none": Words(
        "이 과제와 접근으로 학습한 모델이 아직 없습니다. 터미널에서 학습합니다: python -m train {task} --approach {approach}",
        "No model of this task and approach is trained yet. In a terminal: python -m train {task} --approach {approach}",
    ),
    "norms.y": Words("‖∂L_k/∂e_t‖", "‖∂L_k/∂e_t‖"),
    "norms.y.relative": Words("‖∂L_k/∂e_t‖ / 최댓값", "‖∂L_k/∂e_t‖ / its largest"),
    "training": Words("이 모델이 학습할 때: 부분별 기울기 크기", "While this model was trained: gradient norm by part"),
    "training.about": Words(
        "자르기(clipping) 전의 값. 배치 평균 손실의 기울기입니다.",
        "Before clipping; the gradient of the batch-mean loss.",
    ),
    "training.step": Words("학습 단계", "training step"),
    "training.norm": Words("기울기 크기", "gradient norm"),
    "training.total": Words("전체", "total"),
    "training.clip": Words("자르는 선", "clipping threshold"),
    "map": Words("자릿수 지도: 어디까지 맞히나", "Length map: how far it is right"),
    "map.about": Words(
        "a의 자릿수 × b의 자릿수마다 배운 적 없는 식의 정답 비율. 주황 선 안이 배운 범위입니다.",
        "Share of exact answers by digits of a × digits of b, on sums never trained on. Trained within the orange line.",
    ),
    "map.a": Words("a의 자릿수", "digits of a"),
    "map.b": Words("b의 자릿수", "digits of b"),
    "map.sign": Words("기호", "Sign"),
    "map.trained": Words("배운 범위", "trained region"),
    "map.none": Words("이 모델의 지도는 아직 없습니다.", "There is no map for this model yet."),
    "card": Words("모델 카드", "Model card"),
    "card.data": Words("데이터", "Data"),
    "card.synthetic": Words("합성 (과제 파일이 만듭니다)", "synthetic (drawn by the task file)"),
    "card.parameters": Words("파라미터", "Parameters"),
    "card.trained": Words("학습", "Training"),
    "machine.cpu": Words("CPU 스레드 {n}개, {kind}", "CPU threads: {n}, {kind}"),
    "card.trained.value": Words(
        "{steps:,}단계 · {minutes}분 · {machine}", "{steps:,} steps · {minutes} min · {machine}"
    ),
    "card.auxiliary": Words("아래 층마다 보조 과제", "an auxiliary lesson for every level below"),
    "card.calibrated": Words("개발 데이터로 보정", "calibrated on dev"),
    "card.remembers": Words("기억", "It remembers"),
    "card.score": Words("시험 점수", "Test score"),
    "card.score.exact": Words("정확히 맞힌 비율 {share:.2%} (n = {n:,})", "{share:.2%} exact (n = {n:,})"),
    "card.score.accuracy": Words("정확도 {share:.2%} (시험 {n:,}건)", "accuracy {share:.2%} ({n:,} test inputs)"),
    "card.oos": Words("모르는 말", "Unknown questions"),
    "card.oos.value": Words(
        "{oos_recall:.1%}를 모른다고 함. 그때 아는 말은 {accuracy_at_threshold:.1%}를 맞힘",
        "{oos_recall:.1%} are told so; with that threshold {accuracy_at_threshold:.1%} of the known ones are right",
    ),
    "card.score.other": Words("측정값 {name} {share:.4f} (n = {n:,})", "{name} {share:.4f} (n = {n:,})"),
    "card.baseline.other": Words("기준 ({name})", "Baseline ({name})"),
    "card.baseline.no-learning": Words("기준 (배우지 않은 답)", "Baseline (no learning)"),
    "card.baseline.no-carries": Words("기준 (배우지 않은 답: 올림 무시)", "Baseline (no learning: carries ignored)"),
    "card.baseline.most-frequent-tag": Words("기준 (단어마다 가장 잦은 품사)", "Baseline (each word's commonest tag)"),
    "card.baseline.tfidf-svm": Words("기준 (TF-IDF + 선형 SVM)", "Baseline (TF-IDF + linear SVM)"),
    "card.baseline.majority": Words("기준 (가장 잦은 답)", "Baseline (the commonest answer)"),
    "card.baseline.by-position": Words(
        "기준 (화면은 안 보고 순서만)", "Baseline (how far into the clip, no picture seen)"
    ),
    "card.segments": Words("구간", "Segments"),
    "card.segments.value": Words("편집 점수 {edit:.1%}, F1@50 {f1:.1%}", "edit score {edit:.1%}, F1@50 {f1:.1%}"),
    "card.reliability": Words("확신의 정확함", "Reliability"),
    "card.reliability.value": Words(
        "기대 보정 오차 {dev:.1%} (개발), {test:.1%} (시험): 확신과 맞힌 비율의 평균 차이",
        "expected calibration error {dev:.1%} on dev, {test:.1%} on test: the mean gap between confidence and share right",
    ),
    "card.command": Words("명령", "Command"),
    "card.none": Words("아직 채점하지 않음", "not scored yet"),
    "view.right": Words("맞았습니다", "right"),
    "view.wrong": Words("틀렸습니다. 정답은 {truth}", "wrong, the true answer is {truth}"),
    "view.partly": Words(
        "{share:.0%} 맞음. 빗나간 칸에 정답을 적었습니다", "{share:.0%} right; cells that are wrong show the true tag"
    ),
    "view.unknown": Words("제가 아는 일이 아닙니다", "That is not something I know"),
    "view.unsure": Words(
        "가장 그럴듯한 답도 {p:.0%}뿐입니다 (기준 {threshold:.0%})",
        "the likeliest answer reaches {p:.0%} only (threshold {threshold:.0%})",
    ),
    "view.top": Words("가장 그럴듯한 다섯", "The five likeliest"),
    "film.time": Words(
        "엔진만 {ms} 밀리초 (프레임 인코더 제외)", "{ms} ms for the engine alone (without the frame encoder)"
    ),
    "view.time": Words("{ms} 밀리초", "{ms} ms"),
    "view.x": Words("입력 x (모델이 읽는 순서)", "input x (in the model's order)"),
    "view.y": Words("출력 y (모델이 쓰는 순서)", "output y (in the model's order)"),
    "view.confidence": Words("확신", "confidence"),
    "view.keys": Words(
        "출력 칸을 누르거나 ← → 로 옮겨 보세요.", "Click an output cell, or move with ← →, to choose the output step."
    ),
    "clip.info": Words(
        "보기를 고르거나, 영상을 올리거나, 웹캠으로 찍으세요. 한 사람의 한 동작을 끊지 않고 담은 영상이 좋습니다. 200 MB까지, 앞의 60초를 읽습니다.",
        "Choose a sample, upload a video, or record one. Best: one person, one action, no cuts. Up to 200 MB, of which the first 60 seconds are read.",
    ),
    "clip.no-pose": Words(
        "자세 찾기(requirements-pose.txt)가 설치되어 있지 않아, 실제 사람의 영상도 찍힌 그대로 읽습니다.",
        "Pose finding (requirements-pose.txt) is not installed, so footage of real people is read as it is.",
    ),
    "clip.samples": Words("보기", "Samples"),
    "clip.none": Words("먼저 보기를 고르거나 영상을 올려 주세요.", "Choose a sample or upload a video first."),
    "clip.api": Words(
        "영상 과제는 화면에서만 답합니다. 글을 읽는 과제를 골라 주세요.",
        "Video tasks are answered on the page only: choose a task that reads text.",
    ),
    "film.strip": Words("프레임 (모델이 보는 64×64)", "Frames, as the model sees them (64×64)"),
    "film.lens": Words("렌즈: 고른 프레임의 답이 본 곳", "Lens: where the chosen frame's answer looked"),
    "film.truth": Words("정답", "Truth"),
    "film.mine": Words("예측", "Prediction"),
    "film.events": Words("구간", "Events"),
    "film.frame": Words("프레임", "Frame"),
    "film.sure": Words("프레임마다의 확신", "Confidence of each frame"),
    "film.keys": Words(
        "프레임이나 라벨을 누르면 영상이 그 순간으로 갑니다. ← → 한 프레임, Page Up·Down 열 프레임, Home·End 처음과 끝.",
        "Click a frame or a label and the video goes there. ← → one frame, Page Up/Down ten, Home and End.",
    ),
    "film.csv": Words("라벨을 표(CSV)로 저장", "Save the labels as a table (CSV)"),
    "film.srt": Words("라벨을 자막(SRT)으로 저장", "Save the labels as subtitles (SRT)"),
    "film.unplayable": Words(
        "이 브라우저는 이 영상을 재생하지 못하지만 프레임은 모두 읽었습니다.",
        "This browser cannot play the video; its frames were read all the same.",
    ),
    "film.share": Words("프레임의 {share:.0%}를 맞힘", "{share:.0%} of the frames right"),
    "film.drawn": Words(
        "모델이 본 것은 실제 화면이 아니라, 찾아낸 자세로 그린 그림입니다.",
        "What the model saw is not the footage but a drawing of the poses found in it.",
    ),
    "film.long": Words(
        "앞부분만 읽습니다. 최대 {seconds}초, {frames:,}프레임입니다.",
        "Only the beginning is read: at most {seconds} seconds and {frames:,} frames.",
    ),
    "table.engine": Words("엔진", "Engine"),
    "table.answer": Words("답", "Answer"),
    "table.time": Words("시간", "Time"),
    "table.parameters": Words("파라미터", "Parameters"),
    "problem": Words("문제가 생겼습니다. 다시 눌러 주세요.", "Something went wrong: please try again."),
}

for part in (
    words_inside,
    words_shapes,
    words_gradients,
    words_time,
    words_longrange,
    words_board,
    words_gpu,
    words_race,
    words_own,
    words_server,
):
    WORDS |= part.WORDS


def said(key: str, lang: str, **facts: object) -> str:
    """The sentence `key` in `lang` ("ko" or "en"), its places filled; what fills them is never read as a template."""
    return _template(key, lang).format(**facts) if facts else WORDS[key].say(lang)


def said_of(kind: str, name: str, lang: str, **facts: object) -> str:
    """The sentence on one of a kind of things, such as a measure: its own, or that on any other, which is given its name."""
    key = f"{kind}.{name}"
    return said(key, lang, **facts) if key in WORDS else said(f"{kind}.other", lang, **{**facts, "name": name})


@cache
def _template(key: str, lang: str) -> str:
    text = WORDS[key].say(lang)
    check_template(text)
    return text


def toast(error: UserError, lang: str) -> gr.Error:
    """The sentence as Gradio shows it over the page, where it would be read as HTML."""
    return gr.Error(escape(error.words.say(lang), quote=False), print_exception=False)


def machine_in(name: str, lang: str) -> str:
    """What a model was trained or timed on, as `measure.machine` names it, in `lang`."""
    count, cpu, kind = name.partition(" CPU threads, ")
    return said("machine.cpu", lang, n=count, kind=kind) if cpu else name


def _everything() -> dict[str, Words]:
    named = {f"engine.{e.name}": e.title for e in engines.ENGINES.values()}
    for engine in engines.ENGINES.values():
        ko, en = f"{engine.title.ko} (학습 전)", f"{engine.title.en} (not trained yet)"
        named[f"engine.{engine.name}.untrained"] = Words(ko, en)
    for task in tasks.TASKS.values():
        named |= {f"task.{task.name}": task.title, f"task.{task.name}.about": task.about}
        named |= {f"task.{task.name}.asks": task.asks, f"task.{task.name}.short": task.short}
        named |= {f"clip.{task.name}.{name}": caption for name, caption in task.clips.items()}
    for number, fault in enumerate((*engines.FAULTS, *tasks.FAULTS)):  # what a file says stands in HTML
        told = WORDS["left.out"]
        named[f"left.out.{number}"] = Words(f"{told.ko} {escape(fault.ko)}", f"{told.en} {escape(fault.en)}")
    named |= {f"own.ready.{name}": one.title for name, one in examples.EXAMPLES.items()}
    return WORDS | named


ALL = _everything()
I18N = gr.I18n(en={k: w.en for k, w in ALL.items()}, ko={k: w.ko for k, w in ALL.items()})


def T(key: str) -> Any:
    """A label the browser shows in the visitor's language."""
    assert key in ALL, key
    return I18N(key)


def lang_of(request: gr.Request | None) -> str:
    """ "ko" or "en": what ?lang= says, else the browser's first language."""
    if request is None:
        return "en"
    return chosen_lang(str(request.query_params.get("lang", "")), request.headers.get("accept-language", ""))


def chosen_lang(asked: str, accepted: str) -> str:
    """The same of the value of ?lang= and the header Accept-Language."""
    if asked in ("ko", "en"):
        return asked
    return "ko" if accepted.lower().startswith("ko") else "en"
