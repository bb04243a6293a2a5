"""The sentences of the long-range laboratory in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.longrange": Words("먼 거리", "Long range"),
    "lab.longrange.about": Words(
        "여덟 엔진이 먼 과거를 얼마나 쓸 수 있는지 세 문제로 잽니다. 미리 잰 값 옆에서 한 칸을 직접 학습해 볼 수 있습니다.",
        "How far back can each of the eight engines use what it has read? Three problems measure it, and one cell of the grid "
        "can be trained here and now beside the precomputed ones.",
    ),
    "longrange.problem": Words("문제", "Problem"),
    "longrange.adding": Words("두 수 더하기", "Adding problem"),
    "longrange.recall": Words("연상 회상", "Associative recall"),
    "longrange.addition": Words("자리별 덧셈", "Aligned addition"),
    "longrange.adding.about": Words(
        "T단계마다 0과 1 사이의 수 하나와 표시 하나가 들어옵니다. 표시된 두 수의 합을 **마지막 단계에서** 답합니다. 표시는 앞쪽 절반과 "
        "뒤쪽 절반에 하나씩 있습니다. 점수는 제곱 오차의 평균(MSE)이며, 늘 1이라고 답하면 1/6 = 0.167입니다. 0.01 아래면 풀었다고 봅니다. "
        "(Hochreiter & Schmidhuber 1997; Le, Jaitly & Hinton 2015; 표시의 자리는 Arjovsky 외 2016)",
        "Each of T steps brings a number between 0 and 1 and a mark. The answer, **read at the last step**, is the sum of the two "
        "marked numbers; one mark lies in each half. The score is the mean squared error (MSE): always answering 1 gives "
        "1/6 = 0.167; below 0.01 counts as solved. "
        "(Hochreiter & Schmidhuber 1997; Le, Jaitly & Hinton 2015; places of the marks after Arjovsky et al. 2016)",
    ),
    "longrange.recall.about": Words(
        "열쇠와 값의 쌍 n개를 차례로 읽은 뒤, 열쇠만 다른 순서로 다시 받아 그 값을 답합니다. 열쇠는 {keys}가지, 값은 {values}가지입니다. "
        "점수는 맞힌 질문의 비율입니다. 아무렇게나 답하면 1/{values} = {chance:.3f}, 쌍은 잊고 **가장 자주 나온 값**만 말해도 점선만큼은 맞힙니다. "
        "0.95를 넘으면 풀었다고 봅니다. (MQAR, Arora 외 2023)",
        "n pairs of a key and a value are read one after another; then the keys come again in another order, and the value of each is "
        "the answer. There are {keys} keys and {values} values. The score is the share of questions answered right: guessing gives "
        "1/{values} = {chance:.3f}, and naming **the commonest value shown**, without knowing which key it went with, gives the dotted line. "
        "Above 0.95 counts as solved. (MQAR, Arora et al. 2023)",
    ),
    "longrange.addition.about": Words(
        "산수 방의 ‘덧셈 (자리별)’ 체크포인트가 받은 시험 점수입니다. 10자리까지만 배웠고, 열 자리 중 아홉 자리가 받아올림을 넘기는 수 1,000쌍을 "
        "끝자리까지 모두 맞힌 비율을 잽니다. 필요한 기억은 받아올림 1비트뿐이지만 그것이 멀리 갑니다. 기준선은 받아올림을 무시한 답, 0.95를 넘으면 풀었다고 봅니다. "
        "여기서는 새로 학습하지 않습니다.",
        "Test scores of the ‘Addition (digit by digit)’ checkpoints of the Arithmetic room, which learned sums of up to 10 digits: the share "
        "of 1,000 sums right to the last digit, where nine columns of ten pass a carry on. One bit of memory is enough, the carry, but it has far to go. "
        "The baseline ignores carries; above 0.95 counts as solved. Nothing is trained anew here.",
    ),
    "longrange.sample": Words("문제 하나를 보면", "One sample of the problem"),
    "longrange.another": Words("다른 보기", "Another sample"),
    "longrange.sample.adding": Words(
        "x: 수 {steps}개와 표시(▼) 2개.  y = {a:.2f} + {b:.2f} = **{y:.2f}**. 첫 표시는 마지막 단계에서 {far}단계 앞에 있습니다.",
        "x: {steps} numbers and 2 marks (▼).  y = {a:.2f} + {b:.2f} = **{y:.2f}**. The first mark lies {far} steps before the last.",
    ),
    "longrange.sample.recall": Words(
        "x: 기호 {steps}개. 같은 색이 같은 쌍입니다. 질문의 아래 글자가 y입니다.",
        "x: {steps} symbols. One colour is one pair; the y of a question stands below it.",
    ),
    "longrange.sample.addition": Words(
        "{sum}. 일의 자리부터 한 자리씩 읽습니다. 색칠한 자리는 앞 자리의 받아올림이 있어야 맞힙니다.",
        "{sum}, read column by column, ones first. A coloured column is right only with the carry of the one before.",
    ),
    "longrange.read": Words("읽은 것 (x)", "read (x)"),
    "longrange.asked": Words("질문 (x)과 답 (y)", "questions (x) and answers (y)"),
    "longrange.columns": Words("자리 (x)와 합의 숫자 (y)", "columns (x) and digits of the sum (y)"),
    "longrange.grid": Words("거리와 점수", "Score against distance"),
    "longrange.grid.about": Words(
        "점은 시드들의 평균, 막대는 가장 나쁜 시드에서 가장 좋은 시드까지입니다. 시드의 수는 점 위에서 볼 수 있고, 겹치지 않도록 점을 옆으로 조금씩 옮겼습니다.",
        "A point is the mean over seeds (hover tells how many), its bar reaches from the worst of them to the best. Points stand a little aside so that none hides another.",
    ),
    "longrange.none": Words(
        "미리 잰 값이 아직 없습니다. 터미널에서 `python -m train longrange`로 만듭니다.",
        "There are no precomputed runs yet: `python -m train longrange` in a terminal makes them.",
    ),
    "longrange.missing": Words(
        "격자의 {n}칸이 아직 학습되지 않았습니다.", "{n} cells of the grid are not trained yet."
    ),
    "longrange.at.adding": Words("T = {d}에서", "At T = {d}"),
    "longrange.at.recall": Words("{d}쌍에서", "At {d} pairs"),
    "longrange.at.addition": Words("{d:,}자리에서", "At {d:,} digits"),
    "longrange.where.adding": Words("길이 T = {d}", "T = {d}"),
    "longrange.where.recall": Words("{d}쌍", "{d} pairs"),
    "longrange.solved": Words("모든 시드가 풀었습니다: {names}", "solved in every seed: {names}"),
    "longrange.some": Words("일부 시드만 풀었습니다: {names}", "solved in some seeds only: {names}"),
    "longrange.between": Words("기준선은 넘었으나 풀지 못했습니다: {names}", "above the baseline, not solved: {names}"),
    "longrange.floor.adding": Words("기준선에 머물렀습니다: {names}", "no better than the baseline: {names}"),
    "longrange.floor.recall": Words(
        "가장 자주 나온 값을 말하는 것보다 낫지 않습니다: {names}", "no better than naming the commonest value: {names}"
    ),
    "longrange.floor.addition": Words("기준선에 머물렀습니다: {names}", "no better than the baseline: {names}"),
    "longrange.absent.adding": Words("아직 학습하지 않았습니다: {names}", "not trained yet: {names}"),
    "longrange.absent.recall": Words("아직 학습하지 않았습니다: {names}", "not trained yet: {names}"),
    "longrange.absent.addition": Words(
        "이 길이에서는 시험하지 않았습니다(어텐션의 계산량은 길이의 제곱입니다): {names}",
        "not tested at this length, as attention costs its square: {names}",
    ),
    "longrange.x.adding": Words("길이 T (단계)", "length T (steps)"),
    "longrange.x.recall": Words("쌍의 수", "pairs"),
    "longrange.x.addition": Words("자릿수", "digits"),
    "longrange.y.adding": Words("MSE (낮을수록 좋음)", "MSE (lower is better)"),
    "longrange.y.recall": Words("맞힌 비율", "share right"),
    "longrange.y.addition": Words("끝까지 맞힌 비율", "share exactly right"),
    "longrange.step": Words("단계", "step"),
    "longrange.number": Words("수", "number"),
    "longrange.baseline": Words("기준선", "baseline"),
    "longrange.commonest": Words("가장 자주 나온 값", "commonest value"),
    "longrange.line": Words("풀이 기준", "solved"),
    "longrange.seeds": Words("시드 {n}개", "seeds: {n}"),
    "longrange.table": Words("평균 점수 (푼 시드 / 시드)", "Mean score (seeds solved / seeds)"),
    "longrange.settings": Words("어떻게 만들고 학습했나", "How every engine was built and trained"),
    "longrange.settings.about": Words(
        "모두 입력 사상 → 엔진의 인과(causal) 층 → 선형 머리이고 파라미터 수가 비슷합니다. 매번 새로 뽑은 배치(더하기 {adding_batch}개, 회상 "
        "{recall_batch}개)로 Adam을 최대 {adding_steps:,}단계(더하기) 또는 {recall_steps:,}단계(회상) 돌립니다. 기울기 크기는 1에서 자르고, 처음 {warmup}단계는 학습률을 서서히 올리며, "
        "쉬운 것부터 가르치지는 않습니다. {every}단계마다 따로 둔 {held}개로 재어 풀이 기준의 오차가 절반이 되면 일찍 멈추므로, **푼 칸끼리는 점수를 견주지 마세요**. "
        "표의 점수는 새로 뽑은 {tested:,}개에서 잽니다. 학습률은 개발 시드 1000(T = 100, 8쌍, 8쌍을 풀지 못하는 엔진은 2쌍)에서 0.001, 0.003, 0.01 가운데 골랐습니다. 더하기에서 LSTM, GRU, RNN + 어텐션의 문은 "
        "chrono 초기화(Tallec & Ollivier 2018)로 1~T단계 동안 간직하도록 시작합니다. 회상에서는 엔진 그대로(LSTM은 망각 편향 1) 시작합니다. "
        "초는 CPU 한 스레드의 계산 시간입니다. 기본 RNN은 torch의 기본 초기화입니다. 항등 행렬로 시작하면 ReLU RNN도 이 문제를 풉니다(Le 외 2015).",
        "Every net is an input map, the engine's causal layer and a linear head, of about as many parameters. Adam runs for at most {adding_steps:,} "
        "steps (adding) or {recall_steps:,} (recall) on batches drawn anew ({adding_batch} and {recall_batch} sequences), with gradients clipped at norm 1, a warm-up of {warmup} steps and no curriculum. "
        "Every {every} steps {held} held-out sequences are scored, and training stops early at half the error that counts as solved: **do not rank solved cells by their score**. "
        "The scores of the table are from {tested:,} fresh sequences. The learning rate was chosen among 0.001, 0.003 and 0.01 on dev seed 1000 (T = 100; 8 pairs, or 2 for an engine that does not solve 8). At the adding problem the gates of LSTM, GRU and "
        "RNN + attention start by chrono initialisation (Tallec & Ollivier 2018), keeping for 1 to T steps; at recall they start as the engine has them (LSTM: forget bias 1). "
        "Seconds are processor time of one CPU thread. The vanilla RNN starts as torch has it; started from the identity, a ReLU RNN can solve the adding problem too (Le et al. 2015).",
    ),
    "longrange.settings.addition": Words(
        "산수 방 체크포인트의 설정입니다. 나머지는 그 방의 모델 카드에 있습니다.",
        "The settings of the Arithmetic room's checkpoints; the model cards there have the rest.",
    ),
    "longrange.width": Words("폭", "Width"),
    "longrange.rate": Words("학습률", "Learning rate"),
    "longrange.mean.steps": Words("단계 (평균)", "Steps (mean)"),
    "longrange.mean.seconds": Words("초 (평균)", "Seconds (mean)"),
    "longrange.live": Words("한 칸을 직접 학습하기", "Train one cell now"),
    "longrange.live.about": Words(
        "격자와 같은 설정으로, 새 시드에서 길어야 {most}초 동안 학습합니다. 멈추면 그때까지 배운 것을 재어 남깁니다.",
        "The same setting as the grid, a new seed, {most} seconds at most. Stop keeps what has been learned so far and scores it.",
    ),
    "longrange.distance": Words("거리", "Distance"),
    "longrange.train": Words("학습", "Train"),
    "longrange.stop": Words("멈추고 남기기", "Stop and keep"),
    "longrange.waiting": Words("빈자리를 기다립니다…", "Waiting for a free place…"),
    "longrange.running": Words(
        "{engine} · 시드 {seed} · {step:,} / {steps:,}단계 · {seconds:.0f}초 지남 · 길어야 {left:.0f}초 남음",
        "{engine} · seed {seed} · step {step:,} of {steps:,} · {seconds:.0f} s so far · at most {left:.0f} s left",
    ),
    "longrange.over": Words(
        "{engine} · 시드 {seed} · {step:,} / {steps:,}단계 · {seconds:.0f}초",
        "{engine} · seed {seed} · step {step:,} of {steps:,} · {seconds:.0f} s",
    ),
    "longrange.done.solved": Words("풀어서 멈췄습니다", "Stopped: solved"),
    "longrange.done.steps": Words("단계를 다 썼습니다", "All steps are done"),
    "longrange.done.time": Words("{most}초가 다 되어 멈췄습니다", "Stopped: the {most} seconds are over"),
    "longrange.done.asked": Words("멈추고 남겼습니다", "Stopped and kept"),
    "longrange.result": Words(
        "**{engine}, {where}: {score}** (시드 {seed}, {steps:,}단계, {seconds:.0f}초). {why}.",
        "**{engine}, {where}: {score}** (seed {seed}, {steps:,} steps, {seconds:.0f} s). {why}.",
    ),
    "longrange.result.grid": Words(
        "미리 잰 격자의 같은 칸: 시드 {n}개 평균 {score}, 평균 {steps:,}단계.",
        "The same cell of the precomputed grid (seeds: {n}): {score} on average, after {steps:,} steps on average.",
    ),
    "longrange.result.none": Words(
        "미리 잰 격자에는 이 칸이 아직 없습니다.", "The precomputed grid does not have this cell yet."
    ),
    "longrange.held.adding": Words("MSE (따로 둔 것)", "held-out MSE"),
    "longrange.held.recall": Words("맞힌 비율 (따로 둔 것)", "held-out share right"),
    "longrange.loss.adding": Words("MSE (학습)", "training MSE"),
    "longrange.loss.recall": Words("−log p (학습, nats)", "training −log p (nats)"),
    "longrange.choose": Words("엔진과 거리를 고르세요.", "Choose an engine and a distance."),
}
