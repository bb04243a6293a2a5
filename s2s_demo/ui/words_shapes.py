"""The sentences of one panel of the laboratory in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "lab.shapes": Words("네 가지 꼴", "Four shapes"),
    "lab.shapes.about": Words(
        "같은 문장 하나를 네 가지로 봅니다. 무엇을 x와 y로 두느냐에 따라 먹이는 것, 볼 수 있는 것, 손실(L)의 자리가 달라집니다. 가림막(mask)은 작은 트랜스포머가 실제로 쓰는 텐서에서 읽었습니다.",
        "One sentence, seen four ways. What is chosen as x and y decides what is fed, what may be looked at, and where the loss "
        "(L) stands. The masks are read off the tensors that a small Transformer uses.",
    ),
    "shapes.x": Words("문장", "Sentence"),
    "shapes.m": Words("N2M에서 y의 길이 M", "Length M of y in N2M"),
    "shapes.start": Words("나는 어제 학교에 갔다.", "book a flight to busan"),
    "shapes.N2N": Words("N2N · 인코더만", "N2N · encoder only"),
    "shapes.N21": Words("N21 · 인코더만", "N21 · encoder only"),
    "shapes.N2M": Words("N2M · 인코더-디코더", "N2M · encoder-decoder"),
    "shapes.LM": Words("이어 쓰기 · 디코더만", "Continuation · decoder only"),
    "shapes.N2N.about": Words(
        "단어마다 품사 하나. 입력과 출력의 길이가 같습니다. 품사는 이 실험실의 LSTM이 붙였습니다.",
        "A tag for every word: as many outputs as inputs. The tags are those of this lab's LSTM.",
    ),
    "shapes.N21.about": Words(
        "문장 전체에 의도 하나. 마지막 벡터에 문장 전체가 담겨야 합니다. 의도는 이 실험실의 LSTM이 골랐습니다.",
        "One intent for the whole sentence: the last vector has to hold all of it. The intent is this lab's LSTM's.",
    ),
    "shapes.N2M.about": Words(
        "길이가 다른 y. 번역처럼 y가 무엇이든 되므로 기호 y₁…로 적었습니다. ▸ 로 시작하고 ⏎ 로 스스로 끝냅니다.",
        "A y of another length. It may be anything, a translation say, so it is written y₁ and so on. It begins with ▸ and ends itself with ⏎.",
    ),
    "shapes.LM.about": Words(
        "문장의 앞을 x, 뒤를 y로 나누어 잇습니다. 자동완성이며 GPT의 뿌리입니다.",
        "The first part of the sentence is x, the rest is y: autocompletion, the root of GPT.",
    ),
    "shapes.N2N.loss": Words("손실: 모든 단계에서.", "Loss: at every step."),
    "shapes.N21.loss": Words("손실: 마지막 벡터 하나에서.", "Loss: at the last vector alone."),
    "shapes.N2M.loss": Words(
        "손실: 디코더의 모든 단계에서. 학습할 때는 자기 답이 아니라 정답의 한 칸 앞을 먹입니다 (교사 강요).",
        "Loss: at every step of the decoder. In training it is fed the true y, one step late, not its own answer (teacher forcing).",
    ),
    "shapes.LM.loss": Words(
        "손실: 이어 쓴 y에서만. x에는 두지 않았습니다 (글 전체로 언어 모델을 배울 때는 모든 단계에 둡니다).",
        "Loss: on the continuation y alone, not on x (a language model learned from whole texts has it at every step).",
    ),
    "shapes.encoder": Words("인코더", "encoder"),
    "shapes.decoder": Words("디코더", "decoder"),
    "shapes.between": Words(
        "↓ 인코딩된 벡터들이 디코더에 건네집니다 (RNN은 마지막 벡터를 복사) ↓",
        "↓ the encoded vectors are handed to the decoder (an RNN's last vector is copied) ↓",
    ),
    "shapes.self": Words("{of}: 자기 단계끼리", "{of}: its own steps"),
    "shapes.reads": Words("{of}: x를 봄", "{of}: looks at x"),
    "shapes.may": Words("볼 수 있음", "may look"),
    "shapes.not": Words("볼 수 없음 (미래)", "cannot look (the future)"),
    "shapes.label": Words(
        "{title}. {may}칸 가운데 {n}칸을 볼 수 있습니다.", "{title}. {n} of {may} cells may be looked at."
    ),
}
