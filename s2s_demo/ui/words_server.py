"""What the server answers to a request it does not take, in Korean and English."""

from __future__ import annotations

from s2s_demo.prediction import Words

WORDS: dict[str, Words] = {
    "server.session": Words(
        "세션 이름은 영문자와 숫자, ‘-’, ‘_’ 1~64자여야 합니다. 페이지를 새로 고치세요.",
        "A session's name is 1 to 64 letters, digits, ‘-’ or ‘_’: please reload the page.",
    ),
    "server.large": Words(
        "요청이 너무 큽니다. {most} MB까지 받습니다. 긴 글은 파일로 올려 주세요.",
        "The request is too large: up to {most} MB is taken. Please upload long text as a file.",
    ),
    "server.slow": Words(
        "요청이 제때 다 오지 않았습니다. 다시 보내 주세요.",
        "The request did not arrive in time: please send it again.",
    ),
    "server.json": Words(
        "요청을 읽을 수 없습니다. JSON이어야 합니다.",
        "The request cannot be read: it must be JSON.",
    ),
    "server.deep": Words(
        "요청이 너무 깊거나 너무 많은 목록으로 되어 있습니다.",
        "The request is nested too deeply, or made of too many lists.",
    ),
    "server.unfit": Words(
        "보낸 값이 이 페이지에 맞지 않습니다. 페이지를 새로 고치고 다시 해 보세요.",
        "What was sent does not fit this page: please reload it and try again.",
    ),
    "server.closed": Words("이 페이지에는 그런 주소가 없습니다.", "This page has no such address."),
    "server.busy": Words(
        "지금은 요청이 너무 많습니다. 잠시 뒤에 다시 해 보세요.",
        "There are too many requests just now: please try again in a moment.",
    ),
    "server.full": Words(
        "서버의 저장 공간이 가득 찼습니다. 나중에 다시 해 보세요.",
        "The server's disk is full: please try again later.",
    ),
    "server.evicted": Words(
        "여기 두었던 데이터는 메모리가 모자라 지워졌습니다. 다시 읽어 주세요.",
        "What you kept here was let go, since memory ran short: please read it again.",
    ),
}
