"""The sentences of the time machine in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.time": Words("타임머신", "Time machine"),
    "lab.time.about": Words(
        "작은 학습 하나를 배우기 전부터 끝까지 열세 번 저장해 두었습니다. 눈금을 밀면 답, 렌즈, 기울기 곡선이 함께 그때로 돌아갑니다.",
        "One small training, saved thirteen times from before the first step to after the last. Move the slider and the answer, "
        "the lens and the gradient curve go back to that moment together.",
    ),
    "time.task": Words("과제", "Task"),
    "time.x": Words("입력 (보기를 고르거나 직접 쓰고 Enter)", "Input (choose an example, or type and press Enter)"),
    "time.clip": Words("보기 영상", "Sample clip"),
    "time.run": Words(
        "**{engine}** · {approach} · 파라미터 {parameters:,}개 · 시드 {seed} · 학습률 {lr} · 묶음 {batch} · {minutes}분 ({machine}). {what}",
        "**{engine}** · {approach} · {parameters:,} parameters · seed {seed} · learning rate {lr} · batch {batch} · "
        "{minutes} min ({machine}). {what}",
    ),
    "time.what.arithmetic": Words(
        "산수를 줄인 것: 세 자리까지의 덧셈만, 일의 자리부터 씁니다.",
        "A small form of arithmetic: sums of up to three digits only, written ones first.",
    ),
    "time.what.words": Words(
        "작은 모델이라 가장 잦은 단어 256개만 제 벡터를 가지며, 나머지는 글자 조각으로 봅니다.",
        "A small model: only the 256 commonest words have vectors of their own; the rest are seen through their n-grams.",
    ),
    "time.what.whole": Words("과제 그대로이며 모델만 작습니다.", "The task as it is; only the model is small."),
    "time.snapshot": Words("순간 (0 = 배우기 전)", "Moment (0 = before training)"),
    "time.play": Words("▶ 처음부터 재생", "▶ Play from the start"),
    "time.pause": Words("❚❚ 멈춤", "❚❚ Pause"),
    "time.at": Words("학습 {step:,} / {last:,} 단계 뒤", "After {step:,} of {last:,} training steps"),
    "time.at.score": Words("개발 세트 점수 {score:.1%} (n = {n})", "dev score {score:.1%} (n = {n})"),
    "time.lens": Words("렌즈", "Lens"),
    "time.lens.auto": Words("어텐션이 있으면 어텐션", "Attention where there is some"),
    "time.lens.gradient": Words("기울기", "Gradient"),
    "time.lens.head": Words("렌즈: {kind}, {where}", "Lens: {kind}, {where}"),
    "time.curve": Words("기울기 곡선: 고른 출력 단계 k", "Gradient curve of the chosen output step k"),
    "time.curve.about": Words(
        "‖∂L_k/∂e_t‖, L_k = −log p(y_k), y는 이 순간 모델 자신의 답. {half}",
        "‖∂L_k/∂e_t‖ with L_k = −log p(y_k), y being this moment's own answer. {half}",
    ),
    "time.half": Words(
        "반감기 {steps:.1f}단계 (거리에 대한 log 직선 맞춤)",
        "Half-life {steps:.1f} steps (a line fitted to its log over the lag)",
    ),
    "time.half.none": Words(
        "멀어져도 줄지 않거나 점이 적어 반감기는 없습니다.",
        "No half-life: it does not fall with the lag, or has too few points.",
    ),
    "time.half.window": Words(
        "이 엔진이 볼 수 있는 것은 {steps}단계뿐이고 그 밖은 길이 없습니다(구조적으로 0). 그래서 반감기는 뜻이 없습니다.",
        "This engine can see {steps} steps only; beyond them there is no path (structurally zero), so a half-life has no meaning.",
    ),
    "time.half.other": Words(
        "답을 따로 쓰는 모델이라 거리로 잰 반감기는 뜻이 없습니다.",
        "This model writes its answer apart from x, so a half-life over the lag has no meaning.",
    ),
    "time.score": Words("손실과 점수", "Loss and score"),
    "time.score.about": Words(
        "손실은 학습 묶음, 점수는 학습에 쓰지 않은 {n}개({measure}). 주황 선이 지금 순간입니다.",
        "Loss on the training batch, score on {n} pairs never trained on ({measure}). The orange line is this moment.",
    ),
    "time.loss": Words("손실 (nat/기호)", "loss (nats/symbol)"),
    "time.dev": Words("개발 세트 점수", "dev score"),
    "time.step": Words("학습 단계", "training step"),
    "time.inside": Words("안에서 본 학습", "Training, seen from inside"),
    "time.inside.about": Words(
        "모델의 부분 × 학습 단계. 위는 자르기(clipping) 전 배치 평균 손실의 기울기 크기 ‖∇θ‖(log10), 아래 세로 눈금은 잘린 단계. "
        "갱신 비율 ‖Δθ‖/‖θ‖은 대략 1e-3이 알맞다고들 합니다(경험칙).",
        "Part of the model × training step: log10 of ‖∇θ‖, the gradient of the batch-mean loss before clipping; upright ticks are "
        "clipped steps. A relative update ‖Δθ‖/‖θ‖ of about 1e-3 is a common rule of thumb.",
    ),
    "time.model": Words("모델", "Model"),
    "time.model.small": Words("이 타임머신의 작은 모델", "the small model of this time machine"),
    "time.norm": Words("기울기 크기 ‖∇θ‖", "gradient norm ‖∇θ‖"),
    "time.update": Words("갱신 비율 ‖Δθ‖/‖θ‖", "relative update ‖Δθ‖/‖θ‖"),
    "time.clipped": Words("잘린 단계", "clipped step"),
    "time.unrecorded": Words(
        "갱신 비율은 이 학습에서 기록하지 않았습니다. 지금부터 새로 학습하는 모델에는 기록됩니다.",
        "The relative update was not recorded in this training; models trained from now on record it.",
    ),
    "time.film.keys": Words(
        "프레임이나 라벨을 누르거나 ← → 로 옮겨 출력 단계를 고르세요. Page Up·Down 열 프레임, Home·End 처음과 끝.",
        "Click a frame or a label, or move with ← →, to choose the output step. Page Up/Down ten frames, Home and End.",
    ),
    "time.none": Words(
        "순간 기록이 없습니다. 먼저 만드세요: python -m train snapshots",
        "There are no snapshots yet. Make them first: python -m train snapshots",
    ),
    "time.data": Words(
        "이 보기는 데이터가 이 컴퓨터에 없어 그릴 수 없습니다. 다른 과제를 골라 주세요.",
        "This sample cannot be drawn: its data is not on this machine. Choose another task.",
    ),
}
