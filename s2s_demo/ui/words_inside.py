"""The sentences of the lens and of what opens beneath it, in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lens": Words("렌즈: 어디를 보았나", "The lens: where it looked"),
    "lens.about": Words(
        "행은 출력 단계, 열은 입력 단계입니다. 회색은 길이 없는 곳(구조적으로 0)이며, 사라진 기울기와 다릅니다.",
        "Rows are output steps, columns input steps. Grey means there is no path (structurally zero), "
        "which is not the same as vanished.",
    ),
    "lens.kind": Words("렌즈", "Lens"),
    "lens.gradient": Words("기울기", "Gradient"),
    "lens.attention": Words("어텐션", "Attention"),
    "lens.occlusion": Words("가리기", "Occlusion"),
    "lens.hidden": Words("숨은 어텐션 (Mamba)", "Hidden attention (Mamba)"),
    "lens.state": Words("상태 변화", "State change"),
    "lens.where": Words("층과 헤드", "Layer and head"),
    "lens.mean": Words("헤드 {n}개의 평균 (이런 헤드는 없음)", "mean of {n} heads (no head does this)"),
    "lens.fed": Words("y가 입력으로 들어갈 때 (한 단계 뒤에 읽기)", "where y is fed in (read one step later)"),
    "lens.told.fed": Words(
        "y_k를 낼 때가 아니라 y_k를 입력받는 다음 단계의 몫입니다: 단어 정렬은 여기에 더 잘 드러나기도 합니다 (Chen et al. 2020). 마지막 y는 들어가지 않습니다.",
        "The weights of the next step, which is fed y_k, not of the one that produces it: word alignment often shows better there (Chen et "
        "al. 2020). The last y is not fed.",
    ),
    "lens.step": Words("출력 단계", "Output step"),
    "lens.told.gradient": Words(
        "‖∂ log p(y_k)/∂e_t‖: 입력 t의 임베딩을 조금 움직이면 출력 k의 로그 확률이 얼마나 움직이나. 모든 엔진에 있습니다.",
        "‖∂ log p(y_k)/∂e_t‖: how far the log probability of output k moves with the embedding of input t. Every engine has it.",
    ),
    "lens.told.attention": Words(
        "모델이 실제로 쓴 가중치. 한 행의 합은 1. y_k의 행은 y_k를 만든 단계입니다.",
        "The weights the model used; a row sums to 1. The row of y_k is the step that produces y_k.",
    ),
    "lens.told.occlusion": Words(
        "입력 t의 임베딩을 0으로 바꾸었을 때 log p(y_k)가 잃는 양(nat). 양수: 그 입력이 답을 지지했다.",
        "What log p(y_k) loses, in nats, when the embedding of input t is set to 0. Positive: that input spoke for the answer.",
    ),
    "lens.told.hidden": Words(
        "α_ij = C_i (∏ Ā_k) B̄_j: 상태 공간 모델을 행렬로 쓴 것. 부호가 있고 행의 합이 1이 아닙니다. 인코더-디코더에서는 디코더가 받는 벡터 하나를 만든 행이라 모든 출력 단계가 같습니다.",
        "α_ij = C_i (∏ Ā_k) B̄_j: the state space model written as a matrix. Signed, rows do not sum to 1. In an encoder-decoder "
        "it is the row that made the one vector the decoder gets, so it is the same for every output step.",
    ),
    "lens.told.state": Words(
        "‖h_t − h_{t−1}‖: 단계마다 들고 가는 상태가 얼마나 바뀌었나. 행은 출력 단계가 아니라 상태입니다 (← 는 오른쪽에서 왼쪽으로 읽는 쪽).",
        "‖h_t − h_{t−1}‖: how far the carried state moves at each step. Rows are states, not output steps (← reads from right to left).",
    ),
    "lens.none.attention": Words(
        "{engine} 엔진에는 어텐션이 없습니다. 기울기나 가리기 렌즈를 보세요.",
        "The {engine} engine has no attention: see the gradient or the occlusion lens.",
    ),
    "lens.none.hidden": Words(
        "{engine} 엔진에는 숨은 어텐션이 없습니다. 상태 공간 모델인 Mamba에만 있습니다.",
        "The {engine} engine has no hidden attention: it belongs to the state space model, Mamba.",
    ),
    "lens.none.state": Words(
        "{engine} 엔진은 단계에서 단계로 상태를 넘기지 않습니다.",
        "The {engine} engine carries no state from step to step.",
    ),
    "lens.none.gradient": Words("이 답에는 기울기가 없습니다.", "This answer has no gradient."),
    "lens.none.occlusion": Words("이 답에는 가릴 것이 없습니다.", "There is nothing to occlude in this answer."),
    "lens.long": Words(
        "입력이 {n}단계라 렌즈를 생략했습니다. {most}단계까지 볼 수 있습니다.",
        "The input has {n} steps; the lens shows up to {most}.",
    ),
    "lens.input": Words("입력 단계", "input step"),
    "lens.output": Words("출력 단계", "output step"),
    "lens.states": Words("상태", "state"),
    "lens.share": Words("비중", "share"),
    "lens.nowhere": Words("볼 수 없음 (길이 없음)", "cannot look (no path)"),
    "agree": Words(
        "**렌즈끼리의 일치** (켄들 τ, 출력 단계 평균): {found}",
        "**How far the lenses agree** (Kendall τ, mean over output steps): {found}",
    ),
    "agree.occlusion": Words("기울기–가리기 {tau}", "gradient–occlusion {tau}"),
    "agree.attention": Words("기울기–어텐션 {tau} (헤드 {n}개의 평균)", "gradient–attention {tau} (mean of {n} heads)"),
    "agree.attention.one": Words("기울기–어텐션 {tau}", "gradient–attention {tau}"),
    "agree.truth": Words(
        "**정답 정렬 위의 몫**: {found} (고르게 퍼지면 {even:.0%})",
        "**Share on the true alignment**: {found} (spread evenly: {even:.0%})",
    ),
    "heads": Words("모든 헤드를 한눈에, 그리고 하나 빼 보기", "All heads at once, and one taken out"),
    "heads.about": Words(
        "H: 엔트로피 / ln n (0 한 곳만, 1 고르게), 대각: 제자리, 앞: 바로 앞 단계, 첫째: 첫 단계에 준 몫.",
        "H: entropy / ln n (0 one place, 1 all alike); diag: on its own step; prev: on the step before; first: on the first step.",
    ),
    "heads.caption": Words(
        "{where}<br>H {entropy} · 대각 {diagonal} · 앞 {previous} · 첫째 {first}",
        "{where}<br>H {entropy} · diag {diagonal} · prev {previous} · first {first}",
    ),
    "heads.sink": Words(
        "{where}: 몫의 {first:.0%}가 첫 단계에 있습니다. 할 일이 없을 때 머무는 곳인 경우가 많습니다.",
        "{where}: {first:.0%} of its weight lies on the first step, often a place to rest when there is nothing to do.",
    ),
    "heads.ablate": Words(
        "고른 헤드를 빼고 개발 예를 다시 답하기 (200개까지)",
        "Take the chosen head out: the development examples again (up to 200)",
    ),
    "heads.ablated": Words(
        "**{where}** 를 빼면: {n}개 예에서 {whole:.1%} → **{without:.1%}**, 답의 {changed:.0%}가 바뀜 (개발 데이터).",
        "Without **{where}**: {whole:.1%} → **{without:.1%}** on {n} development examples; {changed:.0%} of the answers changed.",
    ),
    "heads.choose": Words(
        "위의 렌즈에서 어텐션과 헤드 하나를 먼저 고르세요.", "First choose the attention lens above, and one head."
    ),
    "break": Words("어텐션을 망가뜨리기", "Break the attention"),
    "break.about": Words(
        "가중치만 바꾸고 다시 답하게 합니다. 답이 그대로라면, 그 어텐션은 이 답의 까닭이 아닙니다.",
        "Only the weights are changed and the model answers again. If the answer stays, that attention was not its reason.",
    ),
    "break.way": Words("어떻게", "How"),
    "break.uniform": Words("고르게", "Uniform"),
    "break.permuted": Words("뒤섞기", "Permuted"),
    "break.argmax": Words("가장 큰 하나만", "Arg-max"),
    "break.cell": Words("한 칸에 몰기", "One cell"),
    "break.scope": Words("어디를", "Where"),
    "break.all": Words("모든 헤드", "Every head"),
    "break.one": Words("렌즈에서 고른 헤드", "The head chosen in the lens"),
    "break.column": Words(
        "한 칸에 몰기: 고른 출력 단계가 볼 입력 단계 (1부터)",
        "One cell: the step the chosen output step shall look at (from 1)",
    ),
    "break.go": Words("망가뜨리고 다시 답하기", "Break, and answer again"),
    "break.changed": Words(
        "{m}단계 중 {changed}단계가 바뀜 · 총변동 평균 {mean:.2f}, 최대 {most:.2f} (자기 답을 먹였을 때)",
        "{changed} of {m} steps changed · total variation mean {mean:.2f}, largest {most:.2f} (fed its own unbroken answer)",
    ),
    "theatre": Words("디코딩 극장: 한 단계씩", "Decode theatre: one step at a time"),
    "theatre.about": Words(
        "자기 과거를 먹는 탐욕 디코딩, 정답의 과거를 먹는 교사 강요, 그리고 너비 3의 빔. 칸을 누르거나 ← → 로 옮기세요.",
        "Greedy decoding fed its own past, teacher forcing fed the true past, and a beam of width 3. Click a step or move with ← →.",
    ),
    "theatre.go": Words("막 올리기", "Raise the curtain"),
    "theatre.free": Words("자기 과거 (탐욕)", "own past (greedy)"),
    "theatre.forced": Words("정답의 과거 (교사 강요)", "true past (teacher forcing)"),
    "theatre.truth": Words("정답", "true answer"),
    "theatre.wrong": Words("정답과 다름", "not the true symbol"),
    "theatre.beam": Words("이때의 빔 (log p)", "The beam at this step (log p)"),
    "theatre.top_free": Words("다섯 후보: 자기 과거", "Top five: own past"),
    "theatre.top_forced": Words("다섯 후보: 정답의 과거", "Top five: true past"),
    "theatre.untrue": Words(
        "이 입력의 정답을 알 수 없어 교사 강요는 보이지 않습니다.",
        "The true answer to this input is not known, so teacher forcing is not shown.",
    ),
    "theatre.same": Words(
        "빔이 찾은 답도 탐욕 디코딩과 같습니다 (−log p {p:.2f}).",
        "The beam ends in the greedy answer as well (−log p {p:.2f}).",
    ),
    "theatre.better": Words(
        "빔은 더 그럴듯한 답을 찾았습니다: {y} (log p {p:.2f}, 탐욕 {greedy:.2f}).",
        "The beam found a likelier answer: {y} (log p {p:.2f}, greedy {greedy:.2f}).",
    ),
}
