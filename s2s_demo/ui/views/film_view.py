"""FilmView: a film strip over the ribbons of its labels, confidence and events, in step with the player of the same panel.

One frame is always chosen: by click, arrow keys, the player, or an event. Choosing seeks the player to the middle of the frame and
tells Python ("pick"); while the film plays, the frame on show is marked without asking the server. Labels can be kept as CSV or SRT.
"""

from __future__ import annotations

from typing import Any

from s2s_demo.ui.views.json_view import JsonView

_TEMPLATE = """
<div class='film answer'>
  <div aria-live='polite'><div class='said'></div><div class='verdict'></div><div class='notices'></div></div>
  <div class='seen'>
    <div class='time'>
      <div class='cap capx'></div><div class='strip' role='slider' tabindex='0'></div>
      <div class='cap capl'></div><svg class='gaze' viewBox='0 0 1 1' preserveAspectRatio='none' aria-hidden='true'><path class='nowhere'/><path class='bars'/></svg>
      <div class='cap capt'></div><div class='band truth' role='group'></div>
      <div class='cap capy'></div><div class='band mine' role='group'></div>
      <div class='cap capc'></div><svg class='sure' viewBox='0 0 1 1' preserveAspectRatio='none' role='img'><path/></svg>
      <div class='axis' aria-hidden='true'></div>
      <div class='cursor' aria-hidden='true'></div><div class='cursor hov' aria-hidden='true'></div>
    </div>
    <div class='now'><span class='thumb' aria-hidden='true'></span><b class='what'></b><span class='facts'></span></div>
    <div class='cap keys'></div>
    <div class='below'>
      <div><div class='cap cape'></div><ol class='events'></ol>
        <div class='keep'><button type='button' class='csv'>CSV</button><button type='button' class='srt'>SRT</button></div></div>
      <div><div class='cap capr'></div><ol class='top'></ol></div>
    </div>
  </div>
</div>
"""


class FilmView(JsonView):
    """Shows a dict: said, verdict, right, notices, and for the T frames of a clip what stands below; or problem.

    n, seconds, lasts (of one frame), strip (a sheet of thumbnails), labels (looks), y and truth (numbers of labels, truth or None),
    p (confidences), events, top, matrix (T × T shares of the largest, or None), step, file (a name to keep labels under), words.
    player: the element id of the video it moves; by default there is none.
    """

    html_template = _TEMPLATE
    js_on_load = "window.s2sFilm(element, props, trigger, watch, 'pick');"

    def __init__(self, value: Any = None, *, channel: str = "", player: str = "no-player", **props: Any) -> None:
        super().__init__(value, channel=channel, player=player, **props)
