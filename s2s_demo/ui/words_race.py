"""The sentences of the race in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.race": Words("경주", "Race"),
    "lab.race.about": Words(
        "크기가 거의 같은 엔진 둘에서 여덟이 같은 문제를 처음부터 나란히 배웁니다. 학습에 쓰지 않은 입력 열 개가 초록이 되는 순서를 보세요.",
        "Two to eight engines of about equal size learn the same problem side by side, from nothing. Watch ten inputs that are never "
        "trained on turn green.",
    ),
    "race.task": Words("문제", "Problem"),
    "race.who": Words("엔진 (둘에서 여덟)", "Engines (two to eight)"),
    "race.by": Words("무엇을 같게 하나", "What is equal"),
    "race.by.steps": Words("파라미터와 단계 수", "parameters and steps"),
    "race.by.time": Words("파라미터와 학습 시간", "parameters and training time"),
    "race.seconds": Words("제한 시간 (초)", "Time limit (seconds)"),
    "race.go": Words("출발", "Start"),
    "race.stop": Words("멈추고 그대로 두기", "Stop and keep"),
    "race.told.whole": Words(
        "‘{title}’ 과제 그대로입니다. 점수는 {measure}입니다.", "The task “{title}” as it is. The score is {measure}."
    ),
    "race.told.part": Words(
        "‘{title}’의 학습 쌍을 {most:,}개까지 씁니다. 점수는 {measure}입니다.",
        "Up to {most:,} training pairs of “{title}” are used. The score is {measure}.",
    ),
    "race.measure.exact": Words("답 전체가 맞은 비율", "the share of whole answers right"),
    "race.measure.accuracy": Words("정확도", "accuracy"),
    "race.measure.other": Words("측정값 {name}", "its measure “{name}”"),
    "race.fair": Words(
        "파라미터를 약 {target:,}개로 맞추려고 너비를 이분법으로 찾습니다. 학습률은 엔진마다 다른 시드에서 손으로 골랐고 표에 적혀 있습니다. "
        "시드 하나의 결과이며, 시드가 바뀌면 순위도 바뀔 수 있습니다.",
        "Widths are found by bisection so that each engine has about {target:,} parameters. Learning rates were chosen by hand on another "
        "seed and stand in the table. This is one seed; another may change the order.",
    ),
    "race.seed": Words("시드", "Seed"),
    "race.ready": Words("출발을 누르세요.", "Press Start."),
    "race.preparing": Words("모델을 만드는 중…", "Building the models…"),
    "race.running": Words("{elapsed:.0f}초 지남 · {left:.0f}초 남음", "{elapsed:.0f} s gone · {left:.0f} s left"),
    "race.over": Words(
        "끝: {elapsed:.0f}초. 모두 다시 채점했습니다.", "Over after {elapsed:.0f} s; everybody was scored again."
    ),
    "race.stopped": Words(
        "{elapsed:.0f}초에 멈췄습니다. 여기까지의 결과입니다.",
        "Stopped after {elapsed:.0f} s; this is how far they came.",
    ),
    "race.waiting": Words(
        "다른 경주가 {racing}개 달리는 중입니다. 대기 {place}번째이며, 차례가 오면 저절로 출발합니다.",
        "{racing} other races are running. You are number {place} in line; yours starts by itself.",
    ),
    "race.full": Words(
        "줄이 가득 찼습니다. 잠시 뒤 다시 눌러 주세요.", "The line is full: please try again in a minute."
    ),
    "race.gone": Words("기다리기를 그만두었습니다.", "You have left the line."),
    "race.few": Words("엔진을 둘에서 여덟까지 골라 주세요.", "Choose two to eight engines."),
    "race.engine": Words("엔진", "Engine"),
    "race.exact": Words("점수", "Score"),
    "race.loss.title": Words("손실 (학습 묶음, nat/기호)", "loss (training batches, nats/symbol)"),
    "race.exact.title": Words("점수 (쓰지 않은 {n}개)", "score ({n} held-out pairs)"),
    "race.norm.title": Words("기울기 크기 (자르기 전)", "gradient norm (before clipping)"),
    "race.x.steps": Words("단계", "step"),
    "race.x.time": Words("그 엔진의 학습 시간 (초)", "the engine's own training seconds"),
    "race.table": Words("결과", "Result"),
    "race.table.width": Words("너비", "Width"),
    "race.table.parameters": Words("파라미터", "Parameters"),
    "race.table.lr": Words("학습률", "Learning rate"),
    "race.table.steps": Words("단계", "Steps"),
    "race.table.seconds": Words("학습 (초)", "Training (s)"),
    "race.table.exact": Words("점수 (n = {n})", "Score (n = {n})"),
}
