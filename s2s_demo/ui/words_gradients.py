"""The sentences of the gradient laboratory in Korean and English."""

from __future__ import annotations

from s2s_demo.lab import clipping, gradients
from s2s_demo.prediction import Template, Words

WORDS: dict[str, Words] = {
    "lab.gradients": Words("기울기 실험실", "Gradients"),
    "lab.gradients.about": Words(
        "기울기는 몇 단계 전까지 닿을까요? 학습하지 않은 새 가중치로 지금 바로 잰 값입니다. "
        "마지막 단계에만 손실 L = v·y<sub>T</sub>(v는 무작위)를 두고, 역전파 한 번으로 모든 단계의 ‖∂L/∂x‖와 ‖∂L/∂h‖를 구합니다.",
        "How many steps back does a gradient reach? Measured now, on fresh weights, with no training: a loss L = v·y<sub>T</sub> (v random) "
        "stands at the last step alone, and one backward pass gives ‖∂L/∂x‖ and ‖∂L/∂h‖ at every step.",
    ),
    "gradients.head": Words(
        "한 단계 전에 닿은 기울기 가운데 {lag}단계 전까지 남은 몫",
        "Of the gradient that reaches one step back, this share is left {lag} steps back",
    ),
    "gradients.half": Words(
        "한 단계마다 ×{factor:.2f}, 반감기 {steps:.1f}단계", "×{factor:.2f} a step, half-life {steps:.1f} steps"
    ),
    "gradients.grows": Words("한 단계마다 ×{factor:.2f}, 줄지 않음", "×{factor:.2f} a step, does not shrink"),
    "gradients.head.every": Words(
        "손실이 모든 단계에 있을 때: {lag}단계 전 입력의 기울기를 1단계 전의 것으로 나눈 값",
        "With a loss on every step: the gradient at the input {lag} steps back over that one step back",
    ),
    "gradients.own": Words("단계마다 자기 손실도 받음", "each step has a loss of its own"),
    "gradients.window": Words("{lag}단계 너머로는 경로가 없음", "no path beyond {lag} steps"),
    "gradients.alone": Words("단계 사이에 경로가 없음", "no path between steps"),
    "gradients.none": Words("경로 없음", "no path"),
    "gradients.nowhere": Words("경로 없음 (구조적으로 0)", "no path (exactly zero)"),
    "gradients.float": Words("float32 정밀도 아래 (10⁻⁷)", "below float32 precision (10⁻⁷)"),
    "gradients.length": Words("길이 T", "Length T"),
    "gradients.init": Words("순환 가중치 W_hh의 초기화", "Initialisation of W_hh"),
    "gradients.init.default": Words("PyTorch 기본값", "PyTorch default"),
    "gradients.init.orthogonal": Words("직교", "Orthogonal"),
    "gradients.gain": Words("이득: W_hh에 곱하는 수", "Gain: multiplies W_hh"),
    "gradients.bias": Words("망각 편향 b_ih+b_hh", "Forget bias b_ih+b_hh"),
    "gradients.loss": Words("손실을 두는 곳", "Where the loss stands"),
    "gradients.loss.last": Words("마지막 단계", "last step"),
    "gradients.loss.all": Words("모든 단계", "all steps"),
    "gradients.width": Words("너비", "Width"),
    "gradients.seed": Words("시드", "Seed"),
    "gradients.lag": Words("τ단계 전 (0 = 지금)", "steps back τ (0 = now)"),
    "gradients.inputs": Words(
        "여덟 엔진을 한 축에: 입력에 닿는 기울기", "Eight engines on one axis: the gradient at the inputs"
    ),
    "gradients.inputs.about": Template(
        "‖∂L/∂x<sub>T−τ</sub>‖를 자기 τ = 1의 값으로 나눈 것(경로가 전혀 없으면 τ = 0으로). ▽는 경로가 없어 정확히 0인 곳이며, 아주 작아진 것과 "
        "다릅니다. 배정밀도로 계산합니다. 모든 엔진은 앞만 보고, 입력은 N(0, 1) {batch}줄, 값은 줄마다의 노름을 평균한 것입니다.",
        "‖∂L/∂x<sub>T−τ</sub>‖, each curve divided by its own value at τ = 1 (at τ = 0 where there is no path at all). ▽ is exactly zero, no path, "
        "which is not the same as vanished. Computed in double precision; every engine causal; {batch} sequences of N(0, 1) inputs, "
        "mean of their norms.",
    ).format(batch=gradients.Setting().batch),
    "gradients.inputs.y": Words("‖∂L/∂x<sub>T−τ</sub>‖, τ = 1이면 1", "‖∂L/∂x<sub>T−τ</sub>‖, 1 at τ = 1"),
    "gradients.every": Words(
        "손실이 모든 단계에 있어서 단계마다 자기 손실의 기울기를 바로 받습니다. **그래서 소멸이 가려질 뿐, 없어진 것이 아닙니다.** "
        "마지막 단계에만 두고 다시 보세요.",
        "The loss stands on every step, so each step is fed by a loss of its own. **That hides vanishing, it does not undo it:** put the loss on the "
        "last step and look again.",
    ),
    "gradients.states": Words("순환 상태: 한 단계마다 몇 배가 되나", "Recurrent states: the factor a step"),
    "gradients.states.about": Words(
        "ρ(τ) = ‖∂L/∂h<sub>T−τ</sub>‖ / ‖∂L/∂h<sub>T</sub>‖, LSTM은 c도. 순환 고리 안에서 잰 값입니다. λ는 log ρ = a + τ log λ를 1 ≤ τ ≤ T−1에 맞춘 값, "
        "반감기는 ln 2 / (−ln λ)입니다. 끝값 기준은 ρ(T−1)의 (T−1)제곱근입니다.",
        "ρ(τ) = ‖∂L/∂h<sub>T−τ</sub>‖ / ‖∂L/∂h<sub>T</sub>‖, for the LSTM also at c, tapped inside the loop. λ is the fit of log ρ = a + τ log λ over 1 ≤ τ ≤ T−1, "
        "the half-life ln 2 / (−ln λ). “From the ends” is ρ(T−1) to the power 1/(T−1).",
    ),
    "gradients.states.y": Words("ρ(τ), τ = 0이면 1", "ρ(τ), 1 at τ = 0"),
    "gradients.bound": Words("상한 (γ·σ<sub>max</sub>)<sup>τ</sup>, RNN", "bound (γ·σ<sub>max</sub>)<sup>τ</sup>, RNN"),
    "gradients.table.state": Words("상태", "State"),
    "gradients.table.factor": Words("한 단계마다 λ (맞춤)", "Factor a step λ (fit)"),
    "gradients.table.half": Words("반감기 (단계)", "Half-life (steps)"),
    "gradients.table.ratio": Words("처음/마지막 ρ(T−1)", "First / last ρ(T−1)"),
    "gradients.table.ends": Words("한 단계마다 (끝값 기준)", "Factor a step (from the ends)"),
    "gradients.table.grows": Words("줄지 않음", "does not shrink"),
    "gradients.theory": Words(
        "**조건** (Pascanu, Mikolov, Bengio 2013; γ = max σ′, tanh는 1): W<sub>hh</sub>의 가장 큰 특잇값이 1/γ보다 작으면 기울기가 소멸하기에 **충분**합니다. "
        "1/γ보다 큰 것은 폭발에 **필요**하지만 충분하지는 않습니다.\n\n"
        "**이 RNN에서 잰 값**: σ<sub>max</sub>(W<sub>hh</sub>) = **{sigma:.3f}**, 스펙트럼 반지름 = **{radius:.3f}**, 한 단계마다 **×{factor:.3f}** (맞춤).",
        "**The condition** (Pascanu, Mikolov & Bengio 2013; γ = max σ′, 1 for tanh): the largest singular value of W<sub>hh</sub> below 1/γ is **sufficient** "
        "for the gradient to vanish; above 1/γ is **necessary, not sufficient**, for it to explode.\n\n"
        "**Measured on this RNN**: σ<sub>max</sub>(W<sub>hh</sub>) = **{sigma:.3f}**, spectral radius = **{radius:.3f}**, factor a step = **×{factor:.3f}** (fit).",
    ),
    "gradients.theory.must": Words(
        "σ<sub>max</sub> < 1이므로 반드시 소멸합니다. 곡선은 점선 (γ·σ<sub>max</sub>)<sup>τ</sup> 아래에 머뭅니다.",
        "σ<sub>max</sub> < 1: it has to vanish, and the curve stays under the dashed line (γ·σ<sub>max</sub>)<sup>τ</sup>.",
    ),
    "gradients.theory.edge": Words(
        "σ<sub>max</sub> = 1: 점선은 수평입니다. 자라지는 못하고, tanh의 기울기가 1보다 작은 만큼 줄어듭니다.",
        "σ<sub>max</sub> = 1: the dashed line is level. The gradient cannot grow, and it shrinks by as much as the slope of tanh is below 1.",
    ),
    "gradients.theory.shrinks": Words(
        "σ<sub>max</sub> > 1이라 폭발할 수도 있지만 실제로는 줄어듭니다. tanh의 기울기가 1보다 작고, 매 단계 가장 크게 늘어나는 방향을 타지는 않기 때문입니다. "
        "점선 (γ·σ<sub>max</sub>)<sup>τ</sup>는 상한일 뿐입니다.",
        "σ<sub>max</sub> > 1 would allow it to explode, and yet it shrinks: tanh has a slope below 1, and the gradient does not keep to the direction that is "
        "stretched most. The dashed line (γ·σ<sub>max</sub>)<sup>τ</sup> is only a bound.",
    ),
    "gradients.theory.grows": Words(
        "σ<sub>max</sub> > 1이고 실제로 자랍니다. 그래도 상한인 점선 (γ·σ<sub>max</sub>)<sup>τ</sup>에는 못 미칩니다.",
        "σ<sub>max</sub> > 1, and it does grow, though less than the bound, the dashed line (γ·σ<sub>max</sub>)<sup>τ</sup>.",
    ),
    "gradients.theory.every": Words(
        "상한은 손실이 한 단계에만 있을 때의 것이라 여기에는 그리지 않습니다.",
        "The bound is about a loss at one step, so it is not drawn here.",
    ),
    "gradients.clip": Words("폭발과 자르기(clipping)", "Exploding, and clipping"),
    "gradients.clip.about": Template(
        "작은 기본 RNN(너비 {width}, 직교 초기화 × 이득)을 지금 {steps}번 학습합니다. 수 {length}개를 읽고 맨 처음 수를 말하는 문제, 경사 하강 학습률 {rate}, 같은 출발점과 같은 데이터. "
        "자르기는 g ← g·min(1, c/‖g‖) (Pascanu et al. 2013). 노름은 두 경우 모두 자르기 전의 배치 평균 손실의 기울기입니다.",
        "A small vanilla RNN (width {width}, orthogonal × gain) is trained now for {steps} steps: it reads {length} numbers and names the first, gradient descent "
        "at rate {rate}, same start and same data twice. Clipping is g ← g·min(1, c/‖g‖) (Pascanu et al. 2013). "
        "The norm shown is that of the batch-mean loss before clipping, in both runs.",
    ).format(steps=clipping.STEPS, length=clipping.LENGTH, width=clipping.WIDTH, rate=clipping.RATE),
    "gradients.clip.gain": Words("이득", "Gain"),
    "gradients.clip.threshold": Words("문턱 c", "Threshold c"),
    "gradients.clip.free": Words("자르지 않음", "without clipping"),
    "gradients.clip.cut": Words("자름", "with clipping"),
    "gradients.clip.edge": Words("문턱 c", "threshold c"),
    "gradients.clip.step": Words("학습 단계", "training step"),
    "gradients.clip.norm": Words("자르기 전 ‖g‖", "‖g‖ before clipping"),
    "gradients.clip.error": Words("손실 (평균 제곱 오차)", "loss (mean squared error)"),
    "gradients.clip.result": Words(
        "자른 단계: **{share:.0%}**. 가장 큰 노름: 자르지 않으면 {free}, 자르면 {cut}(자르기 전 값). 마지막 열 번의 평균 손실: 자르지 않으면 **{free_loss}**, "
        "자르면 **{cut_loss}**. 자르기는 걸음의 크기를 묶을 뿐, 기울기가 커지는 것을 막지는 않습니다. 시드 {seed} 하나의 결과입니다.",
        "Steps clipped: **{share:.0%}**. Largest norm: {free} without, {cut} with clipping (before the cut). Mean loss of the last ten steps: **{free_loss}** without, "
        "**{cut_loss}** with. Clipping bounds the step; it does not keep the gradient from growing. One seed, {seed}.",
    ),
    "gradients.clip.lost": Words("수의 범위를 넘음", "beyond all numbers"),
    "gradients.trained": Words("새 가중치와 학습한 가중치, 나란히", "Fresh weights and trained weights, side by side"),
    "gradients.trained.about": Words(
        "같은 구조, 같은 예문, 같은 축에서 가중치만 다릅니다. 보이는 것은 마지막 출력 단계의 손실 L = −log p(y)가 입력 임베딩에 남기는 ‖∂L/∂e<sub>T−τ</sub>‖를 "
        "자기 τ = 1의 값으로 나눈 것. 왼쪽은 시드 0의 새 가중치, 오른쪽은 함께 배포된 학습 모델. 예문 하나의 값입니다.",
        "Same architecture, same example, same axis; only the weights differ. Shown is ‖∂L/∂e<sub>T−τ</sub>‖, what the loss L = −log p(y) of the last output step leaves "
        "at the input embeddings, divided by its own value at τ = 1. Left: fresh weights, seed 0. Right: the trained model shipped here. One example.",
    ),
    "gradients.task": Words("과제", "Task"),
    "gradients.text": Words("예문", "Example"),
    "gradients.again": Words("다시 재기", "Measure"),
    "gradients.fresh": Words("새 가중치", "Fresh weights"),
    "gradients.learned": Words("학습한 가중치", "Trained weights"),
    "gradients.trained.x": Words("입력 단계", "input step"),
    "gradients.trained.y": Words("‖∂L/∂e<sub>T−τ</sub>‖, τ = 1이면 1", "‖∂L/∂e<sub>T−τ</sub>‖, 1 at τ = 1"),
    "gradients.trained.far": Words("{lag}단계 전 / 1단계 전", "{lag} steps back / 1 step back"),
    "gradients.trained.note": Words(
        "양쪽에서 읽거나 모든 단계를 평균하는 모델: {names}. 이런 모델은 손실이 먼 단계에 바로 닿습니다.",
        "Read both ways, or average all steps: {names}. Their loss reaches far steps directly.",
    ),
    "gradients.gates": Words("게이트: 언제 열고 언제 닫나", "Gates: when they open and shut"),
    "gradients.gates.about": Words(
        "학습한 LSTM과 GRU가 위의 예문을 읽는 동안의 게이트, 첫째 층을 왼쪽에서 오른쪽으로. 1은 열림, 0은 닫힘. LSTM의 c에서는 기울기에 한 단계마다 "
        "망각 게이트 f가, GRU의 h에서는 갱신 게이트 z가 곱해지는 것이 주된 경로입니다.",
        "The gates of the trained LSTM and GRU while they read the example above, first layer, left to right. 1 is open, 0 is shut. On the main path back "
        "the gradient at an LSTM's c is multiplied by the forget gate f each step, that at a GRU's h by the update gate z.",
    ),
    "gradients.gate": Words("게이트", "Gate"),
    "gradients.gate.forget": Words("망각 f (c를 남김)", "forget f (keeps c)"),
    "gradients.gate.input": Words("입력 i (새것을 씀)", "input i (writes)"),
    "gradients.gate.output": Words("출력 o (내보냄)", "output o (shows)"),
    "gradients.gate.update": Words("갱신 z (h를 남김)", "update z (keeps h)"),
    "gradients.gate.reset": Words("리셋 r (과거를 씀)", "reset r (uses the past)"),
    "gradients.gate.unit": Words("유닛 (평균이 큰 순)", "unit, by mean"),
    "gradients.gate.open": Words("열림", "open"),
    "gradients.gate.mean": Words("평균과 사분위 범위", "mean and quartiles"),
}
